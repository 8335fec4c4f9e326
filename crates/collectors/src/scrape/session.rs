//! What is known of a target between its scrapes: its lines as they are written, so that each is taken apart once, and
//! which of its series were there the last time.

use std::collections::{BTreeMap, HashMap};

use super::Target;
use super::cut::Cut;
use super::families::Families;
use super::labels::{self, NoLabels};
use super::lines::{Lines, Place};
use super::report::{Refused, Report};
use crate::appender::{Appender, STALE};
use crate::exposition::{Fault, Format, Item, Problem, Reader, Sample};

/// Longer lines of words are read anew each time.
const WORDS_BYTES_MAX: usize = 2048;
/// More lines that are no series of ours are read anew each time.
const WORDS_MAX: usize = 50_000;

/// What is known of a target between its scrapes.
pub(super) struct Session<A: Appender> {
    lines: Lines<Known<A::Series>>,
    /// Which line has the series of these labels, by their hash: what is written in two ways is one series all the same.
    owners: HashMap<u64, Place>,
    families: Families,
    scrape: u64,
    /// How many of the lines were in this scrape.
    seen: usize,
    /// How many series are stored.
    kept: usize,
}

/// What is known of a line.
struct Known<S> {
    line: What<S>,
    /// The scrape that it was in last.
    seen: u64,
}

enum What<S> {
    /// A series.
    Series(Series<S>),
    /// A series that the rules drop.
    Dropped,
    /// `# HELP` and its kin.
    Words,
}

struct Series<S> {
    series: S,
    hash: u64,
    /// The last thing that was said of it is a number and no marker of its end.
    is_live: bool,
    /// The last timestamp of its own. When such a series ends is for the program to say.
    own_time: Option<i64>,
    /// Tells the last exemplar from others.
    exemplar: u64,
}

/// Samples to append: those of the scrape's instant, and those of instants that the program names.
pub(super) struct Samples<S> {
    pub(super) now: Vec<(S, f64)>,
    pub(super) own_time: BTreeMap<i64, Vec<(S, f64)>>,
}

impl<S> Samples<S> {
    fn with_capacity(capacity: usize) -> Self {
        Self { now: Vec::with_capacity(capacity), own_time: BTreeMap::new() }
    }
}

impl<A: Appender> Session<A> {
    pub(super) fn new() -> Self {
        Self {
            lines: Lines::new(),
            owners: HashMap::new(),
            families: Families::default(),
            scrape: 0,
            seen: 0,
            kept: 0,
        }
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
        self.begin();
        self.lines.begin();
        let samples = Samples::with_capacity(self.lines.len());
        let mut pass = Pass { target, appender, report, samples, cut: Cut::default() };
        let mut reader = Reader::new(body, format);
        loop {
            if let Some((place, value)) = self.guessed(&mut reader) {
                self.lines.came(place);
                match value {
                    Some(value) => self.known(place, value, &mut pass, &reader),
                    None => {
                        self.mark(place);
                    }
                }
                continue;
            }
            match reader.next() {
                None => break,
                Some(Ok(Item::Sample(sample))) => self.sample(&sample, &mut pass, &reader),
                Some(Ok(words)) => self.words(words, reader.line()),
                Some(Err(fault)) => pass.bad_line(fault),
            }
        }
        let Pass { report, mut samples, cut, .. } = pass;
        report.cut = cut.count;
        report.cut_reason = cut.words(&target.job.limits);
        report.stored = samples.now.len() + samples.own_time.values().map(Vec::len).sum::<usize>();
        self.families.tell(|family, about| appender.describe(&target.name, family, about));
        samples.now.extend(self.ended(true));
        samples
    }

    /// The next line, if it is the one that is expected: where it is kept, and its number if it has one.
    fn guessed(&self, reader: &mut Reader<'_>) -> Option<(Place, Option<f64>)> {
        let (place, text, known) = self.lines.expected()?;
        match known.line {
            What::Words => reader.skip_if(text).then_some((place, None)),
            What::Series(_) | What::Dropped => reader.next_if(text).map(|value| (place, Some(value))),
        }
    }

    /// A number of a line that is known, and nothing but a number.
    fn known(&mut self, place: Place, value: f64, pass: &mut Pass<'_, A>, reader: &Reader<'_>) {
        pass.report.scraped += 1;
        let sample = Sample { series: "", value, timestamp_ms: None, exemplar: None };
        if self.number(place, &sample, pass) == Err(Refused::Twin) {
            pass.twin(reader);
        }
    }

    fn sample(&mut self, sample: &Sample<'_>, pass: &mut Pass<'_, A>, reader: &Reader<'_>) {
        pass.report.scraped += 1;
        let place = match self.lines.find(sample.series) {
            Some(place) => {
                self.lines.came(place);
                Ok(place)
            }
            None => self.unknown(sample.series, pass),
        };
        let done = match place {
            Ok(place) => self.number(place, sample, pass),
            Err(NoLabels::Dropped) => Ok(()),
            Err(NoLabels::Refused(why)) => Err(why),
            Err(NoLabels::Bad(problem)) => {
                pass.report.scraped -= 1;
                return pass.bad_line(Fault::new(reader.line_number(), problem, reader.line()));
            }
        };
        match done {
            Ok(()) => {}
            Err(Refused::Twin) => pass.twin(reader),
            Err(Refused::TooOld) => pass.report.too_old += 1,
            Err(why) => pass.cut.add(why, sample.series),
        }
    }

