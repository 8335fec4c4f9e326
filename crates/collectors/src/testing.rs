//! What the tests of several collectors share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use model::metric::{About, Exemplar};
use model::{Labels, Timestamp};

use crate::appender::{Appender, STALE};

/// An appender that keeps what is appended, and refuses what a store would refuse: one series twice at one instant.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<BTreeMap<(i64, Labels), f64>>>);

impl Appender for Memory {
    type Series = Labels;

    fn series(&self, labels: &Labels) -> Labels {
        labels.clone()
    }

    async fn append(&self, _: &Arc<str>, at: Timestamp, samples: Vec<(Labels, f64)>) {
        let mut kept = self.0.lock().unwrap();
        for (labels, value) in samples {
            let before = kept.insert((at.millis(), labels.clone()), value);
            assert!(before.is_none(), "{labels} is appended twice at {}", at.millis());
        }
    }

    fn describe(&self, _: &Arc<str>, _: &str, _: &About) {}

    fn exemplar(&self, _: &Labels, _: Exemplar) {}
}

impl Memory {
    /// The samples of an instant, without the markers of series that ended then.
    pub(crate) fn at(&self, at: Timestamp) -> Vec<(Labels, f64)> {
        self.picked(at, false)
    }

    /// The series that ended at an instant.
    pub(crate) fn ended(&self, at: Timestamp) -> Vec<Labels> {
        self.picked(at, true).into_iter().map(|(labels, _)| labels).collect()
    }

    /// The instants of the samples, in order.
    pub(crate) fn instants(&self) -> Vec<Timestamp> {
        let mut instants: Vec<i64> = self.0.lock().unwrap().keys().map(|(at, _)| *at).collect();
        instants.dedup();
        instants.into_iter().map(Timestamp::from_millis).collect()
    }

    /// The value at an instant of the series of this name whose labels have all of these.
    pub(crate) fn value(&self, at: Timestamp, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let fits = |found: &Labels| {
            found.get("__name__") == Some(name)
                && labels.iter().all(|(label, value)| found.get(label).unwrap_or_default() == *value)
        };
        let mut found = self.at(at).into_iter().filter(|(found, _)| fits(found));
        let (_, value) = found.next()?;
        assert!(found.next().is_none(), "{name} {labels:?} is more than one series");
        Some(value)
    }

    fn picked(&self, at: Timestamp, ended: bool) -> Vec<(Labels, f64)> {
        let kept = self.0.lock().unwrap();
        let here = kept.iter().filter(|((other, _), value)| {
            *other == at.millis() && (value.to_bits() == STALE.to_bits()) == ended
        });
        here.map(|((_, labels), value)| (labels.clone(), *value)).collect()
    }
}
