//! Sending a request to a service, and again where that is safe.
//!
//! A request that never reached a server may be sent to another, whatever it is. One that did, and was not answered, is
//! sent again only if doing it twice is as good as doing it once and there is no body to be missed: another replica first.

mod attempt;
mod outgoing;
mod why;

use std::sync::Arc;
use std::time::Instant;

use http::{Request, Response, StatusCode, header};
use route::name::Name;
use route::plan;

use crate::balance::Balancer;
use crate::body::Body;
use crate::exchange::{Exchange, RetryWish};
use crate::headers;
use crate::measure::{Protocol, Why};
use crate::plane::InternalRequest;
use crate::server::Server;
use crate::table::{Kind, Service};
use crate::tools::Tools;

pub(crate) use attempt::Failure;
use outgoing::Outgoing;
pub(crate) use outgoing::broken;

/// Services may lead to services; further than this they go in a circle.
const DEPTH_MAX: u8 = 8;
/// With more going on nothing is mirrored.
const MIRRORS_MAX: usize = 50_000;
/// Longer the answer to a copy is not read.
const MIRROR_MAX: std::time::Duration = std::time::Duration::from_secs(60);
/// How often a request is sent where nobody says otherwise.
const ATTEMPTS_MAX: u32 = 3;

/// The answer of a service of the plan.
pub(crate) async fn to(
    tools: Tools<'_>,
    name: &Name,
    mut request: Request<Body>,
    exchange: &mut Exchange,
) -> Response<Body> {
    let Some(service) = tools.table.service(name) else {
        let detail = format!("there is no service {name}");
        return exchange.refuse(StatusCode::SERVICE_UNAVAILABLE, Why::BrokenRouter, detail);
    };
    if exchange.depth >= DEPTH_MAX {
        let detail = format!("the service {name} leads back to itself");
        return exchange.refuse(StatusCode::SERVICE_UNAVAILABLE, Why::BrokenRouter, detail);
    }
    exchange.depth += 1;
    let response = if service.chain.is_empty() {
        answer(tools, service, request, exchange).await
    } else {
        let response = match service.chain.before(&mut request, exchange, &tools).await {
            std::ops::ControlFlow::Continue(()) => answer(tools, service, request, exchange).await,
            std::ops::ControlFlow::Break(response) => response,
        };
        service.chain.after(response, exchange, &tools).await
    };
    exchange.depth -= 1;
    response
}

