//! A store whose clock is the test's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use model::{Labels, MatchOp, Matcher, Timestamp};
use promql::{Selection, Source as _, Wanted};
use tempfile::TempDir;

use crate::config::Config;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::series::Scrape;
use crate::shared::Shared;
use crate::status::Written;
use crate::storage::{Storage, StorageError};
use crate::tail::Survive;
use store::Clock;

/// 2026-01-01T00:00:00Z
pub(super) const START_MS: i64 = 1_767_225_600_000;

pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// Instants and numbers.
pub(super) type Numbers = Vec<(i64, f64)>;

pub(super) struct Ground {
    pub(super) directory: Arc<TempDir>,
    pub(super) storage: Storage,
    pub(super) metrics: Metrics,
    pub(super) now_ms: Arc<AtomicI64>,
    pub(super) config: Config,
    pub(super) limits: Limits,
}

impl Ground {
    pub(super) fn new() -> Self {
        Self::with(Config::default(), Limits::default())
    }

    pub(super) fn with(config: Config, limits: Limits) -> Self {
        Self::at(Arc::new(TempDir::new().unwrap()), Arc::new(AtomicI64::new(START_MS)), config, limits)
    }

    pub(super) fn at(
        directory: Arc<TempDir>,
        now_ms: Arc<AtomicI64>,
        config: Config,
        limits: Limits,
    ) -> Self {
        let now = now_ms.clone();
        let clock = Clock::new(move || Timestamp::from_millis(now.load(Ordering::Relaxed)));
        let shared = Arc::new(Shared::new(directory.path(), config.clone(), limits, clock));
        let storage = Storage::open(shared.clone()).unwrap();
        // Nothing goes through the queue here.
        let metrics = Metrics::of(shared, tokio::sync::mpsc::channel(1).0);
        Self { directory, storage, metrics, now_ms, config, limits }
    }

    /// As after a kill: what is in memory is gone.
    pub(super) fn restarted(self) -> Self {
        let Self { directory, storage, metrics, now_ms, config, limits } = self;
        drop((storage, metrics));
        Self::at(directory, now_ms, config, limits)
    }

    pub(super) fn set_clock(&self, now_ms: i64) {
        self.now_ms.store(now_ms, Ordering::Relaxed);
    }

    /// Keeps numbers of series of the job `web`; the clock does not go back for it.
    pub(super) fn scrape(&mut self, target: &str, at_ms: i64, numbers: &[(&str, f64)]) -> Written {
        self.now_ms.fetch_max(at_ms, Ordering::Relaxed);
        self.try_scrape(target, at_ms, numbers).unwrap()
    }

    pub(super) fn try_scrape(
        &mut self,
        target: &str,
        at_ms: i64,
        numbers: &[(&str, f64)],
    ) -> Result<Written, StorageError> {
        let samples =
            numbers.iter().map(|(name, value)| (self.metrics.series(&labels(name)), *value)).collect();
        let scrape = Scrape { target: target.into(), at_ms, samples };
        let tallies = self.storage.commit(&[vec![scrape]], Survive::Crash)?;
        Ok(tallies[0].written())
    }

    /// What the writer does from time to time, until there is nothing left to do: a quarter of an hour passes.
    pub(super) fn try_upkeep(&mut self) -> Result<(), StorageError> {
        for _ in 0..2 {
            self.now_ms.fetch_add(15 * MINUTE / 2, Ordering::Relaxed);
            self.storage.seal()?;
            while self.storage.merge()? {}
            self.storage.expire(Instant::now())?;
        }
        Ok(())
    }

    pub(super) fn upkeep_at(&mut self, now_ms: i64) {
        self.set_clock(now_ms);
        self.try_upkeep().unwrap();
    }

    pub(super) fn all(&self, name: &str) -> Numbers {
        self.between(name, START_MS - 400 * DAY, START_MS + 4000 * DAY)
    }

    pub(super) fn between(&self, name: &str, first_ms: i64, last_ms: i64) -> Numbers {
        self.wanted(Wanted::Newest, name, first_ms, last_ms).unwrap()
    }

    pub(super) fn wanted(
        &self,
        wanted: Wanted,
        name: &str,
        first_ms: i64,
        last_ms: i64,
    ) -> Result<Numbers, String> {
        let matchers = vec![Matcher::new("__name__", MatchOp::Equal, name).unwrap()];
        let selection = Selection { matchers, first_ms, last_ms, samples_max: usize::MAX };
        let found = self.metrics.select_for(wanted, &selection).map_err(|error| error.0)?;
        assert!(found.len() <= 1, "{found:?}");
        Ok(found.iter().flat_map(|s| s.timestamps_ms.iter().copied().zip(s.values.iter().copied())).collect())
    }

    pub(super) fn faults(&self) -> Vec<String> {
        let faults = self.metrics.status().faults;
        faults.iter().map(|fault| format!("{}: {}", fault.subject, fault.message)).collect()
    }

    pub(super) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|n| !n.ends_with("-wal") && !n.ends_with("-shm")).collect();
        names.sort();
        names
    }
}

/// Days and months are cheap to merge at once.
pub(super) fn quick() -> Limits {
    Limits { merge_after: Duration::from_secs(60), merge_slice: Duration::from_secs(60), ..Limits::default() }
}

pub(super) fn labels(name: &str) -> Labels {
    Labels::from_pairs([("__name__", name), ("job", "web")])
}

/// A sample a minute for so many hours: `up` always there, `gone` in the first half of each hour, `steps` a counter
/// that begins anew every seven hours.
pub(super) fn fill(ground: &mut Ground, from_ms: i64, hours: i64) -> [(&'static str, Numbers); 3] {
    let (mut up, mut gone, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    for minute in 0..hours * 60 {
        let at_ms = from_ms + minute * MINUTE;
        let mut numbers = vec![("up", (minute * minute % 17) as f64), ("steps", (minute % 420) as f64)];
        up.push((at_ms, numbers[0].1));
        steps.push((at_ms, numbers[1].1));
        if minute % 60 < 30 {
            numbers.push(("gone", minute as f64 / 4.0));
            gone.push((at_ms, numbers[2].1));
        }
        ground.scrape("t", at_ms, &numbers);
    }
    [("up", up), ("gone", gone), ("steps", steps)]
}

pub(super) fn check(ground: &Ground, expected: &[(&'static str, Numbers)], when: &str) {
    for (name, numbers) in expected {
        assert_eq!(ground.all(name), *numbers, "{name} {when}");
    }
    assert_eq!(ground.all("else"), [], "{when}");
}
