//! The syntax tree of a query. Texts that mean something (regular expressions, patterns, addresses, paths) are
//! checked while parsing and stand here ready to run. Parentheses are gone: the tree's shape has them.
//!
//! `Display` writes a query in its normal form, which parses to the same tree.

use std::time::Duration;

use model::{Matcher, Selector};

use crate::Spanned;
pub use crate::operand::{CapturePattern, IpMatch, JsonPath, JsonStep, LinePattern, Regexp};

mod words;

pub use words::{BinaryOp, Comparison, Conversion, LineOp, RangeOp, VectorOp};

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// Asks for lines.
    Log(LogExpr),
    /// Asks for numbers.
    Metric(MetricExpr),
}

/// `{service="web"} |= "error" | json | status >= 500`
#[derive(Clone, Debug, PartialEq)]
pub struct LogExpr {
    /// Which streams.
    pub selector: Spanned<Selector>,
    /// What happens to each of their lines, in this order.
    pub stages: Vec<Spanned<Stage>>,
}

/// One step of a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// `|= "a" or "b"`
    Line(LineFilter),
    /// `| status >= 500 and method = "GET"`
    Label(LabelFilter),
    /// `| json`, or `| json first="server[0]"` with the labels to take out
    Json(Vec<JsonExtraction>),
    /// `| logfmt --strict`, or `| logfmt a="b"` with the labels to take out
    Logfmt(Logfmt),
    /// `` | pattern `<ip> - <_>` ``
    Pattern(CapturePattern),
    /// `` | regexp `(?P<ip>\S+)` ``
    Regexp(Regexp),
    /// `| unpack`
    Unpack,
    /// `| line_format "{{.message}}"`
    LineFormat(String),
    /// `| label_format a=b, c="{{.d}}"`
    LabelFormat(Vec<LabelFormat>),
    /// `| decolorize`
    Decolorize,
    /// `| drop a, b="c"`
    Drop(Vec<LabelChoice>),
    /// `| keep a, b="c"`
    Keep(Vec<LabelChoice>),
    /// `| distinct a, b`: of lines with equal values of these labels only the first, in the direction in which they
    /// are read. An extension; it stands last or before `context`.
    Distinct(Vec<String>),
    /// `| context 3`: so many lines before and after each line of the answer, from the same stream. An extension;
    /// it stands last.
    Context(usize),
}

/// Keeps or drops lines by their text.
#[derive(Clone, Debug, PartialEq)]
pub struct LineFilter {
    /// How to compare.
    pub op: LineOp,
    /// What with; at least one. A positive filter keeps what any of them matches, a negative one what none does.
    pub alternatives: Vec<LineMatch>,
}

/// What a line filter compares with.
#[derive(Clone, Debug, PartialEq)]
pub enum LineMatch {
    /// Of `|=` and `!=`: a part of the line.
    Text(String),
    /// Of `|~` and `!~`.
    Regexp(Regexp),
    /// Of `|>` and `!>`.
    Pattern(LinePattern),
    /// Of `|=` and `!=`: `ip("10.0.0.0/8")`.
    Ip(IpMatch),
}

/// Keeps lines by their labels.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelFilter {
    /// `name =~ "value"`
    Matcher(Matcher),
    /// `name >= 5`
    Number(Compared<f64>),
    /// `name >= 5s`, in nanoseconds
    Duration(Compared<i64>),
    /// `name >= 5KB`, in bytes
    Bytes(Compared<u64>),
    /// `name = ip("10.0.0.0/8")` or `!=`
    Ip {
        /// The label.
        name: String,
        /// Whether the address must not match.
        negated: bool,
        /// The addresses.
        addresses: IpMatch,
    },
    /// All of them; at least two, none of them an `And`.
    And(Vec<LabelFilter>),
    /// Any of them; at least two, none of them an `Or`.
    Or(Vec<LabelFilter>),
}

/// A label's value beside a constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared<T> {
    /// The label.
    pub name: String,
    /// How to compare.
    pub op: Comparison,
    /// What with.
    pub value: T,
}

/// `label="path"` of `json`.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonExtraction {
    /// The label that gets the value.
    pub label: String,
    /// Where in the document the value is.
    pub path: JsonPath,
}

/// Options of `logfmt`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logfmt {
    /// A malformed line is an error.
    pub strict: bool,
    /// Keys without a value become labels with an empty one.
    pub keep_empty: bool,
    /// Only these labels; empty: every key.
    pub extractions: Vec<LogfmtExtraction>,
}

/// `label="key"` of `logfmt`.
#[derive(Clone, Debug, PartialEq)]
pub struct LogfmtExtraction {
    /// The label that gets the value.
    pub label: String,
    /// The key in the line.
    pub key: String,
}

