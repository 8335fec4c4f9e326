//! Requests that really go on their way: what visitors ask for in the story is asked of the proxy in front of the shop,
//! and comes out at a door of one of the containers, which answers as the story has it.
//!
//! The id of such a request is that of the story, so that the lines and errors that it causes there are found by it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use model::Timestamp;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Under this name the shop's router is asked for.
pub(crate) const HOST: &str = "shop.localhost";
/// A name that no router has: what scanners ask for.
pub(crate) const STRANGE_HOST: &str = "203.0.113.80";
/// Carries to the door what it is to answer: a status, and after how many milliseconds.
const ANSWER: &str = "x-shop-answer";
/// How many visits may wait; what comes then is not made.
const WAITING_MAX: usize = 256;
/// Visits at a time.
const AT_ONCE: usize = 64;
/// A visit of the past is not made: its answer would be of now.
const LATE: Duration = Duration::from_secs(5);
/// How long a visitor waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where visits wait to be made.
#[derive(Clone, Debug)]
pub(crate) struct Visits(mpsc::Sender<Visit>);

/// A request on its way.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// When it is made.
    pub(crate) at: Timestamp,
    /// Of the story, 32 hexadecimal digits; its trace's too.
    pub(crate) id: String,
    pub(crate) host: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) client: &'static str,
    pub(crate) agent: &'static str,
    /// How the application answers, and after what time.
    pub(crate) status: u16,
    pub(crate) took: Duration,
}

impl Visits {
    /// Where visits are put, and the end from which they are made.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Visit>) {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        (Self(sender), receiver)
    }

    pub(crate) fn put(&self, visit: Visit) {
        // More visitors than there is room for go elsewhere.
        let _ = self.0.try_send(visit);
    }
}

/// Makes the visits, from when on it is known where the proxy listens, until `shutdown`.
pub(crate) async fn make_all(
    visits: mpsc::Receiver<Visit>,
    proxy: watch::Receiver<Option<SocketAddr>>,
    shutdown: CancellationToken,
) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = make(visits, proxy) => {}
    }
}

async fn make(mut visits: mpsc::Receiver<Visit>, proxy: watch::Receiver<Option<SocketAddr>>) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(visit) = visits.recv().await {
        let Some(address) = *proxy.borrow() else { continue };
        if Timestamp::from(SystemTime::now()).since(visit.at) > LATE {
            continue;
        }
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else { continue };
        tokio::spawn(async move {
            let _place = place;
            match tokio::time::timeout(PATIENCE, ask(address, visit)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "a visitor of the simulated shop got no answer"),
                Err(_) => tracing::debug!("a visitor of the simulated shop went away"),
            }
        });
    }
}

async fn ask(proxy: SocketAddr, visit: Visit) -> anyhow::Result<()> {
    let stream = TcpStream::connect(proxy).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let span = visit.id.get(16..).unwrap_or_default();
    let request = hyper::Request::builder()
        .method(visit.method)
        .uri(&visit.path)
        .header("Host", visit.host)
        .header("User-Agent", visit.agent)
        .header("X-Forwarded-For", visit.client)
        .header("X-Request-ID", &visit.id)
        .header("sentry-trace", format!("{}-{span}", visit.id))
        .header(ANSWER, format!("{} {}", visit.status, visit.took.as_millis()))
        .body(Empty::<Bytes>::new())?;
    let talk = async {
        let answer = sender.send_request(request).await?;
        answer.into_body().collect().await?;
        anyhow::Ok(())
    };
    tokio::select! {
        done = talk => done,
        ended = connection => ended.map_err(Into::into),
    }
}

/// What a door of the application answers to a visit.
pub(crate) async fn answer(headers: HeaderMap) -> Response {
    let told = headers.get(ANSWER).and_then(|told| told.to_str().ok()).unwrap_or("200 1");
    let (status, millis) = told.split_once(' ').unwrap_or((told, "1"));
    let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
    tokio::time::sleep(Duration::from_millis(millis.parse().unwrap_or(1))).await;
    let status = status.unwrap_or(StatusCode::OK);
    match status {
        StatusCode::NOT_MODIFIED => status.into_response(),
        StatusCode::FOUND => (status, [("location", "/")]).into_response(),
        _ => (status, [("content-type", "text/html")], page(status)).into_response(),
    }
}

/// A page of the shop, long enough to be worth compressing.
fn page(status: StatusCode) -> String {
    let row = "<li><a href=\"/products/teapot/\">Teapot</a> <b>24.00 €</b></li>\n";
    let rows = if status.is_success() { row.repeat(60) } else { format!("<p>{status}</p>") };
    format!("<!doctype html><title>Shop</title><h1>Shop</h1><ul>\n{rows}</ul>\n")
}
