//! Runs the pipeline of a query over one line after the other.
//!
//! ```ignore
//! let pipeline = Pipeline::new(&log.stages, &Kept::ALL)?;
//! pipeline.candidates(&entries, &stream, &mut lines);
//! let outcome = pipeline.run(&mut scratch, &stream, entries.entry(index));
//! ```
//!
//! Line filters that stand before anything that changes lines come first, wherever they are written: what they
//! drop costs next to nothing, and whole chunks are searched for what passes them. Parsers find only the labels
//! that someone looks at later.

mod capture;
mod choose;
mod convert;
mod decolorize;
mod detected;
mod filter;
mod format;
mod json;
mod labels;
mod logfmt;
mod names;
mod plan;
mod step;
mod unwrap;
mod wanted;

use model::{Level, Metadata, Timestamp};

#[cfg(test)]
pub(crate) use convert::duration;
pub use detected::{DetectedField, FieldParser, detected_fields};
pub(crate) use labels::{Category, ERROR, ERROR_DETAILS, FinalLabels, StreamLabels, TAKEN_SUFFIX};
pub(crate) use plan::Kept;
pub(crate) use unwrap::Unwrapping;

use self::labels::{Base, Changes, LineLabels};
use self::step::{Effect, Memory, Moment, Step};
use super::EvalError;
use super::filters::Filters;
use crate::ast::Stage;
use crate::{Entries, Spanned};

/// The stages of a query, ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Pipeline {
    /// The line filters that see lines as they were written.
    filters: Filters,
    steps: Vec<Step>,
}

/// An entry as it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryRef<'a> {
    pub(crate) timestamp: Timestamp,
    pub(crate) level: Level,
    pub(crate) line: &'a str,
    pub(crate) metadata: &'a Metadata,
}

/// Memory that is used again for every line; each thread has its own.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    changes: Changes,
    line: String,
    memory: Memory,
    now: i64,
}

impl Scratch {
    /// `now` is what templates take for the present.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { now: now.nanos(), ..Self::default() }
    }
}

/// What a pipeline made of a line that passes.
#[derive(Clone, Copy)]
pub(crate) struct Outcome<'a> {
    /// The line, which may be another one than was written.
    pub(crate) line: &'a str,
    pub(crate) labels: FinalLabels<'a>,
}

impl<'a> Outcome<'a> {
    /// Of an entry over which no pipeline runs.
    pub(crate) fn unchanged(scratch: &'a mut Scratch, stream: &'a StreamLabels, entry: EntryRef<'a>) -> Self {
        let base = Base { stream, metadata: entry.metadata, level: entry.level };
        scratch.changes.clear();
        LineLabels { base, changes: &mut scratch.changes }.rename_metadata();
        Self { line: entry.line, labels: FinalLabels { base, changes: &scratch.changes } }
    }
}

impl Pipeline {
    /// Prepares stages. What nobody looks at afterwards need not be found.
    pub(crate) fn new(stages: &[Spanned<Stage>], kept: &Kept<'_>) -> Result<Self, EvalError> {
        plan::pipeline(stages, kept)
    }

    /// The line filters that see lines as they were written.
    pub(crate) fn filters(&self) -> &Filters {
        &self.filters
    }

    /// Where the filters matched that see a line as the pipeline leaves it: sorted, not overlapping.
    pub(crate) fn marks(&self, line: &str) -> Vec<(u32, u32)> {
        let changes = |step: &Step| matches!(step, Step::LineFormat(_) | Step::Decolorize | Step::Unpack(_));
        let last_change = self.steps.iter().rposition(changes);
        let later = self.steps.iter().skip(last_change.map_or(0, |at| at + 1));
        let later = later.filter_map(|step| match step {
            Step::Lines(filters) => Some(filters),
            _ => None,
        });
        let as_written = last_change.is_none().then_some(&self.filters);
        Filters::marks(as_written.into_iter().chain(later), line)
    }

    /// Puts the numbers of the lines that are worth a look into `lines`, ascending.
    pub(crate) fn candidates(&self, entries: &Entries, lines: &mut Vec<u32>) {
        self.filters.candidates(entries, lines);
    }

    /// What becomes of a line; `None`: it does not pass.
    pub(crate) fn run<'a>(
        &self,
        scratch: &'a mut Scratch,
        stream: &'a StreamLabels,
        entry: EntryRef<'a>,
    ) -> Option<Outcome<'a>> {
        if !self.filters.pass(entry.line) {
            return None;
        }
        let base = Base { stream, metadata: entry.metadata, level: entry.level };
        scratch.changes.clear();
        let mut labels = LineLabels { base, changes: &mut scratch.changes };
        labels.rename_metadata();
        let mut changed = false;
        for step in &self.steps {
            let line = if changed { scratch.line.as_str() } else { entry.line };
            let moment = Moment { line, timestamp: entry.timestamp.nanos(), now: scratch.now };
            match step.run(moment, &mut labels, &mut scratch.memory) {
                Effect::Stays => {}
                Effect::Goes => return None,
                Effect::Changes => {
                    std::mem::swap(&mut scratch.line, &mut scratch.memory.line);
                    changed = true;
                }
            }
        }
        let scratch: &'a Scratch = scratch;
        let line = if changed { scratch.line.as_str() } else { entry.line };
        Some(Outcome { line, labels: FinalLabels { base, changes: &scratch.changes } })
    }
}

#[cfg(test)]
mod tests;
