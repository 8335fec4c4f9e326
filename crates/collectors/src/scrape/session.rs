//! What is known of a target between its scrapes: its series as they are written, so that each is taken apart once, and
//! which of them were there the last time.

use std::collections::{BTreeMap, HashMap};

use super::report::{Refused, Report};
use super::{Target, labels};
use crate::appender::{Appender, STALE};
use crate::exposition::{self, Format, Item, Sample};

/// Series as they are written, and what became of them.
pub(super) struct Session<A: Appender> {
    known: HashMap<Box<str>, Known<A::Series>>,
    scrape: u64,
}

struct Known<S> {
    /// `None`: dropped by the rules.
    series: Option<S>,
    /// The scrape that it was in last.
    seen: u64,
    /// It has timestamps of its own: when it ends is for the program to say.
    has_own_time: bool,
}

/// Samples to append: those of the scrape's instant, and those of instants that the program names.
pub(super) struct Samples<S> {
    pub(super) now: Vec<(S, f64)>,
    pub(super) own_time: BTreeMap<i64, Vec<(S, f64)>>,
}

impl<A: Appender> Session<A> {
    pub(super) fn new() -> Self {
        Self { known: HashMap::new(), scrape: 0 }
    }

    /// The samples of an answer, and markers for the series that are no longer there.
    pub(super) fn take(
        &mut self,
        body: &str,
        format: Format,
        target: &Target,
        appender: &A,
        report: &mut Report,
    ) -> Samples<A::Series> {
        self.scrape += 1;
        let mut samples = Samples { now: Vec::with_capacity(self.known.len()), own_time: BTreeMap::new() };
        let mut bad_lines = 0;
        let mut first_fault = None;
        let take = |item: Item<'_>| {
            let Item::Sample(sample) = item else { return };
            report.scraped += 1;
            match self.sample(&sample, target, appender, report, &mut samples) {
                Ok(()) => {}
                Err(Refused::Line) => report.bad_lines += 1,
                Err(Refused::Labels | Refused::Series) => report.cut += 1,
            }
        };
        exposition::read(body, format, take, |fault| {
            bad_lines += 1;
            first_fault.get_or_insert_with(|| fault.to_string());
        });
        report.bad_lines += bad_lines;
        report.first_fault = report.first_fault.take().or(first_fault);
        report.stored = samples.now.len() + samples.own_time.values().map(Vec::len).sum::<usize>();
        samples.now.extend(self.ended());
        samples
    }

    fn sample(
        &mut self,
        sample: &Sample<'_>,
        target: &Target,
        appender: &A,
        report: &mut Report,
        samples: &mut Samples<A::Series>,
    ) -> Result<(), Refused> {
        let scrape = self.scrape;
        let own_time = sample.timestamp_ms.filter(|_| target.honor_timestamps);
        let known = match self.known.get_mut(sample.series) {
            Some(known) => known,
            None => {
                let labels = labels::stored(sample.series, target)?;
                if self.known.len() >= target.limits.series {
                    return Err(Refused::Series);
                }
                let series = labels.map(|labels| appender.series(&labels));
                report.added += usize::from(series.is_some());
                let known = Known { series, seen: 0, has_own_time: false };
                self.known.entry(sample.series.into()).or_insert(known)
            }
        };
        // A series that stands there twice has the number that stands there first.
        let is_first = std::mem::replace(&mut known.seen, scrape) != scrape;
        known.has_own_time = own_time.is_some();
        let Some(series) = known.series.as_ref().filter(|_| is_first) else { return Ok(()) };
        match own_time {
            Some(at) => samples.own_time.entry(at).or_default().push((series.clone(), sample.value)),
            None => samples.now.push((series.clone(), sample.value)),
        }
        Ok(())
    }

    /// Markers for the series that were not in this scrape, which are forgotten.
    fn ended(&mut self) -> Vec<(A::Series, f64)> {
        let scrape = self.scrape;
        let mut ended = Vec::new();
        self.known.retain(|_, known| {
            let is_there = known.seen == scrape;
            if !is_there && !known.has_own_time {
                ended.extend(known.series.take().map(|series| (series, STALE)));
            }
            is_there
        });
        ended
    }

    /// Markers for all series: the scrape failed, or the target is gone.
    pub(super) fn end_all(&mut self) -> Vec<(A::Series, f64)> {
        self.scrape += 1;
        self.ended()
    }
}
