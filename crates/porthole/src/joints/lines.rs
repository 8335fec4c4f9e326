//! What engines find for the logs: lines among what Sentry's SDKs send, and every request of the proxy.

use issues::Lines;
use logs::Logs;
use model::Batch;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Envelopes whose lines share a commit.
const ENVELOPES_MAX: usize = 64;

/// Passes the lines of SDKs on until the end, and then those that are waiting, and tells when they are kept. What the logs
/// do not take is counted by `issues`.
pub(crate) async fn pass_on(mut lines: mpsc::Receiver<Lines>, logs: Logs, shutdown: CancellationToken) {
    loop {
        let mut waiting = Vec::new();
        tokio::select! {
            _ = lines.recv_many(&mut waiting, ENVELOPES_MAX) => {}
            () = shutdown.cancelled() => while let Ok(one) = lines.try_recv() {
                waiting.push(one);
            },
        }
        if waiting.is_empty() {
            return;
        }
        let (mut batches, mut senders) = (Vec::new(), Vec::new());
        for one in waiting {
            batches.extend(one.batches);
            senders.push(one.kept);
        }
        match logs.push(batches).await {
            // Whoever waited may have left.
            Ok(()) => senders.into_iter().for_each(|kept| _ = kept.send(())),
            Err(error) => tracing::warn!("lines of SDKs were dropped: {error}"),
        }
    }
}

/// Passes the proxy's entries on until the end, and then those that are waiting. The proxy drops and counts what finds no
/// room here.
pub(crate) async fn pass_requests(
    mut requests: mpsc::Receiver<Batch>,
    logs: mpsc::Sender<Batch>,
    shutdown: CancellationToken,
) {
    loop {
        let batch = tokio::select! {
            batch = requests.recv() => batch,
            () = shutdown.cancelled() => requests.try_recv().ok(),
        };
        let Some(batch) = batch else { return };
        if logs.send(batch).await.is_err() {
            return;
        }
    }
}
