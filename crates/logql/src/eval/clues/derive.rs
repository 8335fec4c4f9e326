//! Walks along a pipeline and notes what passing lines hold.

use std::collections::{BTreeSet, HashSet};

use model::{MatchOp, Matcher, label};

use super::escaped::escaped;
use super::{Clue, levels};
use crate::Spanned;
use crate::ast::{LabelFilter, LabelFormat, LineFilter, LineMatch, Regexp, Stage};
use crate::eval::Levels;
use crate::eval::pipeline::{ERROR, ERROR_DETAILS};
use crate::operand::Required;

/// How a text that a stage sees stands in the line that was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As it is.
    Verbatim,
    /// As it is or with the escapes of a quoted text.
    Escaped,
    /// Perhaps not at all.
    Made,
}

impl Form {
    /// Of what is found in a text of this form.
    fn within(self, inner: Self) -> Self {
        match (self, inner) {
            (Self::Verbatim, other) | (other, Self::Verbatim) => other,
            _ => Self::Made,
        }
    }

    /// Of what has one of two forms.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Made, _) | (_, Self::Made) => Self::Made,
            (Self::Verbatim, Self::Verbatim) => Self::Verbatim,
            _ => Self::Escaped,
        }
    }

    fn required(self, required: &Required) -> Option<Required> {
        match self {
            Self::Verbatim => Some(required.clone()),
            Self::Escaped => escaped(required),
            Self::Made => None,
        }
    }
}

/// What passing lines hold, and which levels they have.
pub(super) fn derive(stages: &[Spanned<Stage>]) -> (Vec<Clue>, Levels) {
    let mut walk = Walk {
        line: Form::Verbatim,
        parsed: None,
        only_parser: None,
        made: HashSet::new(),
        clues: Vec::new(),
        levels: Levels::ALL,
    };
    stages.iter().for_each(|stage| walk.stage(&stage.node));
    (walk.clues, walk.levels)
}

struct Walk<'s> {
    /// How the line as it is now stands in the one that was stored.
    line: Form,
    /// How values stand there that parsers found; `None`: there was no parser.
    parsed: Option<Form>,
    /// The parser, if there was but one.
    only_parser: Option<&'s Stage>,
    /// Labels that were made up or renamed.
    made: HashSet<&'s str>,
    clues: Vec<Clue>,
    levels: Levels,
}

impl<'s> Walk<'s> {
    fn stage(&mut self, stage: &'s Stage) {
        match stage {
            Stage::Line(filter) => {
                for required in of_line_filter(filter) {
                    self.clues.extend(self.line.required(&required).map(always));
                }
            }
            Stage::Label(filter) => {
                self.clues.extend(self.of_label_filter(filter));
                self.narrow_levels(filter);
            }
            Stage::Json(_) | Stage::Logfmt(_) => self.parser(stage, Form::Escaped),
            Stage::Unpack => {
                self.parser(stage, Form::Escaped);
                self.line = self.line.or(self.line.within(Form::Escaped));
            }
            Stage::Pattern(_) | Stage::Regexp(_) => self.parser(stage, Form::Verbatim),
            Stage::LineFormat(_) | Stage::Decolorize => self.line = Form::Made,
            Stage::LabelFormat(formats) => self.made.extend(formats.iter().flat_map(|format| match format {
                LabelFormat::Rename { to, from } => vec![to.as_str(), from],
                LabelFormat::Template { name, .. } => vec![name.as_str()],
            })),
            // A label that may be gone is no label that passes; but the level is thought to be always there.
            Stage::Drop(_) | Stage::Keep(_) => _ = self.made.insert(label::DETECTED_LEVEL),
            Stage::Distinct(_) | Stage::Context(_) => {}
        }
    }

    fn parser(&mut self, stage: &'s Stage, values: Form) {
        let values = self.line.within(values);
        self.only_parser = self.parsed.is_none().then_some(stage);
        self.parsed = Some(self.parsed.map_or(values, |before| before.or(values)));
    }

    /// What a line holds that passes: all of it.
    fn of_label_filter(&self, filter: &LabelFilter) -> Vec<Clue> {
        match filter {
            LabelFilter::Matcher(matcher) => self.of_matcher(matcher),
            LabelFilter::And(filters) => {
                filters.iter().flat_map(|filter| self.of_label_filter(filter)).collect()
            }
            LabelFilter::Or(filters) => self.of_any(filters).into_iter().collect(),
            // A number may be written in many ways, and what is none passes with an error.
            _ => Vec::new(),
        }
    }

