use std::sync::{Arc, Mutex, RwLock};

use model::{Labels, MatchOp, Matcher, Timestamp};
use promql::{Selection, Source as _};
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::config::Config;
use crate::recent::{Metrics, Shared, Stored};
use crate::series::Scrape;
use crate::storage::Storage;
use crate::window::WINDOW_MS;

/// 2026-01-01T00:00:00Z
const START_MS: i64 = 1_767_225_600_000;

/// A storage whose clock is the test's.
struct Site {
    directory: TempDir,
    storage: Storage,
    metrics: Metrics,
}

impl Site {
    fn new() -> Self {
        Self::at(TempDir::new().unwrap())
    }

    fn at(directory: TempDir) -> Self {
        let shared = Arc::new(Shared {
            directory: directory.path().to_owned(),
            catalogue: Default::default(),
            counters: Default::default(),
            stored: RwLock::new(Stored::default()),
            indexes: Default::default(),
            fault: Mutex::new(None),
        });
        let storage = Storage::open(Config::default(), shared.clone()).unwrap();
        // Nothing goes through the queue here.
        let metrics = Metrics { shared, waiting: mpsc::channel(1).0 };
        Self { directory, storage, metrics }
    }

    /// As after a kill: what is in memory is gone.
    fn restarted(self) -> Self {
        let Self { directory, storage, metrics } = self;
        drop((storage, metrics));
        Self::at(directory)
    }

    fn scrape(&mut self, at_ms: i64, numbers: &[(&str, f64)]) {
        let samples =
            numbers.iter().map(|(name, value)| (self.metrics.series(&labels(name)), *value)).collect();
        let scrape = Scrape { target: "t".into(), at_ms, samples };
        self.storage.commit(vec![scrape], Timestamp::from_millis(at_ms)).unwrap();
    }

    fn seal(&mut self, now_ms: i64) {
        self.storage.seal(Timestamp::from_millis(now_ms)).unwrap();
    }

    fn all(&self, name: &str) -> Vec<(i64, f64)> {
        self.between(name, i64::MIN / 4_000_000, i64::MAX / 4_000_000)
    }

    fn between(&self, name: &str, first_ms: i64, last_ms: i64) -> Vec<(i64, f64)> {
        let matchers = vec![Matcher::new("__name__", MatchOp::Equal, name).unwrap()];
        let found =
            self.metrics.select(&Selection { matchers, first_ms, last_ms, samples_max: usize::MAX }).unwrap();
        assert!(found.len() <= 1, "{found:?}");
        found.iter().flat_map(|s| s.timestamps_ms.iter().copied().zip(s.values.iter().copied())).collect()
    }
}

fn labels(name: &str) -> Labels {
    Labels::from_pairs([("__name__", name), ("job", "web")])
}

/// Instants and numbers.
type Numbers = Vec<(i64, f64)>;

/// Three windows, one sample a minute, `up` always there and `gone` for the first half hour of each.
fn filled() -> (Site, Numbers, Numbers) {
    let mut site = Site::new();
    let (mut up, mut gone) = (Vec::new(), Vec::new());
    for minute in 0..360 {
        let at_ms = START_MS + minute * 60_000;
        let mut numbers = vec![("up", (minute * minute % 17) as f64)];
        up.push((at_ms, numbers[0].1));
        if minute % 120 < 30 {
            numbers.push(("gone", minute as f64));
            gone.push((at_ms, minute as f64));
        }
        site.scrape(at_ms, &numbers);
    }
    (site, up, gone)
}

#[test]
fn samples_are_found_before_and_after_sealing_and_after_a_crash() {
    let (mut site, up, gone) = filled();
    let check = |site: &Site, when: &str| {
        assert_eq!(site.all("up"), up, "{when}");
        assert_eq!(site.all("gone"), gone, "{when}");
        assert_eq!(site.between("up", START_MS + 60_000, START_MS + 180_000), up[1..4], "{when}");
        assert_eq!(site.all("else"), []);
    };
    check(&site, "in memory");
    site = site.restarted();
    check(&site, "read back from the tail");
    site.seal(START_MS + 2 * WINDOW_MS + 600_000);
    check(&site, "two windows sealed");
    site = site.restarted();
    check(&site, "two windows sealed, after a crash");
    site.seal(START_MS + 4 * WINDOW_MS);
    check(&site, "all sealed");
    check(&site.restarted(), "all sealed, after a crash");
}

