//! Why a request was answered so: in plain words, with what to do.

use api::{RequestRow, RouteRow, RouteState};

/// What happened, and what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// A sentence or two.
    pub what: String,
    /// A sentence each; none: nothing need be done.
    pub advice: Vec<String>,
}

impl Explained {
    fn new(what: impl Into<String>, advice: &[&str]) -> Self {
        Self { what: what.into(), advice: advice.iter().map(|one| (*one).to_owned()).collect() }
    }
}

/// Explains a request by its access entry and by the routes as they are now.
pub fn explain(row: &RequestRow, routes: &[RouteRow]) -> Explained {
    let route = routes.iter().find(|route| route.name == row.router);
    match row.why.as_str() {
        "" => answered(row),
        "no_router" => no_router(row, routes),
        "broken_router" => broken(row, route),
        "no_server" => no_server(row, route),
        word if word.starts_with("connect_") => connection(row, word),
        word if word.starts_with("upstream_") => upstream(row, word),
        word => by_proxy(row, word),
    }
}

/// The container, or the address, in words.
fn server(row: &RequestRow) -> String {
    match (row.container.as_str(), row.server.as_str()) {
        ("", "") => "the server".to_owned(),
        ("", server) => server.to_owned(),
        (container, "") => container.to_owned(),
        (container, server) => format!("{container} ({server})"),
    }
}

fn answered(row: &RequestRow) -> Explained {
    let server = server(row);
    let took = millis(row.duration_ms);
    match row.status {
        500.. => Explained::new(
            format!(
                "The application itself answered {} after {took}: {server} got the request and failed.",
                row.status
            ),
            &["Read what the container said meanwhile, below."],
        ),
        404 => Explained::new(
            format!(
                "The application itself answered 404: the route led to {server}, which has nothing at this path."
            ),
            &[
                "If the application lacks a prefix that is part of the address, take it off with a stripPrefix middleware, \
              or tell the application of it.",
            ],
        ),
        400..=499 => Explained::new(
            format!("The application itself answered {}: {server} did not accept the request.", row.status),
            &[],
        ),
        _ => Explained::new(format!("{server} answered {} after {took}.", row.status), &[]),
    }
}

fn no_router(row: &RequestRow, routes: &[RouteRow]) -> Explained {
    // The proxy knew then which router would have taken it some other way.
    if row.detail.contains(" would take it ") {
        let what = format!("{}, but it came otherwise: the proxy answered 404 itself.", row.detail);
        let advice =
            "Give that router this entrypoint too, or let the entrypoint redirect to the one that it has.";
        return Explained::new(what, &[advice]);
    }
    let host = &row.domain;
    let of_host: Vec<&RouteRow> =
        routes.iter().filter(|route| !host.is_empty() && route.rule.contains(&format!("`{host}`"))).collect();
    if of_host.is_empty() {
        let what = format!("No route takes requests for the host {host}: the proxy answered 404 itself.");
        let label = format!("traefik.http.routers.<name>.rule=Host(`{host}`)");
        let advice = [
            format!("Give the service that is to answer the labels traefik.enable=true and {label}."),
            "If it has them, the page of routes says what is wrong with them.".to_owned(),
            "Scanners ask for hosts and paths that nobody has; such requests need nothing.".to_owned(),
        ];
        return Explained { what, advice: advice.into() };
    }
    let what = format!(
        "There are routes for the host {host}, but none takes this request: the proxy answered 404 itself."
    );
    Explained { what, advice: of_host.into_iter().map(|route| near_miss(row, route)).collect() }
}

/// Why a route for the right host did not take the request.
fn near_miss(row: &RequestRow, route: &RouteRow) -> String {
    let name = &route.name;
    if !route.entrypoints.contains(&row.entrypoint) {
        let listens = route.entrypoints.join(", ");
        let came = &row.entrypoint;
        return format!(
            "{name} listens at {listens}, the request came in at {came}: add {came} to its entrypoints, or redirect."
        );
    }
    if route.state == RouteState::Broken {
        return format!("{name} is broken: {}", route.reasons.join(" "));
    }
    let tls = if route.tls { "over TLS only" } else { "without TLS only" };
    format!("{name} takes {} {tls}; the request was {} {}.", route.rule, row.method, row.path)
}

