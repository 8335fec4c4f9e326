//! The shop as its watchers see it, and the story as it must be.

mod api;
mod client;
mod doors;
mod logs;
mod story;

use std::time::Duration;

use model::Timestamp;

use crate::{Clock, Options, Shop};

/// A Sunday afternoon.
const NOON: Timestamp = Timestamp::from_seconds(1_795_353_600);

/// A shop whose time stands still, with so much behind it.
async fn open(history: Duration) -> (Shop, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a folder");
    let options = Options { seed: 7, clock: Clock::Manual(NOON), history };
    (Shop::start_with(dir.path(), options).await.expect("an open shop"), dir)
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}
