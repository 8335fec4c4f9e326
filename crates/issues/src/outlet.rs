//! The way of SDKs' log lines out of here: they are no part of this store.

use std::time::Duration;

use model::Batch;
use tokio::sync::{mpsc, oneshot};

use crate::issues::Issues;

/// Envelopes whose lines are on their way out; the lines of more are dropped.
pub(crate) const WAITING_MAX: usize = 256;

/// Senders wait so long for their lines to be kept.
const PATIENCE: Duration = Duration::from_secs(5);

/// The lines of an envelope.
#[derive(Debug)]
pub struct Lines {
    /// The lines by their labels.
    pub batches: Vec<Batch>,
    /// To be told once they would survive loss of power; dropped if they are not kept.
    pub kept: oneshot::Sender<()>,
}

impl Issues {
    /// The end at which log lines of SDKs come out; the first who asks gets it.
    pub fn take_logs(&self) -> Option<mpsc::Receiver<Lines>> {
        self.outlet.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }

    /// Hands lines on and waits until they are kept. What comes with them is stored already, so the sender is not told
    /// of lines that are not: they are counted.
    pub(crate) async fn hand_on(&self, batches: Vec<Batch>) {
        if batches.is_empty() {
            return;
        }
        let lines: usize = batches.iter().map(|batch| batch.entries.len()).sum();
        let (kept, answer) = oneshot::channel();
        let sent = self.shared.logs.try_send(Lines { batches, kept });
        let is_lost = match sent {
            Ok(()) => matches!(tokio::time::timeout(PATIENCE, answer).await, Ok(Err(_))),
            Err(_) => true,
        };
        if is_lost {
            self.shared.counters.get().logs_dropped += lines as u64;
        }
    }
}
