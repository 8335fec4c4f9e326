//! An entrypoint: accepts connections within its limits, finds out what is spoken, and serves it until it ends or its time
//! is over.

mod caps;
mod proxy_protocol;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use http::StatusCode;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::config::EntrypointConfig;
use crate::connection::{Connection, Entrypoint, Pulse, Verdict, any_contains};
use crate::measure::Why;
use crate::plane::Plane;
use crate::serve;
use crate::tls::{Accepted, HandshakeFault, Session};
use crate::wire::{Line, Stream, Wire};

use caps::Caps;
pub(crate) use caps::Place;

/// How long a handshake of TLS may take.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How often it is looked whether a connection's time is over, at least.
const LOOK: Duration = Duration::from_secs(5);
/// After a failure to accept, which is mostly for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);
/// What a connection of HTTP/2 begins with, and no request of HTTP/1.
const HTTP2: &[u8] = b"PRI ";
/// What a handshake of TLS begins with.
const TLS: u8 = 0x16;

/// Accepts connections until the plane stops.
pub(crate) async fn run(listener: TcpListener, entrypoint: Arc<Entrypoint>, plane: Arc<Plane>) {
    let caps = Caps::new(&entrypoint.config);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = plane.stopping.cancelled() => return,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, entrypoint = entrypoint.config.name, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Beyond the limits a connection is closed: whoever makes so many would not read an answer either.
        let Some(place) = caps.enter(peer.ip(), entrypoint.trusts(peer.ip().to_canonical())) else {
            continue;
        };
        let (entrypoint, plane) = (entrypoint.clone(), plane.clone());
        plane.clone().tasks.spawn(async move {
            let cut = plane.cut.clone();
            // What a connection fails with is its client's business.
            let _ = cut.run_until_cancelled(connection(socket, peer, entrypoint, plane, place)).await;
        });
    }
}

/// Serves one connection.
async fn connection(
    socket: TcpStream,
    peer: SocketAddr,
    entrypoint: Arc<Entrypoint>,
    plane: Arc<Plane>,
    place: Place,
) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let config = &entrypoint.config;
    let mut wire = Wire::new(socket);
    let opened = timeout(config.header_timeout, open(&mut wire, peer, config));
    let Ok((peer, first)) = opened.await.map_err(|_| io::ErrorKind::TimedOut)? else { return Ok(()) };
    let pulse = Pulse::new();
    match first {
        Spoken::Nothing => Ok(()),
        Spoken::Http1 => {
            let connection = Arc::new(Connection::new(entrypoint, peer, None, pulse, place));
            serve_http1(Stream::Plain(wire), connection, plane).await;
            Ok(())
        }
        Spoken::Http2 => {
            let connection = Arc::new(Connection::new(entrypoint, peer, None, pulse, place));
            serve_http2(Stream::Plain(wire), connection, plane).await;
            Ok(())
        }
        Spoken::Tls => {
            let Some((stream, session)) = (match shake_hands(wire, &plane).await {
                Ok(shaken) => shaken,
                Err((fault, detail)) => {
                    entrypoint.series.handshake_failed(fault);
                    let connection = Arc::new(Connection::new(entrypoint, peer, None, pulse, place));
                    serve::report_handshake(&plane, &connection, fault, detail);
                    return Ok(());
                }
            }) else {
                return Ok(());
            };
            let is_http2 = session.http2;
            let connection = Arc::new(Connection::new(entrypoint, peer, Some(session), pulse, place));
            match is_http2 {
                true => serve_http2(stream, connection, plane).await,
                false => serve_http1(stream, connection, plane).await,
            }
            Ok(())
        }
    }
}

/// What a connection begins with.
enum Spoken {
    Nothing,
    Http1,
    Http2,
    Tls,
}

/// Who is there, and what is spoken.
async fn open(
    wire: &mut Wire,
    peer: SocketAddr,
    config: &EntrypointConfig,
) -> io::Result<(SocketAddr, Spoken)> {
    let mut client = peer;
    if any_contains(&config.proxy_protocol, peer.ip().to_canonical()) {
        client = proxy_protocol::read(wire).await?.unwrap_or(peer);
    }
    let first = wire.peek(1).await?.first().copied();
    let spoken = match first {
        None => Spoken::Nothing,
        Some(TLS) => Spoken::Tls,
        Some(b'P') if wire.peek(HTTP2.len()).await?.starts_with(HTTP2) => Spoken::Http2,
        Some(_) => Spoken::Http1,
    };
    Ok((client, spoken))
}

/// Nothing where a CA has looked at its challenge.
async fn shake_hands(
    wire: Wire,
    plane: &Plane,
) -> Result<Option<(Stream, Session)>, (HandshakeFault, String)> {
    match timeout(HANDSHAKE_MAX, plane.front.accept(wire)).await {
        Ok(Ok(Accepted::Session(stream, session))) => Ok(Some((Stream::Tls(stream), session))),
        Ok(Ok(Accepted::Challenge)) => Ok(None),
        Ok(Err(error)) => Err((HandshakeFault::of(&error), error.to_string())),
        Err(_) => Err((HandshakeFault::Timeout, format!("no TLS handshake within {HANDSHAKE_MAX:?}"))),
    }
}

