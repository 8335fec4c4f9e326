//! Examples of what was counted: the newest of all series together, in memory.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use model::metric::Exemplar;
use model::{Labels, Matcher, Timestamp};

use crate::series::Series;
use crate::source::is_wanted;

/// So many are kept.
const KEPT_MAX: usize = 10_000;

/// A ring of them.
#[derive(Debug, Default)]
pub(crate) struct Exemplars(Mutex<Ring>);

#[derive(Debug, Default)]
struct Ring {
    kept: VecDeque<(Arc<Series>, Exemplar)>,
    /// How many were pushed out.
    gone: u64,
    /// The newest one of each series, by the series' number.
    newest: HashMap<u32, u64>,
}

impl Exemplars {
    /// Keeps one. Programs show the same one with every scrape until there is another: that is one.
    pub(crate) fn keep(&self, series: &Arc<Series>, mut exemplar: Exemplar, now: Timestamp) {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = ring.newest.get(&series.number).map(|number| (number - ring.gone) as usize);
        if newest.and_then(|index| ring.kept.get(index)).is_some_and(|(_, old)| is_same(old, &exemplar)) {
            return;
        }
        exemplar.at = exemplar.at.or(Some(now));
        if ring.kept.len() >= KEPT_MAX {
            ring.push_out();
        }
        let number = ring.gone + ring.kept.len() as u64;
        ring.newest.insert(series.number, number);
        ring.kept.push_back((series.clone(), exemplar));
    }

    /// Those of the series that match, oldest first.
    pub(crate) fn find(
        &self,
        selectors: &[Vec<Matcher>],
        first_ms: i64,
        last_ms: i64,
    ) -> Vec<(Labels, Vec<Exemplar>)> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: BTreeMap<Labels, Vec<Exemplar>> = BTreeMap::new();
        for (series, exemplar) in &ring.kept {
            let is_inside = exemplar.at.is_some_and(|at| (first_ms..=last_ms).contains(&at.millis()));
            if is_inside && is_wanted(&series.labels, selectors) {
                found.entry(series.labels.clone()).or_default().push(exemplar.clone());
            }
        }
        drop(ring);
        found.values_mut().for_each(|exemplars| exemplars.sort_by_key(|exemplar| exemplar.at));
        found.into_iter().collect()
    }
}

impl Ring {
    fn push_out(&mut self) {
        if let Some((series, _)) = self.kept.pop_front() {
            if self.newest.get(&series.number) == Some(&self.gone) {
                self.newest.remove(&series.number);
            }
            self.gone += 1;
        }
    }
}

fn is_same(old: &Exemplar, new: &Exemplar) -> bool {
    let is_same_time = new.at.is_none_or(|at| old.at == Some(at));
    is_same_time && old.value.to_bits() == new.value.to_bits() && old.labels == new.labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::Catalogue;

    fn exemplar(trace: u64, at: Option<i64>) -> Exemplar {
        let labels = Labels::from_pairs([("trace_id", trace.to_string())]);
        Exemplar { labels, value: 1.0, at: at.map(Timestamp::from_seconds) }
    }

    #[test]
    fn what_is_shown_again_is_one_and_only_the_newest_are_kept() {
        let (catalogue, ring) = (Catalogue::default(), Exemplars::default());
        let series = catalogue.get(&Labels::from_pairs([("__name__", "x")]));
        let now = Timestamp::from_seconds(100);
        ring.keep(&series, exemplar(0, None), now);
        ring.keep(&series, exemplar(0, None), now.plus(std::time::Duration::from_secs(5)));
        ring.keep(&series, exemplar(1, Some(90)), now);
        let name = [vec![Matcher::equal("__name__", "x")]];
        let found = ring.find(&name, 0, i64::MAX);
        assert_eq!(found, [(series.labels.clone(), vec![exemplar(1, Some(90)), exemplar(0, Some(100))])]);
        assert_eq!(ring.find(&name, 95_000, i64::MAX)[0].1, [exemplar(0, Some(100))]);
        assert_eq!(ring.find(&[vec![Matcher::equal("__name__", "y")]], 0, i64::MAX), []);

        let other = catalogue.get(&Labels::from_pairs([("__name__", "y")]));
        (0..KEPT_MAX as u64).for_each(|trace| ring.keep(&other, exemplar(trace, Some(200)), now));
        assert_eq!(ring.find(&name, 0, i64::MAX), []);
        ring.keep(&series, exemplar(1, Some(90)), now);
        assert_eq!(ring.find(&name, 0, i64::MAX).len(), 1);
    }
}