#[test]
fn a_crash_between_sealing_and_forgetting_doubles_nothing() {
    let (mut site, up, _) = filled();
    let tail = site.directory.path().join("tail.db");
    let kept = site.directory.path().join("kept");
    drop(
        store::open(&tail, &store::Schema { name: "x", application_id: 0x5048_4d54, versions: &[""] })
            .unwrap(),
    );
    std::fs::copy(&tail, &kept).unwrap();
    let wal = |path: &std::path::Path| {
        path.with_file_name(format!("{}-wal", path.file_name().unwrap().to_str().unwrap()))
    };
    std::fs::copy(wal(&tail), wal(&kept)).unwrap();
    site.seal(START_MS + 4 * WINDOW_MS);
    let Site { directory, storage, metrics } = site;
    drop((storage, metrics));
    // The tail as it was before: as if its rows had not been deleted.
    std::fs::copy(&kept, &tail).unwrap();
    std::fs::copy(wal(&kept), wal(&tail)).unwrap();
    let _ = std::fs::remove_file(tail.with_file_name("tail.db-shm"));
    let site = Site::at(directory);
    assert_eq!(site.all("up"), up);
}

#[test]
fn what_does_not_fit_is_refused_and_counted() {
    let mut site = Site::new();
    site.scrape(START_MS + 60_000, &[("up", 1.0)]);
    site.scrape(START_MS + 60_000, &[("up", 1.0)]);
    site.scrape(START_MS + 60_000, &[("up", 2.0)]);
    site.scrape(START_MS, &[("up", 1.0), ("late", 5.0)]);
    let series = site.metrics.series(&labels("up"));
    for at_ms in [START_MS - 400 * 86_400_000, START_MS + 86_400_000] {
        let scrape = Scrape { target: "t".into(), at_ms, samples: vec![(series.clone(), 1.0)] };
        site.storage.commit(vec![scrape], Timestamp::from_millis(START_MS)).unwrap();
    }
    assert_eq!(site.all("up"), [(START_MS + 60_000, 1.0)]);
    assert_eq!(site.all("late"), [(START_MS, 5.0)]);
    let refused: Vec<u64> = site.metrics.status().refused.iter().map(|(_, count)| *count).collect();
    assert_eq!(refused, [1, 1, 1, 1]);
}

#[test]
fn days_expire_whole() {
    let (mut site, _, _) = filled();
    site.seal(START_MS + 4 * WINDOW_MS);
    let file = crate::day::path(site.directory.path(), crate::day::day_of(START_MS));
    assert!(file.exists());
    site.storage.expire(Timestamp::from_millis(START_MS + 365 * 86_400_000)).unwrap();
    assert!(file.exists());
    site.storage.expire(Timestamp::from_millis(START_MS + 366 * 86_400_000)).unwrap();
    assert!(!file.exists());
    assert_eq!(site.all("up"), []);
}

#[test]
fn a_damaged_chunk_is_named_and_never_a_wrong_number() {
    let (mut site, _, _) = filled();
    site.seal(START_MS + 4 * WINDOW_MS);
    let file = crate::day::open(site.directory.path(), START_MS).unwrap();
    file.execute(
        "UPDATE chunk SET data = CAST(substr(data, 1, 20) || x'ff' || substr(data, 22) AS BLOB)",
        [],
    )
    .unwrap();
    let matchers = vec![Matcher::equal("__name__", "up")];
    let selection =
        Selection { matchers, first_ms: START_MS, last_ms: START_MS + WINDOW_MS, samples_max: 1 << 20 };
    let error = site.metrics.select(&selection).unwrap_err();
    assert!(error.0.contains("2026-01-01") && error.0.contains("chunk 1"), "{error}");
}
