//! Series, and what is measured of them at an instant.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Labels;

/// A series that samples are appended to: whoever keeps it need not look its labels up again.
#[derive(Debug)]
pub struct Series {
    /// What tells it from others; its name is `__name__`.
    pub labels: Labels,
    /// Tells it from others in this process.
    pub(crate) number: u32,
    last_ms: AtomicI64,
    last_bits: AtomicU64,
}

impl Series {
    /// When its last sample was taken, and the sample. Only the writer asks and tells, so the two fit together.
    pub(crate) fn last(&self) -> (i64, u64) {
        (self.last_ms.load(Ordering::Relaxed), self.last_bits.load(Ordering::Relaxed))
    }

    /// Whether a sample of this instant comes after the last one. A last one after `newest_ms` is from a clock that was
    /// wrong, and does not count.
    pub(crate) fn is_next(&self, at_ms: i64, newest_ms: i64) -> bool {
        let last_ms = self.last_ms.load(Ordering::Relaxed);
        at_ms > last_ms || last_ms > newest_ms
    }

    pub(crate) fn set_last(&self, at_ms: i64, value: f64) {
        self.last_ms.store(at_ms, Ordering::Relaxed);
        self.last_bits.store(value.to_bits(), Ordering::Relaxed);
    }
}

/// What one target gave at one instant.
#[derive(Clone, Debug)]
pub struct Scrape {
    /// Tells targets apart. The series of one target share their timestamps; where they do not, they take more room.
    pub target: Arc<str>,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
    /// The numbers, no two of one series.
    pub samples: Vec<(Arc<Series>, f64)>,
}

/// Every series that somebody holds.
#[derive(Debug, Default)]
pub(crate) struct Catalogue(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    series: HashSet<ByLabels>,
    next: u32,
}

/// Found by its labels.
#[derive(Debug)]
struct ByLabels(Arc<Series>);

impl Borrow<Labels> for ByLabels {
    fn borrow(&self) -> &Labels {
        &self.0.labels
    }
}

impl PartialEq for ByLabels {
    fn eq(&self, other: &Self) -> bool {
        self.0.labels == other.0.labels
    }
}

impl Eq for ByLabels {}

impl Hash for ByLabels {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.labels.hash(state);
    }
}

impl Catalogue {
    /// The series of these labels.
    pub(crate) fn get(&self, labels: &Labels) -> Arc<Series> {
        let mut known = self.known();
        known.find(labels).unwrap_or_else(|| known.add(labels))
    }

    /// The same, unless it is a new one and there are so many already.
    pub(crate) fn get_within(&self, labels: &Labels, series_max: usize) -> Option<Arc<Series>> {
        let mut known = self.known();
        known.find(labels).or_else(|| (known.series.len() < series_max).then(|| known.add(labels)))
    }

    /// The same labels in the memory of the series that has them, if there is one.
    pub(crate) fn shared(&self, labels: Labels) -> Labels {
        self.known().series.get(&labels).map_or(labels, |ByLabels(series)| series.labels.clone())
    }

    /// Forgets series that nobody holds any more.
    pub(crate) fn tidy(&self) {
        self.known().series.retain(|ByLabels(series)| Arc::strong_count(series) > 1);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.known().series.len()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn find(&self, labels: &Labels) -> Option<Arc<Series>> {
        self.series.get(labels).map(|ByLabels(series)| series.clone())
    }

    fn add(&mut self, labels: &Labels) -> Arc<Series> {
        let series = Arc::new(Series {
            labels: labels.clone(),
            number: self.next,
            last_ms: AtomicI64::new(i64::MIN),
            last_bits: AtomicU64::new(0),
        });
        self.next += 1;
        self.series.insert(ByLabels(series.clone()));
        series
    }
}
