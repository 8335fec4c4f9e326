//! What can be wrong with a line.

use std::fmt;

/// How much of a bad line is repeated.
const SHOWN_CHARACTERS_MAX: usize = 120;

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which one, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: Problem,
    /// Its beginning.
    pub text: String,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Problem {
    /// Neither a name nor a brace begins it.
    #[error("a metric's name or `{{` must begin the line")]
    Name,
    /// The braces hold what is no list of labels.
    #[error("labels are written as {{name=\"value\",other=\"value\"}}")]
    Labels,
    /// A label stands there twice.
    #[error("a label is given twice")]
    LabelTwice,
    /// A closing quote is missing.
    #[error("a closing quote is missing")]
    Quote,
    /// No number follows the series.
    #[error("a number must follow the name and the labels")]
    Value,
    /// What follows the number is no timestamp.
    #[error("what follows the number is no timestamp")]
    Timestamp,
    /// What follows the timestamp is no exemplar.
    #[error("more stands in the line than a number and a timestamp")]
    Rest,
    /// `# TYPE` with something else than a name and a type.
    #[error(
        "# TYPE needs a name and one of counter, gauge, histogram, summary, untyped, unknown, info, stateset"
    )]
    Type,
    /// `# HELP` or `# UNIT` without a name.
    #[error("# HELP and # UNIT need a name")]
    Metadata,
    /// The series stands there a second time.
    #[error("the series is there already, and its first number counts")]
    Twin,
    /// More lines after `# EOF`.
    #[error("there are lines after # EOF")]
    AfterEnd,
    /// The body ends before `# EOF`.
    #[error("the last line must be # EOF: the answer may have been cut off")]
    NoEnd,
}

impl Fault {
    pub(crate) fn new(line: usize, problem: Problem, text: &str) -> Self {
        Self { line, problem, text: text.chars().take(SHOWN_CHARACTERS_MAX).collect() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)?;
        if self.text.is_empty() { Ok(()) } else { write!(f, ": `{}`", self.text) }
    }
}
