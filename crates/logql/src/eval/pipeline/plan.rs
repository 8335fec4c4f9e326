//! Makes steps of stages, from the last to the first: each parser learns what is looked at after it.

use std::collections::BTreeSet;

use super::Pipeline;
use super::format::{LabelFormats, LineFormat};
use super::labels::{ERROR, ERROR_DETAILS};
use super::step::Step;
use super::wanted::Wanted;
use crate::ast::{LabelChoice, LabelFilter, LabelFormat, LineFilter, Stage};
use crate::eval::EvalError;
use crate::eval::filters::Filters;
use crate::{Span, Spanned};

/// What is looked at when a pipeline has run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept<'a> {
    /// These labels; `None`: all of them.
    pub(crate) labels: Option<&'a [&'a str]>,
    /// The line.
    pub(crate) line: bool,
}

impl Kept<'_> {
    /// Everything.
    pub(crate) const ALL: Self = Self { labels: None, line: true };
    /// Only whether a line passes.
    #[cfg(test)]
    pub(crate) const NOTHING: Self = Self { labels: Some(&[]), line: false };
}

pub(super) fn pipeline(stages: &[Spanned<Stage>], kept: &Kept<'_>) -> Result<Pipeline, EvalError> {
    let changes_line = |stage: &Spanned<Stage>| {
        matches!(stage.node, Stage::LineFormat(_) | Stage::Decolorize | Stage::Unpack)
    };
    let first_change = stages.iter().position(changes_line).unwrap_or(stages.len());
    let as_written = stages[..first_change].iter().filter_map(|stage| line_filter(&stage.node));
    let filters = Filters::new(as_written);
    let mut later = Later {
        labels: kept.labels.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        line: kept.line,
    };
    let mut steps = Vec::new();
    for (index, stage) in stages.iter().enumerate().rev() {
        if index < first_change && line_filter(&stage.node).is_some() {
            continue;
        }
        steps.extend(later.step(stage)?);
    }
    steps.reverse();
    Ok(Pipeline { filters, steps })
}

fn line_filter(stage: &Stage) -> Option<&LineFilter> {
    match stage {
        Stage::Line(filter) => Some(filter),
        _ => None,
    }
}

/// What is looked at after a stage.
struct Later {
    /// `None`: all labels.
    labels: Option<BTreeSet<String>>,
    line: bool,
}

impl Later {
    /// The step of a stage, if it makes a difference to what is looked at after it.
    fn step(&mut self, stage: &Spanned<Stage>) -> Result<Option<Step>, EvalError> {
        let step = match &stage.node {
            Stage::Line(filter) => {
                self.line = true;
                Step::Lines(Filters::new([filter]))
            }
            Stage::Label(filter) => {
                self.look_at(filter.names());
                self.look_at(is_ip(filter).then_some(ERROR));
                Step::Label(filter.clone())
            }
            Stage::Json(all) if all.is_empty() => return Ok(self.parser(Step::Json)),
            Stage::Json(some) => {
                let labels = some.iter().map(|one| one.label.as_str());
                return Ok(self.wants_any(labels).then(|| self.reads(Step::JsonPaths(some.clone()))));
            }
            Stage::Logfmt(logfmt) if logfmt.extractions.is_empty() => {
                let (strict, keep_empty) = (logfmt.strict, logfmt.keep_empty);
                return Ok(self.parser(|wanted| Step::Logfmt { strict, keep_empty, wanted }));
            }
            Stage::Logfmt(logfmt) => {
                let labels = logfmt.extractions.iter().map(|one| one.label.as_str());
                let step =
                    Step::LogfmtKeys { strict: logfmt.strict, extractions: logfmt.extractions.clone() };
                return Ok(self.wants_any(labels).then(|| self.reads(step)));
            }
            Stage::Pattern(pattern) => {
                return Ok(self.parser(|wanted| Step::Pattern(pattern.clone(), wanted)));
            }
            Stage::Regexp(regexp) => return Ok(self.parser(|wanted| Step::Regexp(regexp.clone(), wanted))),
            Stage::Unpack => {
                let wanted = self.wanted();
                self.reads(Step::Unpack(wanted))
            }
            Stage::LineFormat(text) => return self.line_format(text, stage.span),
            Stage::LabelFormat(formats) => self.label_format(formats, stage.span)?,
            Stage::Decolorize => return Ok(self.line.then_some(Step::Decolorize)),
            Stage::Drop(choices) => {
                self.look_at(choices.iter().filter_map(matched_name));
                Step::Drop(choices.clone())
            }
            Stage::Keep(choices) => {
                self.look_at(choices.iter().filter_map(matched_name));
                Step::Keep(choices.clone())
            }
            // Of the answer as a whole, not of single lines.
            Stage::Distinct(_) | Stage::Context(_) => return Ok(None),
        };
        Ok(Some(step))
    }

    fn look_at<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        if let Some(labels) = &mut self.labels {
            labels.extend(names.into_iter().map(str::to_owned));
        }
    }

    fn reads(&mut self, step: Step) -> Step {
        self.line = true;
        step
    }

    fn wanted(&self) -> Wanted {
        match &self.labels {
            None => Wanted::All,
            Some(names) => Wanted::only(names.iter().map(String::as_str), !self.wants_errors()),
        }
    }

    fn wants_errors(&self) -> bool {
        let wanted = |labels: &BTreeSet<String>| labels.contains(ERROR) || labels.contains(ERROR_DETAILS);
        self.labels.as_ref().is_none_or(wanted)
    }

    /// Whether someone looks at one of these labels, whatever they are called in the end.
    fn wants_any<'a>(&self, mut labels: impl Iterator<Item = &'a str>) -> bool {
        let wanted = self.wanted();
        self.wants_errors() || labels.any(|label| wanted.label(label))
    }

    /// A parser that finds whatever is looked at.
    fn parser(&mut self, step: impl FnOnce(Wanted) -> Step) -> Option<Step> {
        if self.labels.as_ref().is_some_and(BTreeSet::is_empty) {
            return None;
        }
        let wanted = self.wanted();
        Some(self.reads(step(wanted)))
    }

    fn line_format(&mut self, text: &str, span: Span) -> Result<Option<Step>, EvalError> {
        let format = LineFormat::new(text).map_err(|message| EvalError::Stage { message, span })?;
        if !self.line && !self.wants_errors() {
            return Ok(None);
        }
        match format.names() {
            Some(names) => self.look_at(names),
            None => self.labels = None,
        }
        Ok(Some(self.reads(Step::LineFormat(format))))
    }

    fn label_format(&mut self, formats: &[LabelFormat], span: Span) -> Result<Step, EvalError> {
        let prepared = LabelFormats::new(formats).map_err(|message| EvalError::Stage { message, span })?;
        match prepared.names() {
            Some(names) => self.look_at(names),
            None => self.labels = None,
        }
        Ok(self.reads(Step::LabelFormat(prepared)))
    }
}

fn matched_name(choice: &LabelChoice) -> Option<&str> {
    match choice {
        LabelChoice::Name(_) => None,
        LabelChoice::Matcher(matcher) => Some(matcher.name()),
    }
}

/// Whether a filter passes lines with an error.
fn is_ip(filter: &LabelFilter) -> bool {
    match filter {
        LabelFilter::Ip { .. } => true,
        LabelFilter::And(filters) | LabelFilter::Or(filters) => filters.iter().any(is_ip),
        _ => false,
    }
}
