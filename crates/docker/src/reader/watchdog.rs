//! Notices when a log goes on and its follower does not.
//!
//! Engines lose followers when they begin a new log file (20.10 does now and then: until the next new file,
//! and leaves out one whole file then), and when others truncate it. A container that is silent looks the
//! same, so the log's last line is asked for, which costs the engine next to nothing: soon when so much came
//! that a new file may have been begun, otherwise once in a while.

use std::time::Duration;

use model::Timestamp;
use tokio::time::{Instant, sleep_until};

use crate::client::{Client, RequestError};
use crate::pieces::{Item, Splitter};

/// When to look after so many bytes …
const FILE_BYTES: u64 = 256 << 10;
const AFTER_FLOOD: Duration = Duration::from_millis(150);
/// … and otherwise.
const FIRST: Duration = Duration::from_secs(60);
const LAST: Duration = Duration::from_secs(600);
/// How long a line may be on its way.
const GRACE: Duration = Duration::from_millis(50);

/// Sleeps while lines come.
pub(super) struct Watchdog {
    wakes_at: Instant,
    period: Duration,
    newest_seen: Timestamp,
    bytes_seen: u64,
    /// How many bytes had come when it looked last.
    bytes_looked: u64,
    /// It found lines that had not come, and has been waiting for them since.
    suspects: bool,
}

impl Watchdog {
    /// `bytes_seen` had come before.
    pub(super) fn new(bytes_seen: u64) -> Self {
        Self {
            wakes_at: Instant::now() + FIRST,
            period: FIRST,
            newest_seen: Timestamp::MIN,
            bytes_seen,
            bytes_looked: bytes_seen,
            suspects: false,
        }
    }

    /// The log was read up to `newest`, and `bytes` of it in all.
    pub(super) fn saw(&mut self, newest: Timestamp, bytes: u64) {
        self.newest_seen = self.newest_seen.max(newest);
        if bytes == self.bytes_seen {
            return;
        }
        self.bytes_seen = bytes;
        self.period = FIRST;
        self.suspects = false;
        let pause = if bytes - self.bytes_looked < FILE_BYTES { FIRST } else { AFTER_FLOOD };
        self.wakes_at = Instant::now() + pause;
    }

    /// When it is time to look.
    pub(super) async fn wakes(&self) {
        sleep_until(self.wakes_at).await;
    }

    /// Whether the log has lines that did not come, not even after a while; or the container is no longer
    /// there.
    pub(super) async fn has_missed(&mut self, client: &Client, container_id: &str, tty: bool) -> bool {
        self.bytes_looked = self.bytes_seen;
        let newest = match last_timestamp(client, container_id, tty).await {
            Ok(newest) => newest,
            Err(error) if error.is_gone() => return true,
            Err(_) => None,
        };
        if newest.is_none_or(|newest| newest <= self.newest_seen) {
            self.wakes_at = Instant::now() + self.period;
            self.period = (self.period * 2).min(LAST);
            self.suspects = false;
            return false;
        }
        if self.suspects {
            tracing::warn!(
                container = container_id,
                "the engine lost the follower of a log; it is opened again"
            );
            return true;
        }
        self.suspects = true;
        self.wakes_at = Instant::now() + GRACE;
        false
    }
}

/// The time of the last line that the engine has.
async fn last_timestamp(
    client: &Client,
    container_id: &str,
    tty: bool,
) -> Result<Option<Timestamp>, RequestError> {
    let path = format!("/containers/{container_id}/logs?stdout=1&stderr=1&timestamps=1&tail=1");
    let mut answer = client.stream(&path).await?;
    let mut splitter = Splitter::new(tty, None);
    let mut last = None;
    let mut see = |item: Item<'_>| {
        if let Item::Piece(piece) = item {
            last = piece.timestamp.or(last);
        }
    };
    while let Some(chunk) = answer.chunk().await? {
        if splitter.push(&chunk, &mut see).is_err() {
            return Ok(None);
        }
    }
    splitter.finish(&mut see);
    Ok(last)
}