/// One assignment of `label_format`.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelFormat {
    /// `to=from`
    Rename {
        /// The new name.
        to: String,
        /// The old one, which goes.
        from: String,
    },
    /// `name="template"`
    Template {
        /// The label that is set.
        name: String,
        /// What it is set to.
        template: String,
    },
}

/// A label that `drop` or `keep` means.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelChoice {
    /// Whatever its value.
    Name(String),
    /// Only with such a value.
    Matcher(Matcher),
}

/// A query for numbers.
pub type MetricExpr = Spanned<Metric>;

/// What a query for numbers is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    /// `1.5`: a scalar.
    Number(f64),
    /// `vector(1.5)`: one sample without labels.
    Vector(f64),
    /// `rate({…}[5m])`
    Range(RangeAggregation),
    /// `sum by (service) (…)`
    Aggregation(Aggregation),
    /// `a / b`
    Binary(Box<Binary>),
    /// `label_replace(…, "to", "$1", "from", "(.*)")`
    LabelReplace(Box<LabelReplace>),
}

/// Makes a number of the lines in a window of time.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeAggregation {
    /// The function.
    pub op: RangeOp,
    /// The φ of `quantile_over_time`.
    pub parameter: Option<f64>,
    /// Which lines, and the window.
    pub over: LogRange,
    /// Which labels the series keep.
    pub grouping: Option<Grouping>,
}

/// Lines in a window that ends at the instant of evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRange {
    /// Which lines.
    pub log: LogExpr,
    /// Which of their labels is the number.
    pub unwrap: Option<Unwrap>,
    /// How long the window is.
    pub range: Duration,
    /// How much earlier than the evaluation it ends, in nanoseconds; later where negative.
    pub offset: i64,
}

/// `| unwrap duration(took) | __error__ = ""`
#[derive(Clone, Debug, PartialEq)]
pub struct Unwrap {
    /// The label.
    pub label: String,
    /// How its text becomes a number.
    pub conversion: Option<Conversion>,
    /// Filters after it, all of which must pass.
    pub filters: Vec<LabelFilter>,
}

/// Makes fewer series of many.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregation {
    /// The function.
    pub op: VectorOp,
    /// The k of `topk` and its kin.
    pub parameter: Option<u64>,
    /// The series.
    pub of: Box<MetricExpr>,
    /// Which of their labels tell groups apart.
    pub grouping: Option<Grouping>,
}

/// `by (a, b)` or `without (a, b)`
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    /// All labels but the listed ones, instead of the listed ones.
    pub without: bool,
    /// The labels.
    pub labels: Vec<String>,
}

/// `left op right`
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// Comparisons: give 0 or 1 instead of filtering.
    pub returns_bool: bool,
    /// Which labels make a pair of two series; all of them by default.
    pub matching: Option<Matching>,
    /// What stands before the operator.
    pub left: MetricExpr,
    /// What stands after it.
    pub right: MetricExpr,
}

/// `on (a) group_left (b)`
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    /// Only the listed labels (`on`) instead of all but them (`ignoring`).
    pub on: bool,
    /// The labels.
    pub labels: Vec<String>,
    /// Whether one side may have many series for one of the other.
    pub group: Option<Group>,
}

/// The side that may have many series, and the labels that it takes over from the other side.
#[derive(Clone, Debug, PartialEq)]
pub enum Group {
    /// `group_left (labels)`
    Left(Vec<String>),
    /// `group_right (labels)`
    Right(Vec<String>),
}

/// Sets a label from another one.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelReplace {
    /// The series.
    pub of: MetricExpr,
    /// The label to set.
    pub to: String,
    /// What to set it to; `$1` is the first group of `regexp`.
    pub replacement: String,
    /// The label to look at.
    pub from: String,
    /// Must match its whole value.
    pub regexp: Regexp,
}

impl LabelFilter {
    /// All of `filters`, without an `And` inside an `And`.
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
        let nested = filters.into_iter().flat_map(|filter| match filter {
            Self::And(inner) => inner,
            other => vec![other],
        });
        only_or(nested.collect(), Self::And)
    }

    /// The labels that are compared.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Matcher(matcher) => vec![matcher.name()],
            Self::Number(with) => vec![&with.name],
            Self::Duration(with) => vec![&with.name],
            Self::Bytes(with) => vec![&with.name],
            Self::Ip { name, .. } => vec![name],
            Self::And(filters) | Self::Or(filters) => filters.iter().flat_map(Self::names).collect(),
        }
    }

    /// Any of `filters`, without an `Or` inside an `Or`.
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        let nested = filters.into_iter().flat_map(|filter| match filter {
            Self::Or(inner) => inner,
            other => vec![other],
        });
        only_or(nested.collect(), Self::Or)
    }
}

fn only_or(mut filters: Vec<LabelFilter>, many: fn(Vec<LabelFilter>) -> LabelFilter) -> LabelFilter {
    match filters.len() {
        1 => filters.remove(0),
        _ => many(filters),
    }
}