async fn serve_http1(stream: Stream, connection: Arc<Connection>, plane: Arc<Plane>) {
    let config = &connection.entrypoint.config;
    let io = TokioIo::new(Line::new(stream, true, connection.pulse.clone()));
    let service = {
        let (plane, connection) = (plane.clone(), connection.clone());
        service_fn(move |request| {
            let answer = serve::request(plane.clone(), connection.clone(), request);
            async move { Ok::<_, Infallible>(answer.await) }
        })
    };
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        // The time of a head is kept by the pulse, which knows an idle connection from a slow head.
        .header_read_timeout(None)
        .max_headers(config.headers_max)
        .max_buf_size(config.header_bytes_max.max(8192))
        .serve_connection(io, service)
        .with_upgrades();
    let mut serving = pin!(serving);
    // What waits in here is woken by itself alone, not with every byte of the connection.
    let mut orders = FuturesUnordered::from_iter([Watch::new(&connection, &plane).order()]);
    let ended = loop {
        tokio::select! {
            biased;
            ended = serving.as_mut() => break ended,
            Some((watch, order)) = orders.next() => match order {
                Order::Wind => {
                    serving.as_mut().graceful_shutdown();
                    orders.push(watch.order());
                }
                Order::Cut => return,
            },
        }
    };
    if let Err(error) = ended {
        tell(&error, &connection, &plane);
    }
}

async fn serve_http2(stream: Stream, connection: Arc<Connection>, plane: Arc<Plane>) {
    let config = &connection.entrypoint.config;
    let io = TokioIo::new(Line::new(stream, false, connection.pulse.clone()));
    let service = {
        let (plane, connection) = (plane.clone(), connection.clone());
        service_fn(move |request| {
            let answer = serve::request(plane.clone(), connection.clone(), request);
            async move { Ok::<_, Infallible>(answer.await) }
        })
    };
    let serving = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(config.streams_max)
        .max_header_list_size(u32::try_from(config.header_bytes_max).unwrap_or(u32::MAX))
        // Clients that open streams only to reset them, or make us do it, are cut off.
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20))
        .serve_connection(io, service);
    let mut serving = pin!(serving);
    // What waits in here is woken by itself alone, not with every byte of the connection.
    let mut orders = FuturesUnordered::from_iter([Watch::new(&connection, &plane).order()]);
    loop {
        tokio::select! {
            biased;
            _ = serving.as_mut() => return,
            Some((watch, order)) = orders.next() => match order {
                Order::Wind => {
                    serving.as_mut().graceful_shutdown();
                    orders.push(watch.order());
                }
                Order::Cut => return,
            },
        }
    }
}

/// Reports what was no request.
fn tell(error: &hyper::Error, connection: &Arc<Connection>, plane: &Plane) {
    if !error.is_parse() {
        return;
    }
    let (status, why) = match error.is_parse_too_large() {
        true => (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Why::HeadTooLarge),
        false => (StatusCode::BAD_REQUEST, Why::Malformed),
    };
    let fault = connection.pulse.fault().map(|fault| fault.told().to_owned());
    serve::report_malformed(plane, connection, status, why, fault.unwrap_or_else(|| error.to_string()));
}

/// What is to become of a connection.
enum Order {
    /// It ends after what it is doing.
    Wind,
    /// It ends.
    Cut,
}

/// Keeps an eye on a connection's time.
struct Watch<'c> {
    connection: &'c Arc<Connection>,
    plane: &'c Plane,
    ticks: tokio::time::Interval,
    winding: bool,
}

impl<'c> Watch<'c> {
    fn new(connection: &'c Arc<Connection>, plane: &'c Plane) -> Self {
        let config = &connection.entrypoint.config;
        let shortest = config.header_timeout.min(config.idle_timeout).min(config.write_timeout);
        let every = (shortest / 4).clamp(Duration::from_millis(20), LOOK);
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        Self { connection, plane, ticks, winding: false }
    }

    /// Waits until something is to be done.
    async fn order(mut self) -> (Self, Order) {
        let order = loop {
            tokio::select! {
                () = self.plane.cut.cancelled() => break Order::Cut,
                () = self.plane.stopping.cancelled(), if !self.winding => break Order::Wind,
                _ = self.ticks.tick() => match self.judge() {
                    None | Some(Order::Wind) if self.winding => {}
                    Some(order) => break order,
                    None => {}
                },
            }
        };
        self.winding |= matches!(order, Order::Wind);
        (self, order)
    }

    /// What its time says.
    fn judge(&self) -> Option<Order> {
        match self.connection.pulse.verdict(&self.connection.entrypoint.config) {
            Verdict::GoOn => None,
            Verdict::Idle => Some(Order::Wind),
            Verdict::Stalled => Some(Order::Cut),
            Verdict::SlowHead => {
                if self.connection.pulse.has_spoken() {
                    let (status, why) = (StatusCode::REQUEST_TIMEOUT, Why::ClientTimeout);
                    let detail = "the head of the request did not come in time".to_owned();
                    serve::report_malformed(self.plane, self.connection, status, why, detail);
                }
                Some(Order::Cut)
            }
        }
    }
}
