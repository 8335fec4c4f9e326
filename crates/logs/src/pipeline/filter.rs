//! Lines that go no further: dropped by what they hold, sampled, limited.

use std::time::Duration;

use regex::Regex;
use settings::Section;
use xxhash_rust::xxh3::xxh3_64;

use super::line::Line;
use super::memory::{Memory, Slot};
use super::read;
use super::stage::Flow;

/// Drops lines that meet all conditions that are written.
#[derive(Debug)]
pub(super) struct DropWhere {
    source: Option<String>,
    value: Option<String>,
    expression: Option<Regex>,
    older_than: Option<Duration>,
    longer_than: Option<usize>,
    reason: String,
}

impl DropWhere {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let drop = Self {
            source: section.string("source"),
            value: section.string("value"),
            expression: match section.is_set("expression") {
                true => Some(read::expression(section, "expression")?),
                false => None,
            },
            older_than: section.duration("older_than"),
            longer_than: section
                .size("longer_than")
                .map(|size| usize::try_from(size.0).unwrap_or(usize::MAX)),
            reason: section.string("reason").unwrap_or_else(|| "drop".to_owned()),
        };
        if drop.value.is_some() && drop.source.is_none() {
            section.fault("source", "it is missing", "write the name of the value to compare");
            return None;
        }
        // A condition that is written but faulty must not widen what is dropped.
        let faulty = (section.is_set("older_than") && drop.older_than.is_none())
            || (section.is_set("longer_than") && drop.longer_than.is_none())
            || (section.is_set("source") && drop.source.is_none())
            || (section.is_set("value") && drop.value.is_none());
        (!faulty).then_some(drop)
    }

    /// Whether there is no condition at all.
    pub(super) fn takes_all(&self) -> bool {
        self.source.is_none()
            && self.expression.is_none()
            && self.older_than.is_none()
            && self.longer_than.is_none()
    }

    pub(super) fn run(&self, line: &Line) -> Flow<'_> {
        if self.is_met(line) { Flow::Drops(&self.reason) } else { Flow::Goes }
    }

    fn is_met(&self, line: &Line) -> bool {
        let Some(text) = line.source(self.source.as_deref()) else { return false };
        self.value.as_ref().is_none_or(|value| value == text)
            && self.expression.as_ref().is_none_or(|expression| expression.is_match(text))
            && self.older_than.is_none_or(|age| line.entry.timestamp < line.now.minus(age))
            && self.longer_than.is_none_or(|size| line.entry.line.len() > size)
    }
}

/// Keeps a share of the lines. What decides is a hash, so that a line that is read once more is judged alike, and
/// with a `source` all lines of one value are.
#[derive(Debug)]
pub(super) struct Sampling {
    rate: f64,
    source: Option<String>,
    reason: String,
}

impl Sampling {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let (source, reason) = (section.string("source"), section.string("reason"));
        let rate = needed_number(section, "rate", "write the share that is kept, such as rate = 0.1")?;
        if !(0.0..=1.0).contains(&rate) {
            section.fault("rate", "no share", "write a number from 0 to 1");
            return None;
        }
        Some(Self { rate, source, reason: reason.unwrap_or_else(|| "sampling".to_owned()) })
    }

    pub(super) fn run(&self, line: &Line) -> Flow<'_> {
        let hash = match self.source.as_deref().and_then(|name| line.value(name)) {
            Some(value) => xxh3_64(value.as_bytes()),
            None => {
                let nanos = line.entry.timestamp.nanos().to_le_bytes();
                xxh3_64(line.entry.line.as_bytes()) ^ xxh3_64(&nanos)
            }
        };
        let is_kept = (hash as f64) < self.rate * (u64::MAX as f64);
        if is_kept || self.rate >= 1.0 { Flow::Goes } else { Flow::Drops(&self.reason) }
    }
}

/// Keeps so many lines a second.
#[derive(Debug)]
pub(super) struct Limit {
    rate: f64,
    burst: f64,
    by_label: Option<String>,
    reason: String,
}

impl Limit {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let (by_label, reason) = (section.string("by_label"), section.string("reason"));
        let burst = section.integer("burst", 1..=1_000_000_000).map(|burst| burst as f64);
        let rate = needed_number(section, "rate", "write how many lines a second, such as rate = 100")?;
        if !(rate > 0.0 && rate.is_finite()) {
            section.fault("rate", "no lines would be left", "write a number above 0");
            return None;
        }
        let burst = burst.unwrap_or_else(|| rate.ceil().max(1.0));
        Some(Self { rate, burst, by_label, reason: reason.unwrap_or_else(|| "limit".to_owned()) })
    }

    pub(super) fn run(&self, line: &Line, memory: &mut Memory, slot: Slot) -> Flow<'_> {
        let key = self.by_label.as_deref().and_then(|name| line.labels.get(name)).unwrap_or_default();
        if memory.take(slot, key, self.rate, self.burst, line.now) {
            return Flow::Goes;
        }
        Flow::Drops(&self.reason)
    }
}

fn needed_number(section: &Section<'_>, key: &str, instead: &str) -> Option<f64> {
    if !section.is_set(key) {
        section.fault(key, "it is missing", instead);
    }
    section.number(key)
}
