//! One step of a pipeline, ready to run.

use super::labels::LineLabels;
use super::wanted::Wanted;
use super::{capture, choose, decolorize, filter, format, json, logfmt};
use crate::ast::{CapturePattern, JsonExtraction, LabelChoice, LabelFilter, LogfmtExtraction, Regexp};
use crate::eval::filters::Filters;

const JSON_ERROR: &str = "JSONParserErr";
const LOGFMT_ERROR: &str = "LogfmtParserErr";

/// One step.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Lines(Filters),
    Label(LabelFilter),
    Json(Wanted),
    JsonPaths(Vec<JsonExtraction>),
    Logfmt { strict: bool, keep_empty: bool, wanted: Wanted },
    LogfmtKeys { strict: bool, extractions: Vec<LogfmtExtraction> },
    Pattern(CapturePattern, Wanted),
    Regexp(Regexp, Wanted),
    Unpack(Wanted),
    LineFormat(format::LineFormat),
    LabelFormat(format::LabelFormats),
    Decolorize,
    Drop(Vec<LabelChoice>),
    Keep(Vec<LabelChoice>),
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It goes on as it is.
    Stays,
    /// It goes on as what stands in [`Memory::line`].
    Changes,
    /// It is not wanted.
    Goes,
}

/// A line and what is known of it besides its labels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment<'a> {
    pub(super) line: &'a str,
    /// When it was written, in nanoseconds.
    pub(super) timestamp: i64,
    /// The present, in nanoseconds.
    pub(super) now: i64,
}

/// Memory that is used again for every line.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// A changed line.
    pub(super) line: String,
    /// A name that is put together.
    name: String,
    flatten: json::Flatten,
}

impl Step {
    pub(super) fn run(&self, moment: Moment<'_>, labels: &mut LineLabels<'_>, memory: &mut Memory) -> Effect {
        let line = moment.line;
        match self {
            Self::Lines(filters) => return goes_unless(filters.pass(line)),
            Self::Label(filter) => return goes_unless(filter::passes(filter, labels)),
            Self::Json(wanted) => {
                let read = json::flatten(line, wanted, &mut memory.flatten, labels);
                report(labels, JSON_ERROR, read.map_err(|fault| fault.message()));
            }
            Self::JsonPaths(extractions) => {
                let read = json::extract_paths(line, extractions, labels);
                report(labels, JSON_ERROR, read.map_err(|fault| fault.map_or("", |fault| fault.message())));
            }
            Self::Logfmt { strict, keep_empty, wanted } => {
                let read = logfmt::all(line, (*strict, *keep_empty), wanted, &mut memory.name, labels);
                report(labels, LOGFMT_ERROR, read);
            }
            Self::LogfmtKeys { strict, extractions } => {
                let read = logfmt::some(line, *strict, extractions, &mut memory.name, labels);
                report(labels, LOGFMT_ERROR, read);
            }
            Self::Pattern(pattern, wanted) => capture::pattern(pattern, line, wanted, labels),
            Self::Regexp(regexp, wanted) => capture::regexp(regexp, line, wanted, labels),
            Self::Unpack(wanted) => return unpack(line, wanted, labels, memory),
            Self::LineFormat(format) => return format.run(moment, labels, &mut memory.line),
            Self::LabelFormat(formats) => formats.run(moment, labels),
            Self::Decolorize => return decolorize::decolorize(line, &mut memory.line),
            Self::Drop(choices) => choose::drop(choices, labels),
            Self::Keep(choices) => choose::keep(choices, labels),
        }
        Effect::Stays
    }
}

fn goes_unless(passes: bool) -> Effect {
    if passes { Effect::Stays } else { Effect::Goes }
}

fn report(labels: &mut LineLabels<'_>, error: &str, read: Result<(), impl ToString>) {
    if let Err(fault) = read {
        labels.set_error(error, &fault.to_string());
    }
}

fn unpack(line: &str, wanted: &Wanted, labels: &mut LineLabels<'_>, memory: &mut Memory) -> Effect {
    if line.is_empty() {
        return Effect::Stays;
    }
    if !line.starts_with('{') {
        labels.set_error(JSON_ERROR, json::NO_OBJECT);
        return Effect::Stays;
    }
    match json::unpack(line, wanted, labels) {
        Ok(None) => Effect::Stays,
        Ok(Some(entry)) => {
            memory.line = entry;
            Effect::Changes
        }
        Err(fault) => {
            labels.set_error(JSON_ERROR, fault.message());
            Effect::Stays
        }
    }
}
