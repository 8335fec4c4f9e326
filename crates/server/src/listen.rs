//! Connections: accepting them, the bounds that keep slow and greedy peers from harming others, and the end.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

mod stall;
use stall::StallGuard;

/// Connections at once; more wait in the system's queue until one ends.
const CONNECTIONS_MAX: usize = 1024;
/// From the end of one request to the whole head of the next.
const HEAD_TIME_MAX: Duration = Duration::from_secs(60);
/// How long a peer may take nothing of what it is sent.
const STALL_TIME_MAX: Duration = Duration::from_secs(60);
const HEAD_BYTES_MAX: usize = 64 << 10;
const HEADERS_MAX: usize = 100;
const STREAMS_MAX: u32 = 128;
/// How long open requests may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(8);
/// When the system has no more file descriptors, accepting fails until one is free.
const PAUSE_AFTER_FAULT: Duration = Duration::from_millis(100);

/// The other end of the connection that a request came by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Accepts until `shutdown`, then lets open requests end.
pub(crate) async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (tasks, cut_off) = (TaskTracker::new(), CancellationToken::new());
    while let Some((stream, peer, place)) = next(&listener, &room, &shutdown).await {
        let (router, shutdown, cut_off) = (router.clone(), shutdown.clone(), cut_off.clone());
        tasks.spawn(async move {
            let _place = place;
            tokio::select! {
                () = connection(stream, peer, router, shutdown) => {}
                () = cut_off.cancelled() => {}
            }
        });
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
        tracing::warn!("{} connections were still busy after {GRACE:?} and are cut off", tasks.len());
        cut_off.cancel();
        tasks.wait().await;
    }
}

async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    loop {
        let accepted = async {
            let place = room.clone().acquire_owned().await.expect("the semaphore is never closed");
            listener.accept().await.map(|(stream, peer)| (stream, peer, place))
        };
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return None,
            accepted = accepted => match accepted {
                Ok(connection) => return Some(connection),
                Err(error) => {
                    tracing::warn!("a connection could not be accepted: {error}");
                    tokio::time::sleep(PAUSE_AFTER_FAULT).await;
                }
            },
        }
    }
}

/// Serves one connection. After `shutdown` it ends with the request under way.
async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, shutdown: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let router = router.clone();
        async move { router.oneshot(request.map(Body::new)).await }
    });
    let builder = builder();
    let stream = TokioIo::new(StallGuard::new(stream, STALL_TIME_MAX));
    let mut connection = pin!(builder.serve_connection_with_upgrades(stream, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // A peer that breaks off or stalls is everyday life.
    if let Err(error) = ended {
        tracing::debug!("the connection of {peer} ended: {error}");
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BYTES_MAX as u32)
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

#[cfg(test)]
mod tests;
