//! What the tests share: a store in a temporary directory with small limits and a clock that is set by hand,
//! and a plain model of what it must hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use logql::{Chunk as _, Levels, Scan};
use model::{Batch, Entry, Labels, Level, Metadata, Multiline, Selector, TimeRange, Timestamp};
use tempfile::TempDir;

use crate::config::Config;
use crate::limits::Limits;
use crate::shared::Shared;
use crate::{reader, sidecar};
use store::{Clock, Doubt};

/// Noon of a day.
pub(crate) const NOON: Timestamp = Timestamp::from_seconds(1_763_812_800);

pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// Blocks of a few lines, merges after a few rows, nothing that waits.
pub(crate) fn small() -> Limits {
    Limits {
        commit_after: Duration::from_millis(5),
        push_commit_after: Duration::from_millis(1),
        block_weight: 500,
        rows_max: 4,
        replaced_kept: Duration::ZERO,
        clock: Doubt { leap: 10_000 * DAY, stays: DAY / 4 },
        retry_max: Duration::from_millis(100),
        ..Limits::default()
    }
}

/// A directory and a clock.
pub(crate) struct Ground {
    pub(crate) directory: TempDir,
    now: Arc<AtomicI64>,
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self { directory: TempDir::new().unwrap(), now: Arc::new(AtomicI64::new(NOON.nanos())) }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("logs")
    }

    pub(crate) fn clock(&self) -> Clock {
        let now = self.now.clone();
        Clock::new(move || Timestamp::from_nanos(now.load(Ordering::Relaxed)))
    }

    pub(crate) fn set_clock(&self, now: Timestamp) {
        self.now.store(now.nanos(), Ordering::Relaxed);
    }

    pub(crate) fn shared(&self, limits: Limits) -> Arc<Shared> {
        Arc::new(Shared::new(&self.path(), Config::default(), limits, self.clock()))
    }
}

pub(crate) fn labels(service: &str) -> Labels {
    Labels::from_pairs([("service", service), ("stream", "stdout")])
}

pub(crate) fn entry(at: Timestamp, line: &str) -> Entry {
    Entry { timestamp: at, line: line.to_owned(), metadata: Metadata::new() }
}

pub(crate) fn batch(service: &str, entries: Vec<Entry>) -> Batch {
    Batch { labels: labels(service), entries, positions: Vec::new(), multiline: Multiline::Off }
}

/// A stored entry, as a query gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored {
    pub(crate) at: Timestamp,
    pub(crate) level: Level,
    pub(crate) metadata: Metadata,
    pub(crate) line: String,
}

/// Everything in the store, by stream, in the order of days, classes and arrival.
pub(crate) fn content(shared: &Arc<Shared>) -> BTreeMap<Labels, Vec<Stored>> {
    let scan = Scan {
        selector: Selector::default(),
        range: TimeRange::ALL,
        levels: Levels::ALL,
        needles: Vec::new(),
    };
    let mut chunks = reader::chunks(shared, &scan);
    chunks.sort_by_key(|chunk| chunk.sequence());
    let mut found: BTreeMap<Labels, Vec<Stored>> = BTreeMap::new();
    for chunk in chunks {
        let entries = chunk.read().unwrap();
        assert_eq!(entries.len() as u64, chunk.lines());
        let (first, last) = chunk.span();
        let stored = found.entry(chunk.labels().clone()).or_default();
        for index in 0..entries.len() {
            let at = entries.timestamps[index];
            assert!(first <= at && at <= last, "{at} is outside of its chunk");
            stored.push(Stored {
                at,
                level: entries.levels[index],
                metadata: entries.metadata(index).clone(),
                line: entries.line(index).to_owned(),
            });
        }
    }
    found
}

/// The lines of one service.
pub(crate) fn lines(shared: &Arc<Shared>, service: &str) -> Vec<String> {
    let shown = labels(service).with("service_name", service);
    let stored = content(shared).remove(&shown).unwrap_or_default();
    stored.into_iter().map(|stored| stored.line).collect()
}

/// All files below the directory, sorted, without those that SQLite makes beside its own.
pub(crate) fn files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if !name.ends_with("-wal") && !name.ends_with("-shm") {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

/// Nanoseconds in a minute.
pub(crate) const MINUTE: i64 = sidecar::MINUTE;

/// Waits until there is something: looks again whenever others have had their turn.
pub(crate) async fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(found) = look() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("it to happen within half a minute")
}
