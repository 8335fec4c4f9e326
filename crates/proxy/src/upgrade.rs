//! Websockets and whatever else a connection is upgraded to: bytes both ways until one side ends.
//!
//! A tunnel outlives the plan that it was made by, and ends when it was silent for too long or, at the end of the proxy,
//! when its grace is over.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::CancellationToken;

use crate::exchange::Pending;
use crate::pool::Hold;

/// Of each direction, at a time.
const BUFFER_BYTES: usize = 16 << 10;

/// Both ends of a tunnel that is about to begin.
pub(crate) struct Tunnel {
    pub(crate) client: OnUpgrade,
    pub(crate) server: OnUpgrade,
    /// It counts at its server as long as it lives.
    pub(crate) hold: Hold,
}

impl Tunnel {
    /// Carries bytes until the end, which is reported then.
    pub(crate) async fn run(self, mut pending: Pending, idle_max: Duration, cut: CancellationToken) {
        let Self { client, server, hold } = self;
        let Ok((client, server)) = tokio::try_join!(client, server) else { return pending.finish(None) };
        let noted =
            Arc::new(Noted { born: Instant::now(), last: AtomicU64::new(0), bytes: Default::default() });
        let mut client = Noting { io: TokioIo::new(client), noted: noted.clone(), direction: 0 };
        let mut server = Noting { io: TokioIo::new(server), noted: noted.clone(), direction: 1 };
        tokio::select! {
            // How it ends is nobody's fault: programs that speak websockets hang up.
            _ = tokio::io::copy_bidirectional_with_sizes(&mut client, &mut server, BUFFER_BYTES, BUFFER_BYTES) => {}
            () = noted.silence(idle_max) => {}
            () = cut.cancelled() => {}
        }
        let [from_client, from_server] = &noted.bytes;
        pending.tunnelled(from_client.load(Ordering::Relaxed), from_server.load(Ordering::Relaxed));
        pending.finish(None);
        drop(hold);
    }
}

/// What has passed through a tunnel.
#[derive(Debug)]
struct Noted {
    born: Instant,
    /// When something last passed, in milliseconds since it began.
    last: AtomicU64,
    bytes: [AtomicU64; 2],
}

impl Noted {
    fn now(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Ends when nothing has passed for so long.
    async fn silence(&self, max: Duration) {
        let max_millis = u64::try_from(max.as_millis()).unwrap_or(u64::MAX);
        loop {
            let silent = self.now().saturating_sub(self.last.load(Ordering::Relaxed));
            if silent >= max_millis {
                return;
            }
            tokio::time::sleep(Duration::from_millis(max_millis - silent)).await;
        }
    }
}

struct Noting {
    io: TokioIo<Upgraded>,
    noted: Arc<Noted>,
    direction: usize,
}

impl AsyncRead for Noting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(cx, buffer);
        if polled.is_ready() {
            let read = buffer.filled().len() - before;
            self.noted.bytes[self.direction].fetch_add(read as u64, Ordering::Relaxed);
            self.noted.last.store(self.noted.now(), Ordering::Relaxed);
        }
        polled
    }
}

impl AsyncWrite for Noting {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