    /// Where the series is kept of a line that is new.
    fn unknown(&mut self, written: &str, pass: &mut Pass<'_, A>) -> Result<Place, NoLabels> {
        let limit = pass.target.job.limits.series;
        // Of a target that explodes nothing is read that is not stored.
        if self.kept >= limit && pass.target.job.metric_relabel.is_empty() {
            return Err(NoLabels::Refused(Refused::Series));
        }
        let labels = match labels::stored(written, pass.target) {
            Ok(labels) => labels,
            Err(NoLabels::Dropped) if self.lines.len() < limit.saturating_mul(2) => {
                return Ok(self.insert(written, What::Dropped));
            }
            Err(why) => return Err(why),
        };
        let hash = labels.fingerprint();
        if let Some(owner) = self.owners.get(&hash) {
            return Ok(*owner);
        }
        if self.kept >= limit {
            return Err(NoLabels::Refused(Refused::Series));
        }
        let series = pass.appender.series(&labels);
        let series = Series { series, hash, is_live: false, own_time: None, exemplar: 0 };
        let place = self.insert(written, What::Series(series));
        self.owners.insert(hash, place);
        self.kept += 1;
        pass.report.added += 1;
        Ok(place)
    }

    fn insert(&mut self, text: &str, line: What<A::Series>) -> Place {
        let place = self.lines.insert(text, Known { line, seen: 0 });
        self.lines.came(place);
        place
    }

    /// The line was in this scrape; whether it was so already.
    fn mark(&mut self, place: Place) -> Option<(bool, &mut What<A::Series>)> {
        let known = self.lines.get_mut(place)?;
        let is_second = std::mem::replace(&mut known.seen, self.scrape) == self.scrape;
        self.seen += usize::from(!is_second);
        Some((is_second, &mut known.line))
    }

    fn number(&mut self, place: Place, sample: &Sample<'_>, pass: &mut Pass<'_, A>) -> Result<(), Refused> {
        let Some((is_twin, What::Series(known))) = self.mark(place) else { return Ok(()) };
        let own_time = sample.timestamp_ms.filter(|_| pass.target.job.honor_timestamps);
        let Some(at) = own_time else {
            if is_twin {
                return Err(Refused::Twin);
            }
            (known.own_time, known.is_live) = (None, true);
            pass.samples.now.push((known.series.clone(), sample.value));
            known.example(sample, pass.appender);
            return Ok(());
        };
        match known.own_time {
            // It was told before.
            Some(last) if last == at => return Ok(()),
            Some(last) if last > at => return Err(Refused::TooOld),
            _ => (known.own_time, known.is_live) = (Some(at), false),
        }
        pass.samples.own_time.entry(at).or_default().push((known.series.clone(), sample.value));
        known.example(sample, pass.appender);
        Ok(())
    }

    fn words(&mut self, item: Item<'_>, line: &str) {
        self.families.take(item);
        let place = match self.lines.find(line) {
            Some(place) => {
                self.lines.came(place);
                place
            }
            None if line.len() <= WORDS_BYTES_MAX && self.lines.len() < self.kept + WORDS_MAX => {
                self.insert(line, What::Words)
            }
            None => return,
        };
        self.mark(place);
    }

    /// Markers for the series that were not in this scrape. `forget`: their lines are not remembered.
    fn ended(&mut self, forget: bool) -> Vec<(A::Series, f64)> {
        let Self { lines, owners, scrape, seen, kept, .. } = self;
        let mut ended = Vec::new();
        // Mostly the lines are those of the last scrape.
        if *seen == lines.len() {
            return ended;
        }
        lines.retain(|known| {
            if known.seen == *scrape {
                return true;
            }
            let What::Series(series) = &mut known.line else { return !forget };
            if std::mem::replace(&mut series.is_live, false) {
                ended.push((series.series.clone(), STALE));
            }
            if forget {
                owners.remove(&series.hash);
                *kept -= 1;
            }
            !forget
        });
        ended
    }

    fn begin(&mut self) {
        self.scrape += 1;
        self.seen = 0;
    }

    /// How many lines are remembered.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.lines.len()
    }

    /// Markers for all series: the scrape failed, or the target is gone. They are remembered: when it is back they are
    /// most likely the same.
    pub(super) fn end_all(&mut self) -> Vec<(A::Series, f64)> {
        self.begin();
        self.ended(false)
    }
}

impl<S> Series<S> {
    /// Hands an exemplar on that was not there the last time.
    fn example<A: Appender<Series = S>>(&mut self, sample: &Sample<'_>, appender: &A) {
        let Some(exemplar) = sample.exemplar else { return };
        let Some((hash, exemplar)) = labels::exemplar(&exemplar) else { return };
        if std::mem::replace(&mut self.exemplar, hash) != hash {
            appender.exemplar(&self.series, exemplar);
        }
    }
}

/// One scrape while it is read.
struct Pass<'p, A: Appender> {
    target: &'p Target,
    appender: &'p A,
    report: &'p mut Report,
    samples: Samples<A::Series>,
    cut: Cut,
}

impl<A: Appender> Pass<'_, A> {
    fn bad_line(&mut self, fault: Fault) {
        self.report.bad_lines += 1;
        self.report.first_fault.get_or_insert_with(|| fault.to_string());
    }

    /// The series has the number that stands there first.
    fn twin(&mut self, reader: &Reader<'_>) {
        self.report.twins += 1;
        self.report.first_fault.get_or_insert_with(|| {
            Fault::new(reader.line_number(), Problem::Twin, reader.line()).to_string()
        });
    }
}