async fn answer(
    tools: Tools<'_>,
    service: &Service,
    request: Request<Body>,
    exchange: &mut Exchange,
) -> Response<Body> {
    if !exchange.aside {
        exchange.ticket.passed(&service.target);
    }
    match &service.kind {
        Kind::Servers(balancer) => to_servers(tools, balancer, request, exchange).await,
        Kind::Shares(shares) => {
            let is_ready = |name: &Name| tools.table.is_ready(name);
            let Some((name, cookie)) = shares.choose(exchange.client, request.headers(), is_ready) else {
                let detail = "the service leads to no other";
                return exchange.refuse(StatusCode::SERVICE_UNAVAILABLE, Why::NoServer, detail);
            };
            let mut response = Box::pin(to(tools, name, request, exchange)).await;
            if let Some(cookie) = cookie {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Kind::Failover { service, fallback } => {
            let name = if tools.table.is_ready(service) { service } else { fallback };
            Box::pin(to(tools, name, request, exchange)).await
        }
        Kind::Mirrored(mirrored) => {
            let request = match mirrored.copy(tools, request, exchange).await {
                Ok(request) => request,
                Err(failure) => return exchange.refuse(failure.status, failure.why, failure.detail),
            };
            Box::pin(to(tools, &mirrored.service, request, exchange)).await
        }
        Kind::Files(files) => files.answer(&request.into_parts().0).await,
        Kind::Internal(what) => internal(tools, *what, request, exchange).await,
    }
}

/// Sends a copy of a request whose answer nobody waits for. Its numbers count nowhere. A service whose middlewares would
/// have to let it pass gets none.
pub(crate) fn mirror(tools: Tools<'_>, name: &Name, mut request: Request<Body>, exchange: &Exchange) {
    let Some(service) = tools.table.service(name).filter(|service| service.chain.is_empty()).cloned() else {
        return;
    };
    let (plane, client) = (tools.plane.clone(), exchange.client);
    if plane.tasks.len() > MIRRORS_MAX {
        return;
    }
    headers::strip_hop(request.headers_mut(), false);
    if !exchange.hide_client {
        headers::append_forwarded_for(request.headers_mut(), exchange);
    }
    tools.plane.tasks.spawn(async move {
        let Kind::Servers(balancer) = &service.kind else { return };
        let Some(server) = balancer.choose(client, request.headers(), &[]) else { return };
        let copied = tokio::time::timeout(MIRROR_MAX, attempt::copy(&plane, balancer, &server, request));
        let _ = plane.cut.run_until_cancelled(copied).await;
    });
}

async fn internal(
    tools: Tools<'_>,
    what: plan::Internal,
    mut request: Request<Body>,
    exchange: &mut Exchange,
) -> Response<Body> {
    match what {
        plan::Internal::Ping => Response::new(Body::full("OK")),
        plan::Internal::Noop => {
            let detail = "it leads to noop@internal, which answers nothing";
            exchange.refuse(StatusCode::IM_A_TEAPOT, Why::Proxy, detail)
        }
        plan::Internal::Api | plan::Internal::Page => {
            let upgrade = exchange.upgrade.take();
            headers::strip_hop(request.headers_mut(), upgrade.is_some());
            // Whoever answers takes the client's end from there, as from a connection of its own.
            if let Some(upgrade) = upgrade {
                request.extensions_mut().insert(upgrade);
            }
            let (client, https) = (exchange.client, exchange.https);
            let asked = InternalRequest { what, request, client, https, guarded: exchange.guarded };
            let answer = (tools.plane.internal)(asked).await;
            let mut response = answer.map(Body::boxed);
            let switches = response.status() == StatusCode::SWITCHING_PROTOCOLS;
            headers::strip_hop(response.headers_mut(), switches);
            if switches {
                exchange.protocol = Protocol::Websocket;
            }
            response
        }
    }
}

/// Sends the request to one of the servers, and to another if that is safe and of use.
async fn to_servers(
    tools: Tools<'_>,
    balancer: &Balancer,
    request: Request<Body>,
    exchange: &mut Exchange,
) -> Response<Body> {
    let wish = exchange.retry.take();
    let mut outgoing = match Outgoing::new(request, &tools.plane.room, exchange, wish.as_ref()).await {
        Ok(outgoing) => outgoing,
        Err(failure) => return exchange.refuse(failure.status, failure.why, failure.detail),
    };
    let mut tried: Vec<Arc<Server>> = Vec::new();
    loop {
        let Some(server) = balancer.choose(exchange.client, outgoing.headers(), &tried) else {
            let detail = why::no_server(&balancer.servers);
            return exchange.refuse(StatusCode::SERVICE_UNAVAILABLE, Why::NoServer, detail);
        };
        let seen_before = tried.iter().any(|other| Arc::ptr_eq(other, &server));
        exchange.server = Some(server.clone());
        exchange.attempts += 1;
        let begun = Instant::now();
        let sent = attempt::send(tools, balancer, &server, &mut outgoing, exchange, seen_before).await;
        exchange.upstream = sent.is_ok().then(|| begun.elapsed());
        match sent {
            Ok(response) => {
                server.answered(begun.elapsed());
                judge(balancer, &server, response.status());
                let unwanted = is_unwanted(wish.as_ref(), response.status());
                if !unwanted || !outgoing.can_go_again() || !may_try(wish.as_ref(), exchange) {
                    return with_cookie(balancer, &server, &outgoing, response);
                }
            }
            Err(failure) => {
                // What the client did wrong is not the server's fault.
                if let Some(passive) = balancer.passive.filter(|_| failure.status.is_server_error()) {
                    server.failed(passive.failed_attempts_max, passive.failure_window);
                }
                let elsewhere = balancer.servers.iter().any(|other| {
                    other.is_ready()
                        && !Arc::ptr_eq(other, &server)
                        && !tried.iter().any(|known| Arc::ptr_eq(known, other))
                });
                let worth = elsewhere || failure.stale || wish.is_some();
                let wanted = wish.as_ref().is_none_or(|wish| wish.network_errors);
                if !failure.safe || !worth || !wanted || !may_try(wish.as_ref(), exchange) {
                    return exchange.refuse(failure.status, failure.why, failure.detail);
                }
            }
        }
        tried.push(server);
        pause(wish.as_ref(), exchange.attempts).await;
    }
}

/// Whether there is an attempt left.
fn may_try(wish: Option<&RetryWish>, exchange: &Exchange) -> bool {
    let attempts_max = wish.map_or(ATTEMPTS_MAX, |wish| wish.attempts.max(1));
    let in_time = wish.and_then(|wish| wish.timeout).is_none_or(|max| exchange.elapsed() < max);
    exchange.attempts < attempts_max && in_time
}

fn is_unwanted(wish: Option<&RetryWish>, status: StatusCode) -> bool {
    wish.is_some_and(|wish| wish.statuses.iter().any(|range| range.contains(&status.as_u16())))
}

async fn pause(wish: Option<&RetryWish>, attempts: u32) {
    let Some(interval) = wish.map(|wish| wish.initial_interval).filter(|interval| !interval.is_zero()) else {
        return;
    };
    tokio::time::sleep(interval * 2u32.saturating_pow(attempts.saturating_sub(1).min(10))).await;
}

/// Counts an answer that says that the server fails.
fn judge(balancer: &Balancer, server: &Server, status: StatusCode) {
    if let Some(passive) = balancer.passive.filter(|_| status.is_server_error()) {
        server.failed(passive.failed_attempts_max, passive.failure_window);
    }
}

fn with_cookie(
    balancer: &Balancer,
    server: &Server,
    outgoing: &Outgoing,
    mut response: Response<Body>,
) -> Response<Body> {
    let cookie = balancer.sticky.as_ref().and_then(|sticky| sticky.answer(outgoing.cookies(), server));
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

impl Failure {
    /// The client's fault, not the server's.
    fn of_client(status: StatusCode, why: Why, detail: impl Into<String>) -> Self {
        Self { status, why, detail: detail.into(), safe: false, stale: false }
    }
}