fn broken(row: &RequestRow, route: Option<&RouteRow>) -> Explained {
    let what = format!(
        "The router {} takes this request but is not written well: the proxy answered {} itself.",
        row.router, row.status
    );
    let mut advice: Vec<String> = Vec::new();
    match route {
        Some(route) if route.state == RouteState::Broken => advice.extend(route.reasons.iter().cloned()),
        Some(_) => advice.push("It has been put right since.".to_owned()),
        None => advice.push("It is gone since.".to_owned()),
    }
    if advice.is_empty() && !row.detail.is_empty() {
        advice.push(row.detail.clone());
    }
    Explained { what, advice }
}

fn no_server(row: &RequestRow, route: Option<&RouteRow>) -> Explained {
    let what = format!(
        "No server of {} took requests at that moment: the proxy answered 503 itself.",
        named(&row.target, &row.router)
    );
    let Some(route) = route else {
        return Explained { what, advice: vec!["The route is gone since.".to_owned()] };
    };
    if route.state == RouteState::Working {
        let advice =
            "All of its servers take requests by now: it was being started, replaced or checked.".to_owned();
        return Explained { what, advice: vec![advice] };
    }
    let mut advice = route.reasons.clone();
    let bad = route.servers.iter().filter(|server| !server.ready);
    advice
        .extend(bad.map(|server| format!("{} is {}: {}", server.name, server.state, remedy(&server.state))));
    if route.servers.is_empty() {
        advice.push("No container belongs to it: start one, or mend its labels.".to_owned());
    }
    Explained { what, advice }
}

/// What to do about a server that takes no requests, by the word for its state.
pub fn remedy(state: &str) -> &'static str {
    match state {
        "starting" => "wait until its health check passes.",
        "unhealthy" => "its own health check (HEALTHCHECK) fails; `docker inspect` shows what it says.",
        "unreachable" => {
            "it is in no network that the proxy is in; put both into one, or name it with traefik.docker.network."
        }
        "stopping" => "it was told to stop.",
        "stopped" => "start it; its last lines tell why it ended.",
        _ => "the checks of the proxy fail: the path that they ask for must answer 2xx or 3xx.",
    }
}

fn connection(row: &RequestRow, word: &str) -> Explained {
    let server = server(row);
    match word {
        "connect_refused" => Explained::new(
            format!(
                "{server} runs, but nothing listens at that port: the proxy answered {} itself.",
                row.status
            ),
            &[
                "Name the port that the application listens on: traefik.http.services.<name>.loadbalancer.server.port.",
                "An application that listens on 127.0.0.1 is reached by nobody else; let it listen on 0.0.0.0.",
                "If it was only just started, give it a health check: it gets no requests before that passes.",
            ],
        ),
        "connect_timeout" => Explained::new(
            format!("{server} could not be connected to in time: the proxy answered {} itself.", row.status),
            &[
                "The proxy and the container are perhaps in different networks: name a common one with traefik.docker.network.",
                "Or the application accepts no more connections: look at its CPU and at the number of its workers.",
            ],
        ),
        _ => Explained::new(
            format!(
                "{server} could not be connected to ({}): the proxy answered {} itself.",
                detail(row),
                row.status
            ),
            &["Put the proxy and the container into one network, and check the address and the port."],
        ),
    }
}

