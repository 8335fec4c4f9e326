//! Sending a request to one server, once.

use std::sync::Arc;

use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::outgoing::{self, Outgoing};
use super::why;
use crate::balance::Balancer;
use crate::body::Body;
use crate::exchange::Exchange;
use crate::headers;
use crate::measure::{Protocol, Why};
use crate::plane::Plane;
use crate::pool::{Hold, SendError, Sender};
use crate::server::Server;
use crate::tools::Tools;
use crate::upgrade::Tunnel;

/// Why there is no answer.
pub(crate) struct Failure {
    /// What the client is told.
    pub(crate) status: StatusCode,
    pub(crate) why: Why,
    pub(crate) detail: String,
    /// Whether it may be sent again.
    pub(super) safe: bool,
    /// Whether the connection was an old one, so that the same server may well answer over a new one.
    pub(super) stale: bool,
}

/// Sends it, over a new connection if `fresh`.
pub(super) async fn send(
    tools: Tools<'_>,
    balancer: &Balancer,
    server: &Arc<Server>,
    outgoing: &mut Outgoing,
    exchange: &mut Exchange,
    fresh: bool,
) -> Result<Response<Body>, Failure> {
    let taken = match fresh || outgoing.upgrades() {
        true => None,
        false => open_one(server, outgoing).await,
    };
    let stale = taken.is_some();
    let mut sender = match taken {
        Some(sender) => sender,
        None => connect(tools, server).await?,
    };
    if balancer.sticky.is_some() {
        outgoing.remember_cookies();
    }
    let Some(request) = outgoing.request(server, balancer.pass_host, sender.is_http2()) else {
        return Err(Failure::of_client(
            StatusCode::BAD_GATEWAY,
            Why::UpstreamClosed,
            "nothing is left to send",
        ));
    };
    let mut hold = Hold::new(server.clone(), exchange.sent.clone());
    let answered = match server.transport.answer_timeout {
        None => sender.send(request).await,
        Some(max) => match tokio::time::timeout(max, sender.send(request)).await {
            Ok(answered) => answered,
            Err(_) => {
                let detail = format!("{}: no answer within {max:?}", why::called(server));
                let (status, why) = (StatusCode::GATEWAY_TIMEOUT, Why::UpstreamTimeout);
                return Err(Failure { status, why, detail, safe: false, stale: false });
            }
        },
    };
    match answered {
        Ok(response) => {
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                return switch(response, exchange, hold, server);
            }
            hold.keep(sender);
            Ok(passed_on(response, exchange, hold))
        }
        Err(error) => Err(failed(error, server, outgoing, exchange, stale)),
    }
}

/// A connection of the pool that takes a request.
async fn open_one(server: &Server, outgoing: &Outgoing) -> Option<Sender> {
    loop {
        let mut sender = server.pool.take(outgoing.must_arrive(), server.transport.idle_timeout)?;
        if sender.ready().await.is_ok() {
            return Some(sender);
        }
    }
}

async fn connect(tools: Tools<'_>, server: &Server) -> Result<Sender, Failure> {
    let failed = |why: Why, detail: String| {
        server.unreachable();
        let status = match why {
            Why::ConnectTimeout => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        let detail = format!("{}: {detail}", why::called(server));
        Failure { status, why, detail, safe: true, stale: false }
    };
    let mut sender =
        server.connect(&tools.plane.names).await.map_err(|error| failed(error.why, error.detail))?;
    sender.ready().await.map_err(|error| failed(Why::UpstreamClosed, error.to_string()))?;
    Ok(sender)
}

fn passed_on(response: Response<Incoming>, exchange: &mut Exchange, hold: Hold) -> Response<Body> {
    let (mut parts, incoming) = response.into_parts();
    headers::strip_listed(&mut parts.headers);
    headers::strip_hop(&mut parts.headers, false);
    let kind = parts.headers.get(http::header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        exchange.protocol = Protocol::Sse;
    }
    Response::from_parts(parts, Body::incoming(incoming).holding(hold))
}

/// The server speaks another protocol from now on.
fn switch(
    mut response: Response<Incoming>,
    exchange: &mut Exchange,
    hold: Hold,
    server: &Server,
) -> Result<Response<Body>, Failure> {
    let Some(client) = exchange.upgrade.take() else {
        let detail = format!("{} switched protocols, which nobody had asked for", why::called(server));
        let (status, why) = (StatusCode::BAD_GATEWAY, Why::UpstreamMalformed);
        return Err(Failure { status, why, detail, safe: false, stale: false });
    };
    let upgraded = hyper::upgrade::on(&mut response);
    exchange.protocol = Protocol::Websocket;
    exchange.tunnel = Some(Tunnel { client, server: upgraded, hold });
    let (mut parts, _) = response.into_parts();
    headers::strip_listed(&mut parts.headers);
    headers::strip_hop(&mut parts.headers, true);
    Ok(Response::from_parts(parts, Body::empty()))
}

fn failed(
    SendError { error, unsent }: SendError,
    server: &Server,
    outgoing: &mut Outgoing,
    exchange: &Exchange,
    stale: bool,
) -> Failure {
    if let Some(flow) = &exchange.sent
        && (flow.is_broken() || flow.has_timed_out())
    {
        return outgoing::broken(&error);
    }
    let arrived = unsent.is_none();
    if let Some(request) = unsent {
        outgoing.take_back(request);
    }
    let (status, why) = match () {
        () if error.is_parse() => (StatusCode::BAD_GATEWAY, Why::UpstreamMalformed),
        () if error.is_timeout() => (StatusCode::GATEWAY_TIMEOUT, Why::UpstreamTimeout),
        () => (StatusCode::BAD_GATEWAY, Why::UpstreamClosed),
    };
    let detail = format!("{}: {}", why::called(server), why::in_full(&error));
    let safe = !arrived || (outgoing.can_go_again() && why == Why::UpstreamClosed);
    Failure { status, why, detail, safe, stale }
}

/// Sends a copy and reads its answer to the end, so that the connection can be used again.
pub(super) async fn copy(plane: &Plane, balancer: &Balancer, server: &Arc<Server>, request: Request<Body>) {
    let mut outgoing = Outgoing::copied(request);
    let taken = open_one(server, &outgoing).await;
    let sender = match taken {
        Some(sender) => Some(sender),
        None => server.connect(&plane.names).await.ok(),
    };
    let Some(mut sender) = sender else { return };
    if sender.ready().await.is_err() {
        return;
    }
    let Some(request) = outgoing.request(server, balancer.pass_host, sender.is_http2()) else { return };
    let mut hold = Hold::new(server.clone(), None);
    if let Ok(response) = sender.send(request).await {
        hold.keep(sender);
        let mut body = Body::incoming(response.into_body()).holding(hold);
        while let Some(Ok(_)) = body.frame().await {}
    }
}
