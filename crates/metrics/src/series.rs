//! Series, and what is measured of them at an instant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Labels;

/// A series that samples are appended to: whoever keeps it need not look its labels up again.
#[derive(Debug, PartialEq, Eq)]
pub struct Series {
    /// What tells it from others; its name is `__name__`.
    pub labels: Labels,
    /// Tells it from others in this process.
    pub(crate) number: u32,
}

/// What one target gave at one instant.
#[derive(Clone, Debug)]
pub struct Scrape {
    /// Tells targets apart. The series of one target share their timestamps.
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
    by_labels: HashMap<Labels, Arc<Series>>,
    next: u32,
}

impl Catalogue {
    pub(crate) fn get(&self, labels: &Labels) -> Arc<Series> {
        let mut known = self.known();
        if let Some(series) = known.by_labels.get(labels) {
            return series.clone();
        }
        let series = Arc::new(Series { labels: labels.clone(), number: known.next });
        known.next += 1;
        known.by_labels.insert(labels.clone(), series.clone());
        series
    }

    /// Forgets series that nobody holds any more.
    pub(crate) fn tidy(&self) {
        self.known().by_labels.retain(|_, series| Arc::strong_count(series) > 1);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.known().by_labels.len()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
