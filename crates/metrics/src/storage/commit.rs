//! Keeping what comes in.

use std::borrow::Cow;
use std::sync::Arc;

use super::expire::is_rolled_alone;
use super::{AHEAD_MAX, Step, Storage, StorageError};
use crate::head::check;
use crate::place::day_of;
use crate::series::{Scrape, Series};
use crate::status::{Refused, Tally};
use crate::tail::Survive;

impl Storage {
    /// Keeps scrapes: in the tail first, then in memory, where queries find them. Tells what became of each group. After
    /// a failure nothing has changed.
    pub(crate) fn commit(
        &mut self,
        groups: &[Vec<Scrape>],
        survive: Survive,
    ) -> Result<Vec<Tally>, StorageError> {
        let now = self.shared.clock.now();
        let as_of = self.horizon.as_of(now);
        let oldest_ms = as_of.minus(self.shared.config().raw()).day().start().millis();
        let newest_ms = now.plus(AHEAD_MAX).millis();
        let mut tallies = vec![Tally::default(); groups.len()];
        let mut fitting = Vec::new();
        for (group, scrapes) in groups.iter().enumerate() {
            for scrape in scrapes {
                let checked = check(scrape.at_ms, oldest_ms, newest_ms);
                match checked.and_then(|()| self.check_day(scrape.at_ms)) {
                    Ok(()) => fitting.push((group, self.new_ones(scrape, newest_ms, &mut tallies[group]))),
                    Err(why) => tallies[group].refused(why, scrape.samples.len() as u64),
                }
            }
        }
        fitting.retain(|(_, scrape)| !scrape.samples.is_empty());
        if !fitting.is_empty() {
            let scrapes = fitting.iter().map(|(_, scrape)| &**scrape);
            self.tail.write(scrapes, now, survive).map_err(StorageError::Tail)?;
            self.reached(Step::Committed)?;
            let mut stored = self.shared.stored_mut();
            for (group, scrape) in fitting {
                stored.head.push(&scrape, now, newest_ms, &mut tallies[group]);
            }
        }
        tallies.iter().for_each(|tally| self.shared.counters.add(tally));
        Ok(tallies)
    }

    /// A day whose samples are gone before their time takes no new ones: they would take the place of what is rolled up.
    fn check_day(&self, at_ms: i64) -> Result<(), Refused> {
        match is_rolled_alone(&self.shared.stored(), day_of(at_ms)) {
            true => Err(Refused::TooOld),
            false => Ok(()),
        }
    }

    /// The samples that are neither refused nor there already; the tail is to hold no others.
    fn new_ones<'a>(&self, scrape: &'a Scrape, newest_ms: i64, tally: &mut Tally) -> Cow<'a, Scrape> {
        let is_next = |(series, _): &(Arc<Series>, f64)| series.is_next(scrape.at_ms, newest_ms);
        if scrape.samples.iter().all(is_next) {
            return Cow::Borrowed(scrape);
        }
        let stored = self.shared.stored();
        let window = stored.head.target(scrape);
        let fits = |(series, value): &&(Arc<Series>, f64)| match crate::window::fits(
            window,
            scrape.at_ms,
            series,
            *value,
            newest_ms,
        ) {
            Ok(is_new) => {
                tally.stored += u64::from(!is_new);
                is_new
            }
            Err(why) => {
                tally.refused(why, 1);
                false
            }
        };
        let samples = scrape.samples.iter().filter(fits).cloned().collect();
        Cow::Owned(Scrape { target: scrape.target.clone(), at_ms: scrape.at_ms, samples })
    }
}
