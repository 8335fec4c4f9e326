//! Carries access entries from the ring to the logs, twice a second.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::Ordered as _;
use model::{Batch, Entry, Labels, Multiline};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::live::INTERVAL;
use super::meter::Meter;
use super::ring::Waiting;

/// An entry is readable within two seconds of the request's end; the logs commit once a second.
const EVERY: Duration = Duration::from_millis(500);
/// At the end the logs have this long to take what is there.
const LAST: Duration = Duration::from_secs(5);

/// Takes what requests left in the ring, sorts it by stream and passes it on; and looks at the counters for the rates of
/// the last minute.
#[derive(Debug)]
pub struct Recorder {
    meter: Arc<Meter>,
    entries: mpsc::Sender<Batch>,
}

impl Recorder {
    /// Carries the meter's entries to `entries`. While that is full they wait in the ring.
    pub fn new(meter: Arc<Meter>, entries: mpsc::Sender<Batch>) -> Self {
        Self { meter, entries }
    }

    /// Runs until told to stop; what is there by then is still passed on. Stop it after the last request has ended.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut carry = tokio::time::interval(EVERY);
        let mut look = tokio::time::interval(INTERVAL);
        carry.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = look.tick() => self.meter.look(),
                _ = carry.tick() => self.carry().await,
                () = self.meter.ring.filling.notified() => self.carry().await,
            }
        }
        if tokio::time::timeout(LAST, self.carry()).await.is_err() {
            tracing::warn!("the last access entries were not taken within {LAST:?}");
        }
    }

    async fn carry(&self) {
        for batch in batches(self.meter.ring.take()) {
            let entries = batch.entries.len();
            if self.entries.send(batch).await.is_err() {
                self.meter.ring.lost(entries);
                self.meter.ring.close();
            }
        }
    }
}

/// One batch for each stream, its entries by time.
fn batches(waiting: Vec<Waiting>) -> Vec<Batch> {
    let mut streams: HashMap<Labels, Vec<Entry>> = HashMap::new();
    for Waiting { labels, entry } in waiting {
        streams.entry(labels).or_default().push(entry);
    }
    let batch = |(labels, mut entries): (Labels, Vec<Entry>)| {
        entries.order_by_key(|entry| entry.timestamp);
        Batch { labels, entries, positions: Vec::new(), multiline: Multiline::Off }
    };
    streams.into_iter().map(batch).collect()
}
