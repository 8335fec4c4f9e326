//! Routes, requests and certificates.

use api::{
    CertificateRow, Certificates, EntrypointRow, RequestRow, Requests, RouteFinding, RouteRow, RouteServer,
    RouteState, Routes,
};

use super::super::{certificates, requests, routes};
use super::*;
use crate::time::{DAY, MINUTE};

fn server(name: &str, state: &str) -> RouteServer {
    RouteServer { name: name.into(), state: state.into(), ready: state == "ready", ..RouteServer::default() }
}

fn route(change: impl FnOnce(&mut RouteRow)) -> RouteRow {
    let mut route = RouteRow {
        name: "web@docker".into(),
        rule: "Host(`shop.example`)".into(),
        entrypoints: vec!["websecure".into()],
        middlewares: vec!["gzip@docker".into(), "limit@file".into()],
        target: "web-shop@docker".into(),
        tls: true,
        resolver: "le".into(),
        certificate_ends: Some(NOW + 60 * DAY),
        service: "web".into(),
        project: "shop".into(),
        servers: vec![server("shop-web-1", "ready"), server("shop-web-2", "ready")],
        place: "a label".into(),
        per_second: Some(2.5),
        error_rate: Some(0.0),
        p95_ms: Some(120.0),
        ..RouteRow::default()
    };
    change(&mut route);
    route
}

fn of_routes(rows: Vec<RouteRow>, findings: Vec<RouteFinding>) -> Vec<Section> {
    let entrypoint = EntrypointRow { name: "web".into(), address: ":80".into(), ..EntrypointRow::default() };
    let all = Routes { rows, findings, entrypoints: vec![entrypoint], faults: Vec::new() };
    let sections = routes::sections(&all, &ViewState::default(), CLOCK);
    check_shape(&sections);
    sections
}

#[test]
fn a_route_is_told_in_a_line() {
    let check = |change: fn(&mut RouteRow), tone: Tone, expected: &str| {
        let sections = of_routes(vec![route(change)], Vec::new());
        let row = &sections[0].rows[0];
        assert_eq!((row.tone, told(row).as_str()), (tone, expected));
    };
    let name = "web@docker (Host(`shop.example`))";
    check(|_| {}, Tone::Good, &format!("works | {name} | 2.5 | 0 % | 120 ms | 2/2 | web (shop) | 60 d"));
    check(
        |route| {
            route.state = RouteState::Partly;
            route.servers[1] = server("shop-web-2", "unhealthy");
        },
        Tone::Warning,
        &format!("in part! | {name} | 2.5 | 0 % | 120 ms | 1/2! | web (shop) | 60 d"),
    );
    check(
        |route| {
            route.error_rate = Some(0.25);
            route.tls = false;
        },
        Tone::Critical,
        &format!("fails! | {name} | 2.5 | 25 %! | 120 ms | 2/2 | web (shop) | –"),
    );
    check(
        |route| {
            route.state = RouteState::Broken;
            route.servers.clear();
            (route.per_second, route.error_rate, route.p95_ms) = (None, None, None);
        },
        Tone::Critical,
        &format!("broken! | {name} | – | – | – | – | web (shop) | 60 d"),
    );
}

#[test]
fn a_route_unfolds_to_what_is_wrong_and_the_ways_on() {
    let finding = |severity: &str| RouteFinding {
        severity: severity.into(),
        place: "traefik.http.routers.web.mixed".into(),
        object: "web@docker".into(),
        what: "there is no such option".into(),
        instead: "write middlewares".into(),
    };
    let one = route(|route| {
        route.issues = "shop".into();
        route.reasons = vec!["shop-web-1 is stopped: start it".into()];
        route.findings = vec![finding("error"), finding("note")];
    });
    let sections =
        of_routes(vec![one.clone(), RouteRow { name: "b@docker".into(), ..one }], vec![finding("warning")]);
    let details = unfolded(&sections[0].rows[0]);
    assert_eq!(
        details[..2],
        [
            "Shop-web-1 is stopped: start it",
            "traefik.http.routers.web.mixed: there is no such option. Write middlewares.",
        ]
    );
    assert!(details.contains(&"Passes: gzip@docker, then limit@file".to_owned()), "{details:?}");
    let links = details.last().expect("links");
    assert!(links.starts_with("[All of web@docker](/routes/web%40docker)[All of web](/services?"), "{links}");
    assert!(links.ends_with("[Its errors](/issues?project=shop)"), "{links}");
    let (tone, words) = routes::verdict(&sections);
    assert_eq!(
        (tone, words.as_str()),
        (Tone::Warning, "2 routes, and nothing is wrong with them. 1 thing is not written well.")
    );
    // What two routers share stands once.
    assert_eq!(sections[1].rows.len(), 1);
    let findings = told(&sections[1].rows[0]);
    let place = "traefik.http.routers.web.mixed (web@docker)";
    assert_eq!(findings, format!("error! | {place} | There is no such option | Write middlewares"));
}

#[test]
fn requests_lead_to_their_pages() {
    let request = |status: u16| RequestRow {
        id: format!("r-{status}"),
        time: NOW - MINUTE,
        method: "GET".into(),
        path: "/cart?a=1".into(),
        domain: "shop.example".into(),
        status,
        duration_ms: 1_500.0,
        router: "web@docker".into(),
        service: "web".into(),
        why: if status == 503 { "no_server".into() } else { String::new() },
        ..RequestRow::default()
    };
    let all = Requests {
        failing: vec![request(503)],
        slowest: vec![request(503), request(200)],
        ..Requests::default()
    };
    let sections = requests::sections(&all, &ViewState::default(), CLOCK);
    check_shape(&sections);
    let row = &sections[0].rows[0];
    let line = "503! | GET /cart?a=1 (shop.example) | 1.5 s | 1 min ago | web@docker (web) | no server";
    assert_eq!(told(row), line);
    assert_eq!(row.link.as_deref(), Some(&*format!("/requests/r-503/{}", NOW - MINUTE)));
    assert_eq!(sections[1].rows[1].tone, Tone::Good);
}

#[test]
fn certificates_say_whether_they_will_hold() {
    let check = |change: fn(&mut CertificateRow), expected: &str| {
        let mut one = CertificateRow {
            names: vec!["shop.example".into(), "www.shop.example".into()],
            source: "le".into(),
            issuer: "R11".into(),
            ends: Some(NOW + 20 * DAY),
            renew_at: Some(NOW + 5 * DAY),
            ..CertificateRow::default()
        };
        change(&mut one);
        let sections = certificates::sections(&Certificates { rows: vec![one] }, CLOCK);
        check_shape(&sections);
        assert_eq!(told(&sections[0].rows[0]), expected);
    };
    let names = "shop.example, www.shop.example (R11)";
    check(|_| {}, &format!("holds | {names} | 20 d | le | – | "));
    check(|one| one.renew_at = None, &format!("ends soon! | {names} | 20 d! | le | – | "));
    check(
        |one| {
            (one.failures, one.problem, one.problem_at) = (3, "the CA is down".into(), Some(NOW - MINUTE));
            one.ends = Some(NOW + 90 * DAY);
        },
        &format!("not renewed! | {names} | 90 d | le | 1 min ago | The CA is down"),
    );
    check(
        |one| (one.ends, one.renew_at) = (Some(NOW + DAY), Some(NOW - DAY)),
        &format!("ends! | {names} | 1 d! | le | – | "),
    );
    check(
        |one| {
            (one.ends, one.failures) = (None, 1);
            one.issuer.clear();
        },
        "not to be had! | shop.example, www.shop.example | – | le | – | ",
    );
}
