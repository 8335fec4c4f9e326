//! Posts reports, one after the other, as a program's SDK does it in the background.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use model::Timestamp;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::envelope::{CLIENT, envelope};
use super::{Report, What};

/// Where reports go to: what a DSN says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Where the intake listens.
    pub address: SocketAddr,
    /// The project's number.
    pub project: u64,
    /// Its public key, 32 hex digits.
    pub key: String,
}

/// After a post, so that the past does not come all at once.
const PAUSE: Duration = Duration::from_millis(12);

/// After a post that came to nothing.
const PAUSE_FAILED: Duration = Duration::from_secs(2);

/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// Posts what comes, from when on it is known where to, until `shutdown`.
pub(crate) async fn send_all(
    reports: mpsc::Receiver<Report>,
    destination: watch::Receiver<Option<Destination>>,
    shutdown: CancellationToken,
) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = send(reports, destination) => {}
    }
}

async fn send(mut reports: mpsc::Receiver<Report>, mut destination: watch::Receiver<Option<Destination>>) {
    let Ok(found) = destination.wait_for(Option::is_some).await.map(|found| found.clone()) else { return };
    let Some(destination) = found else { return };
    let mut connection = None;
    while let Some(report) = reports.recv().await {
        // A job that is over says nothing about the next one; its monitor would only seem to be late.
        let now = Timestamp::from(SystemTime::now());
        if matches!(report.what, What::CheckIn(_)) && now.since(report.at) > Duration::from_secs(60) {
            continue;
        }
        let body = Bytes::from(envelope(&report, now));
        let pause = match post(&mut connection, &destination, body).await {
            Ok(()) => PAUSE,
            Err(error) => {
                tracing::debug!(%error, "the simulated shop could not send a report");
                connection = None;
                PAUSE_FAILED
            }
        };
        tokio::time::sleep(pause).await;
    }
}

type Connection = SendRequest<Full<Bytes>>;

async fn post(
    connection: &mut Option<Connection>,
    destination: &Destination,
    body: Bytes,
) -> anyhow::Result<()> {
    if connection.as_ref().is_none_or(SendRequest::is_closed) {
        *connection = Some(connect(destination.address).await?);
    }
    let Some(sender) = connection else { return Ok(()) };
    let Destination { address, project, key } = destination;
    let auth = format!("Sentry sentry_key={key}, sentry_version=7, sentry_client={CLIENT}");
    let request = hyper::Request::post(format!("/api/{project}/envelope/"))
        .header("Host", address.to_string())
        .header("User-Agent", CLIENT)
        .header("Content-Type", "application/x-sentry-envelope")
        .header("X-Sentry-Auth", auth)
        .body(Full::new(body))?;
    let answer = tokio::time::timeout(ANSWER_MAX, sender.send_request(request)).await??;
    let status = answer.status();
    answer.into_body().collect().await?;
    anyhow::ensure!(status.is_success(), "the intake answered {status}");
    Ok(())
}

async fn connect(address: SocketAddr) -> anyhow::Result<Connection> {
    let stream = TcpStream::connect(address).await?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection of the simulated shop broke");
        }
    });
    Ok(sender)
}