    fn of_any(&self, filters: &[LabelFilter]) -> Option<Clue> {
        let best = |filter| {
            let clues = self.of_label_filter(filter);
            clues.into_iter().max_by_key(|clue| clue.required.strength())
        };
        let best: Vec<Clue> = filters.iter().map(best).collect::<Option<_>>()?;
        let unless = best.iter().flat_map(|clue| clue.unless.clone()).collect();
        let around = best.iter().any(|clue| clue.around);
        let required = Required::any(best.into_iter().map(|clue| vec![clue.required]))?;
        Some(Clue { required, unless, around })
    }

    fn of_matcher(&self, matcher: &Matcher) -> Vec<Clue> {
        let name = matcher.name();
        let Some(form) = self.parsed else { return Vec::new() };
        // An absent label is an empty one, and those of errors and of the level are not found in the line.
        let elsewhere =
            [ERROR, ERROR_DETAILS, label::DETECTED_LEVEL].contains(&name) || self.made.contains(name);
        if elsewhere || matcher.matches_value("") {
            return Vec::new();
        }
        let required = match matcher.op() {
            MatchOp::Equal => Required::text(matcher.value()).into_iter().collect(),
            MatchOp::Regex => {
                Regexp::new(matcher.value()).map(|regexp| regexp.required().to_vec()).unwrap_or_default()
            }
            MatchOp::NotEqual | MatchOp::NotRegex => Vec::new(),
        };
        let unless = BTreeSet::from([name.to_owned()]);
        let clue = |around: bool, required: Required| Clue { required, unless: unless.clone(), around };
        let values = required.iter().filter_map(|required| form.required(required));
        let mut clues: Vec<Clue> = values.map(|required| clue(false, required)).collect();
        clues.extend(self.around_capture(name).into_iter().map(|required| clue(true, required)));
        clues
    }

    /// What a line holds in which the only parser finds this label.
    fn around_capture(&self, name: &str) -> Vec<Required> {
        if self.line != Form::Verbatim || name.ends_with(crate::eval::pipeline::TAKEN_SUFFIX) {
            return Vec::new();
        }
        match self.only_parser {
            Some(Stage::Regexp(regexp)) => regexp.required().to_vec(),
            Some(Stage::Pattern(pattern)) if pattern.names().any(|other| other == name) => {
                pattern.literals_before(name).filter_map(Required::text).collect()
            }
            _ => Vec::new(),
        }
    }

    fn narrow_levels(&mut self, filter: &LabelFilter) {
        let parts = match filter {
            LabelFilter::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        for part in parts.iter().filter(|part| is_about_level(part)) {
            if !self.made.contains(label::DETECTED_LEVEL) {
                self.levels = self.levels.and(levels(|name| passes(part, name)));
            }
        }
    }
}

fn always(required: Required) -> Clue {
    Clue { required, unless: BTreeSet::new(), around: false }
}

/// What a line holds that passes: all of it.
fn of_line_filter(filter: &LineFilter) -> Vec<Required> {
    if filter.op.is_negative() {
        return Vec::new();
    }
    match filter.alternatives.as_slice() {
        [only] => of_line_match(only),
        several => Required::any(several.iter().map(of_line_match)).into_iter().collect(),
    }
}

fn of_line_match(wanted: &LineMatch) -> Vec<Required> {
    match wanted {
        LineMatch::Text(text) => Required::text(text).into_iter().collect(),
        LineMatch::Regexp(regexp) => regexp.required().to_vec(),
        LineMatch::Pattern(pattern) => pattern.literals().filter_map(Required::text).collect(),
        LineMatch::Ip(_) => Vec::new(),
    }
}

/// Whether a filter looks at the level and nothing else.
fn is_about_level(filter: &LabelFilter) -> bool {
    match filter {
        LabelFilter::Matcher(matcher) => matcher.name() == label::DETECTED_LEVEL,
        LabelFilter::And(filters) | LabelFilter::Or(filters) => filters.iter().all(is_about_level),
        _ => false,
    }
}

fn passes(filter: &LabelFilter, level: &str) -> bool {
    match filter {
        LabelFilter::Matcher(matcher) => matcher.matches_value(level),
        LabelFilter::And(filters) => filters.iter().all(|filter| passes(filter, level)),
        LabelFilter::Or(filters) => filters.iter().any(|filter| passes(filter, level)),
        _ => true,
    }
}
