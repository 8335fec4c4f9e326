//! What a query wants to know of each line: whether it counts, its series, its number.

use ::series::Grouping;
use model::{Labels, label};

use super::key::Key;
use super::names;
use crate::ast::{LabelFilter, LogExpr, Stage, Unwrap};
use crate::eval::EvalError;
use crate::eval::clues::Clues;
use crate::eval::pipeline::{
    ERROR, ERROR_DETAILS, EntryRef, FinalLabels, Kept, Pipeline, Scratch, StreamLabels, TAKEN_SUFFIX,
    Unwrapping,
};
use crate::{Source, Spanned};

/// The errors of parsers, which a query may ask for.
const PARSER_ERRORS: [&str; 2] = ["JSONParserErr", "LogfmtParserErr"];

/// What a query wants to know of each line.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    pub(super) pipeline: Pipeline,
    /// What all lines that count have in their text.
    pub(super) clues: Clues,
    /// The stages without line filters, where none of them looks at lines: what becomes of a line's labels is
    /// known of its stream, level and metadata.
    pub(super) by_labels: Option<ByLabels>,
    unwrap: Option<Unwrapping>,
    pub(super) key: Key,
    /// Lines with a parser's error count: the query looks at errors.
    counts_errors: bool,
}

/// Stages that look at labels alone.
#[derive(Clone, Debug)]
pub(super) struct ByLabels {
    pub(super) pipeline: Pipeline,
    /// The labels that decide; `None`: all of them do.
    names: Option<Vec<String>>,
    /// There are line filters besides.
    pub(super) filters_lines: bool,
}

/// Memory that is used again for every line.
#[derive(Default)]
pub(super) struct LineScratch {
    scratch: Scratch,
    /// The key of the last line.
    pub(super) key: Vec<u8>,
}

impl LineScratch {
    /// `now` is what templates take for the present.
    pub(super) fn new(now: model::Timestamp) -> Self {
        Self { scratch: Scratch::new(now), key: Vec::new() }
    }
}

impl Lines {
    pub(super) fn new(
        log: &LogExpr,
        unwrap: Option<&Unwrap>,
        grouping: Option<Grouping>,
        wants_line: bool,
    ) -> Result<Self, EvalError> {
        let key = Key::new(grouping, unwrap.map(|unwrap| unwrap.label.as_str()));
        let looked_at = looked_at(&key, unwrap);
        let kept = Kept { labels: looked_at.as_deref(), line: wants_line };
        let pipeline = Pipeline::new(&log.stages, &kept)?;
        let by_labels = match unwrap {
            None => ByLabels::new(&log.stages, &kept)?,
            Some(_) => None,
        };
        let filtered = log.stages.iter().filter_map(|stage| match &stage.node {
            Stage::Label(filter) => Some(filter.names()),
            _ => None,
        });
        let counts_errors = match &looked_at {
            None => false,
            Some(names) => names.iter().copied().chain(filtered.flatten()).any(|name| name == ERROR),
        };
        let unwrap = unwrap.map(Unwrapping::new);
        Ok(Self { pipeline, clues: Clues::new(&log.stages), by_labels, unwrap, key, counts_errors })
    }

    /// Runs the pipeline over a line. Gives its number and leaves its key in `memory`; `None` if it does not
    /// count. Without `unwrap` the number is the bytes of the line.
    pub(super) fn read(
        &self,
        memory: &mut LineScratch,
        stream: &StreamLabels,
        entry: EntryRef<'_>,
    ) -> Option<Result<f64, EvalError>> {
        let outcome = self.pipeline.run(&mut memory.scratch, stream, entry)?;
        let (number, labels) = match &self.unwrap {
            None => (outcome.line.len() as f64, outcome.labels),
            Some(unwrap) => unwrap.number(&mut memory.scratch, stream, entry)?,
        };
        Some(self.write_key(labels, &mut memory.key).map(|()| number))
    }

    /// Runs the stages that look at labels over what a line has. Leaves its key in `memory`; `None` if such lines
    /// do not count.
    pub(super) fn read_labels(
        &self,
        by_labels: &ByLabels,
        memory: &mut LineScratch,
        stream: &StreamLabels,
        entry: EntryRef<'_>,
    ) -> Option<Result<(), EvalError>> {
        let outcome = by_labels.pipeline.run(&mut memory.scratch, stream, entry)?;
        Some(self.write_key(outcome.labels, &mut memory.key))
    }

    fn write_key(&self, labels: FinalLabels<'_>, key: &mut Vec<u8>) -> Result<(), EvalError> {
        if let Some(error) = labels.error()
            && !error.is_empty()
            && !(self.counts_errors && PARSER_ERRORS.contains(&error))
        {
            return Err(failed(error, labels));
        }
        self.key.write(labels, key);
        Ok(())
    }
}

/// The error of a line that may neither count nor be left aside.
fn failed(error: &str, labels: FinalLabels<'_>) -> EvalError {
    let mut pairs: Vec<(&str, &str)> = labels.iter().map(|(_, name, value)| (name, value)).collect();
    pairs.sort_unstable();
    EvalError::Pipeline { error: error.to_owned(), labels: Labels::from_sorted(pairs) }
}

/// The labels that are looked at once the pipeline has run; `None`: all of them.
fn looked_at<'a>(key: &'a Key, unwrap: Option<&'a Unwrap>) -> Option<Vec<&'a str>> {
    let mut looked_at: Vec<&str> = key.names()?.collect();
    if let Some(unwrap) = unwrap {
        looked_at.push(&unwrap.label);
        looked_at.extend(unwrap.filters.iter().flat_map(LabelFilter::names));
    }
    Some(looked_at)
}

impl ByLabels {
    /// `None` if a stage looks at lines, line filters aside.
    fn new(stages: &[Spanned<Stage>], kept: &Kept<'_>) -> Result<Option<Self>, EvalError> {
        let others: Vec<Spanned<Stage>> =
            stages.iter().filter(|stage| !matches!(stage.node, Stage::Line(_))).cloned().collect();
        let Some(names) =
            others.iter().map(|stage| names::of_labels_alone(&stage.node)).collect::<Option<Vec<_>>>()
        else {
            return Ok(None);
        };
        let names = kept
            .labels
            .map(|kept| names.concat().iter().chain(kept).map(|name| (*name).to_owned()).collect());
        let filters_lines = others.len() < stages.len();
        Ok(Some(Self { pipeline: Pipeline::new(&others, kept)?, names, filters_lines }))
    }

    /// Whether the metadata of a stream's lines makes no difference, but for the level.
    pub(super) fn ignores_metadata(&self, stream: &Labels, source: &impl Source) -> bool {
        let known = [label::DETECTED_LEVEL, ERROR, ERROR_DETAILS];
        let may_be = |name: &str| !known.contains(&name) && source.may_have_metadata(name);
        let of_stream = |name: &str| stream.get(name).is_some();
        // Metadata with the name of a stream's label gets a longer one.
        let may_be_longer = |name: &str| {
            name.strip_suffix(TAKEN_SUFFIX).is_some_and(|shorter| of_stream(shorter) && may_be(shorter))
        };
        let ignored = |name: &str| (of_stream(name) || !may_be(name)) && !may_be_longer(name);
        self.names.as_ref().is_some_and(|names| names.iter().all(|name| ignored(name)))
    }
}