fn upstream(row: &RequestRow, word: &str) -> Explained {
    let server = server(row);
    let took = millis(row.duration_ms);
    match word {
        "upstream_closed" => Explained::new(
            format!(
                "{server} closed the connection before it answered: the proxy answered {} itself after {took}.",
                row.status
            ),
            &[
                "A worker that is killed does that: look below for its last lines, for a time-out of gunicorn, for memory running out.",
                "If its keep-alive is shorter than the proxy's, idle connections end under a request: make it longer.",
            ],
        ),
        "upstream_timeout" => Explained::new(
            format!(
                "{server} did not begin to answer within {took}: the proxy answered {} itself.",
                row.status
            ),
            &["Look at what the application did in that time, below; long work belongs into a task."],
        ),
        "upstream_cut" => Explained::new(
            format!("{server} broke off in the middle of its answer, after {} bytes.", row.bytes_out),
            &["Its worker ended or threw an error while it was sending; look at its lines below."],
        ),
        "upstream_tls" => Explained::new(
            format!(
                "The TLS of {server} is broken or not trusted ({}): the proxy answered {} itself.",
                detail(row),
                row.status
            ),
            &[
                "If the container speaks plain HTTP, let its server.scheme be http; else trust its certificate with a serversTransport.",
            ],
        ),
        _ => Explained::new(
            format!(
                "{server} answered something that is no HTTP ({}): the proxy answered {} itself.",
                detail(row),
                row.status
            ),
            &["Check the port, and whether it speaks https or h2c: server.scheme."],
        ),
    }
}

/// What the proxy said of its own.
fn by_proxy(row: &RequestRow, word: &str) -> Explained {
    let status = row.status;
    let own = |what: &str, advice: &str| {
        let advice = if advice.is_empty() { Vec::new() } else { vec![advice] };
        Explained::new(format!("{what} The proxy answered {status} itself."), &advice)
    };
    match word {
        "middleware" => {
            let (name, what) = row.detail.split_once(':').unwrap_or((&row.detail, ""));
            let what = what.trim();
            let because = if what.is_empty() { String::new() } else { format!(": {what}") };
            Explained::new(
                format!("The middleware {name} answered {status} in the application's place{because}."),
                &[],
            )
        }
        "client_gone" => Explained::new(
            format!("The client went away after {}, before the answer ended.", millis(row.duration_ms)),
            &[
                "Users leave pages; if it is often after the same time, another proxy before this one has a time-out.",
            ],
        ),
        "client_timeout" => own("The client stopped sending its request.", ""),
        "malformed" => own("The request is not well formed.", ""),
        "address_too_long" => own("The request's address is too long.", "Send long values in the body."),
        "head_too_large" => {
            own("The request's headers are too large.", "Mostly these are cookies: make them fewer.")
        }
        "body_too_large" => own(
            "The request's body is larger than this route allows.",
            "The buffering middleware of the route sets the limit.",
        ),
        "misdirected" => own("The request came over a connection that was made for another host.", ""),
        "handshake" => Explained::new(
            format!(
                "The client and the proxy did not agree on TLS, so there was no request: {}.",
                detail(row)
            ),
            &[
                "Scanners cause most of these. If it is a client of yours, look at its clock, its authorities and its age.",
            ],
        ),
        "method" => own("The method is not served here.", ""),
        "stopping" => own("Porthole was shutting down.", ""),
        "overload" => own(
            "There were more requests at a time than the proxy takes.",
            "Slow applications fill it: look at the slowest requests.",
        ),
        "proxy" => Explained::new(format!("The proxy answered {status} itself: {}.", detail(row)), &[]),
        word => Explained::new(format!("The proxy answered {status} itself ({word}): {}.", detail(row)), &[]),
    }
}

fn detail(row: &RequestRow) -> &str {
    if row.detail.is_empty() { "no more is known" } else { &row.detail }
}

fn named<'t>(target: &'t str, router: &'t str) -> &'t str {
    if target.is_empty() { router } else { target }
}

fn millis(ms: f64) -> String {
    match ms {
        ms if ms >= 1_000.0 => format!("{:.1} s", ms / 1e3),
        ms if ms >= 10.0 => format!("{ms:.0} ms"),
        ms => format!("{ms:.1} ms"),
    }
}
