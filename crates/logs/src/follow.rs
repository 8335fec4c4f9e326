//! The live tail: every committed batch to everyone who follows. Nobody is waited for; who is too slow is told
//! how many lines were skipped.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::{Entry, Labels, Level};
use tokio::sync::broadcast::{self, error::RecvError};

/// Batches that a follower may lag behind. Each holds at most about 256 KiB of lines.
const BATCHES: usize = 64;

/// Entries of one stream that were just committed, in the order of their arrival. A query finds them already.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed {
    /// The stream.
    pub labels: Labels,
    /// The entries, with the level found in each.
    pub entries: Vec<(Entry, Level)>,
}

/// What a follower gets.
#[derive(Clone, Debug)]
pub enum Followed {
    /// The next batch.
    Batch(Arc<Committed>),
    /// So many lines were left out since the follower was too slow; the next batch comes right behind them.
    Skipped(u64),
}

#[derive(Clone, Debug)]
struct Sent {
    /// How many lines were sent before these.
    before: u64,
    batch: Arc<Committed>,
}

/// One follower's end.
#[derive(Debug)]
pub struct Follow {
    receiver: broadcast::Receiver<Sent>,
    /// How many lines were sent before the next that is expected.
    expected: u64,
    kept: VecDeque<Arc<Committed>>,
}

impl Follow {
    /// Waits for what comes next. After the store has ended nothing comes any more.
    pub async fn recv(&mut self) -> Followed {
        if let Some(batch) = self.kept.pop_front() {
            return Followed::Batch(batch);
        }
        loop {
            match self.receiver.recv().await {
                Ok(sent) => return self.take(sent),
                // The next one received tells how many lines that were.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    fn take(&mut self, sent: Sent) -> Followed {
        // Of a batch sent while this follower came, `expected` may already tell the end.
        let skipped = sent.before.saturating_sub(self.expected);
        self.expected = sent.before + sent.batch.entries.len() as u64;
        if skipped == 0 {
            return Followed::Batch(sent.batch);
        }
        self.kept.push_back(sent.batch);
        Followed::Skipped(skipped)
    }
}

/// The writer's end.
#[derive(Debug)]
pub(crate) struct Broadcast {
    sender: broadcast::Sender<Sent>,
    lines: AtomicU64,
}

impl Default for Broadcast {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(BATCHES), lines: AtomicU64::new(0) }
    }
}

impl Broadcast {
    pub(crate) fn has_followers(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    pub(crate) fn follow(&self) -> Follow {
        let receiver = self.sender.subscribe();
        Follow { receiver, expected: self.lines.load(Ordering::Acquire), kept: VecDeque::new() }
    }

    /// Only the writer sends, one batch after the other.
    pub(crate) fn send(&self, batch: Committed) {
        let lines = batch.entries.len() as u64;
        let before = self.lines.load(Ordering::Relaxed);
        // Without followers there is nobody to send to, which is no fault.
        let _ = self.sender.send(Sent { before, batch: Arc::new(batch) });
        self.lines.store(before + lines, Ordering::Release);
    }
}
