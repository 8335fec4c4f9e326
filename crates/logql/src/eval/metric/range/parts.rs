//! What is known of the lines in a pane of time, and in several panes together.

use ::series::{Mean, Partial, Variance};

/// What a line gives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Its number: unwrapped, or its bytes.
    pub(super) value: f64,
    pub(super) when: When,
}

/// When a line was written, and which of those of the same instant it is: the place of its chunk and its place
/// there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct When {
    pub(super) nanos: i64,
    pub(super) chunk: u32,
    pub(super) index: u32,
}

/// What can be put together of lines in any order, but for rounding.
pub(super) trait Part: Partial + Default + Send {
    /// How many numbers of eight bytes it takes.
    const NUMBERS: usize = size_of::<Self>().div_ceil(8);

    fn add(&mut self, sample: Sample);

    /// Whether there are lines.
    fn is_some(&self) -> bool;
}

/// How many lines.
impl Part for u64 {
    fn add(&mut self, _: Sample) {
        *self += 1;
    }

    fn is_some(&self) -> bool {
        *self > 0
    }
}

/// The sum of their numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) count: u64,
    pub(super) sum: f64,
}

impl Partial for Sum {
    fn merge(&mut self, later: &Self) {
        self.count += later.count;
        self.sum += later.sum;
    }
}

impl Part for Sum {
    fn add(&mut self, sample: Sample) {
        self.count += 1;
        self.sum += sample.value;
    }

    fn is_some(&self) -> bool {
        self.count > 0
    }
}

impl Part for Mean {
    fn add(&mut self, sample: Sample) {
        Mean::add(self, sample.value);
    }

    fn is_some(&self) -> bool {
        self.count > 0.0
    }
}

impl Part for Variance {
    fn add(&mut self, sample: Sample) {
        Variance::add(self, sample.value);
    }

    fn is_some(&self) -> bool {
        self.count > 0.0
    }
}

/// The greatest or the least number; NaN gives way to every other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extreme<const GREATEST: bool>(Option<f64>);

impl<const GREATEST: bool> Extreme<GREATEST> {
    pub(super) fn number(self) -> f64 {
        self.0.unwrap_or(f64::NAN)
    }
}

impl<const GREATEST: bool> Partial for Extreme<GREATEST> {
    fn merge(&mut self, later: &Self) {
        self.0 = match (self.0, later.0) {
            (Some(a), Some(b)) if GREATEST => Some(a.max(b)),
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

impl<const GREATEST: bool> Part for Extreme<GREATEST> {
    fn add(&mut self, sample: Sample) {
        self.merge(&Self(Some(sample.value)));
    }

    fn is_some(&self) -> bool {
        self.0.is_some()
    }
}

/// The number of the first line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct First(Option<Sample>);

/// The number of the last line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Last(Option<Sample>);

impl First {
    pub(super) fn number(self) -> f64 {
        self.0.map_or(f64::NAN, |sample| sample.value)
    }
}

impl Last {
    pub(super) fn number(self) -> f64 {
        self.0.map_or(f64::NAN, |sample| sample.value)
    }
}

impl Partial for First {
    fn merge(&mut self, later: &Self) {
        later.0.iter().for_each(|sample| self.add(*sample));
    }
}

impl Partial for Last {
    fn merge(&mut self, later: &Self) {
        later.0.iter().for_each(|sample| self.add(*sample));
    }
}

impl Part for First {
    fn add(&mut self, sample: Sample) {
        if self.0.is_none_or(|first| sample.when < first.when) {
            self.0 = Some(sample);
        }
    }

    fn is_some(&self) -> bool {
        self.0.is_some()
    }
}

impl Part for Last {
    fn add(&mut self, sample: Sample) {
        if self.0.is_none_or(|last| sample.when > last.when) {
            self.0 = Some(sample);
        }
    }

    fn is_some(&self) -> bool {
        self.0.is_some()
    }
}
