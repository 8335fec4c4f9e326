//! The syntax tree of a query. Parentheses are gone: the tree's shape has them.

use model::Matcher;
use series::{Grouping, Matching, Operator, SetOperator};
use syntax::Spanned;

use crate::functions::Function;

/// A query, or a part of one.
pub type Expr = Spanned<Node>;

/// What a query is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `1.5`, `5m` (300)
    Number(f64),
    /// `"text"`
    Text(String),
    /// `up{job="web"} offset 5m`
    Selector(Selector),
    /// `up[5m]`
    Range(RangeSelector),
    /// `rate(up[5m])[1h:1m]`
    Subquery(Box<Subquery>),
    /// `rate(…)`
    Call(Call),
    /// `sum by (job) (…)`
    Aggregation(Box<Aggregation>),
    /// `a / b`
    Binary(Box<Binary>),
    /// `-a`
    Negated(Box<Expr>),
}

/// Which series, and at which instant their samples are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    /// All of them must match; `__name__` is one like any other.
    pub matchers: Vec<Matcher>,
    /// When.
    pub when: When,
}

/// Another instant than that of the evaluation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct When {
    /// `offset 5m`: so much earlier.
    pub offset: Option<Span>,
    /// `@ 1700000000`: instead of the instant of the evaluation.
    pub at: Option<At>,
}

/// What `@` names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum At {
    /// Seconds since the epoch.
    Seconds(f64),
    /// The first instant of the query.
    Start,
    /// The last instant of the query.
    End,
}

/// A stretch of time, in seconds, where `5m` or `step() * 2` stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Span {
    /// Written as it is.
    Seconds(f64),
    /// `step()`: the step of the query.
    Step,
    /// `range()`: from the first instant of the query to the last.
    Range,
    /// `-5m`
    Negated(Box<Span>),
    /// `5m * 2`, `min_of(…)`, `max_of(…)`
    Binary(SpanOperator, Box<[Span; 2]>),
}

/// How two stretches of time become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanOperator {
    /// `+ - * / % ^`
    Arithmetic(Operator),
    /// `min_of`
    Min,
    /// `max_of`
    Max,
}

/// Samples in a window that ends at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeSelector {
    /// Of which series, and when.
    pub of: Selector,
    /// How long the window is.
    pub range: Span,
}

/// Values that a query gives at the multiples of a step in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Subquery {
    /// The query.
    pub of: Expr,
    /// How long the window is.
    pub range: Span,
    /// The step; that of rules by default.
    pub step: Option<Span>,
    /// Where the window ends.
    pub when: When,
}

/// A function and what it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function.
    pub function: &'static Function,
    /// As many as it takes, of the kinds that it takes.
    pub arguments: Vec<Expr>,
}

/// Makes fewer series of many.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregation {
    /// The function.
    pub op: AggregationOp,
    /// The k of `topk`, the φ of `quantile`, the label of `count_values`.
    pub parameter: Option<Expr>,
    /// The series.
    pub of: Expr,
    /// Which of their labels tell groups apart.
    pub grouping: Grouping,
}

/// The functions of aggregations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are named as they are written")]
pub enum AggregationOp {
    Sum,
    Avg,
    Count,
    Min,
    Max,
    Group,
    Stddev,
    Stdvar,
    Topk,
    Bottomk,
    CountValues,
    Quantile,
}

impl AggregationOp {
    const WORDS: [(&'static str, Self); 12] = [
        ("sum", Self::Sum),
        ("avg", Self::Avg),
        ("count", Self::Count),
        ("min", Self::Min),
        ("max", Self::Max),
        ("group", Self::Group),
        ("stddev", Self::Stddev),
        ("stdvar", Self::Stdvar),
        ("topk", Self::Topk),
        ("bottomk", Self::Bottomk),
        ("count_values", Self::CountValues),
        ("quantile", Self::Quantile),
    ];

    /// Reads its word, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(text, _)| text.eq_ignore_ascii_case(word)).map(|(_, op)| *op)
    }

    /// The word that it is written with.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, op)| *op == self).map_or("", |(text, _)| text)
    }

    /// The kind of the parameter before the series, where it takes one.
    pub fn parameter(self) -> Option<Kind> {
        match self {
            Self::Topk | Self::Bottomk | Self::Quantile => Some(Kind::Scalar),
            Self::CountValues => Some(Kind::Text),
            _ => None,
        }
    }
}

/// `left op right`
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// Comparisons: give 0 or 1 instead of filtering.
    pub returns_bool: bool,
    /// Which series make a pair.
    pub matching: Matching,
    /// What stands before the operator.
    pub left: Expr,
    /// What stands after it.
    pub right: Expr,
}

/// An operator between two parts of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// Between numbers.
    Number(Operator),
    /// Between the labels of series.
    Set(SetOperator),
}

impl BinaryOp {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Number(Operator::Add) => "+",
            Self::Number(Operator::Subtract) => "-",
            Self::Number(Operator::Multiply) => "*",
            Self::Number(Operator::Divide) => "/",
            Self::Number(Operator::Modulo) => "%",
            Self::Number(Operator::Power) => "^",
            Self::Number(Operator::Atan2) => "atan2",
            Self::Number(Operator::Equal) => "==",
            Self::Number(Operator::NotEqual) => "!=",
            Self::Number(Operator::Greater) => ">",
            Self::Number(Operator::GreaterOrEqual) => ">=",
            Self::Number(Operator::Less) => "<",
            Self::Number(Operator::LessOrEqual) => "<=",
            Self::Set(SetOperator::And) => "and",
            Self::Set(SetOperator::Or) => "or",
            Self::Set(SetOperator::Unless) => "unless",
        }
    }

    /// How tightly it binds.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            Self::Set(SetOperator::Or) => 2,
            Self::Set(SetOperator::And | SetOperator::Unless) => 3,
            Self::Number(op) if op.is_comparison() => 4,
            Self::Number(Operator::Add | Operator::Subtract) => 5,
            Self::Number(Operator::Power) => 7,
            Self::Number(_) => 6,
        }
    }
}

/// What a part of a query gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number at each instant.
    Scalar,
    /// Series with a number at each instant.
    Vector,
    /// Series with the samples of a window at each instant.
    Matrix,
    /// A text.
    Text,
}

impl Kind {
    /// Prometheus's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Vector => "instant vector",
            Self::Matrix => "range vector",
            Self::Text => "string",
        }
    }
}

impl Node {
    /// Every selector in it, from left to right.
    pub fn selectors(&self) -> Vec<&Selector> {
        let mut found = Vec::new();
        self.collect_selectors(&mut found);
        found
    }

    fn collect_selectors<'a>(&'a self, found: &mut Vec<&'a Selector>) {
        match self {
            Self::Number(_) | Self::Text(_) => {}
            Self::Selector(selector) => found.push(selector),
            Self::Range(range) => found.push(&range.of),
            Self::Subquery(subquery) => subquery.of.node.collect_selectors(found),
            Self::Negated(of) => of.node.collect_selectors(found),
            Self::Call(call) => call.arguments.iter().for_each(|part| part.node.collect_selectors(found)),
            Self::Aggregation(aggregation) => {
                let parts = aggregation.parameter.iter().chain([&aggregation.of]);
                parts.for_each(|part| part.node.collect_selectors(found));
            }
            Self::Binary(binary) => {
                [&binary.left, &binary.right].into_iter().for_each(|side| side.node.collect_selectors(found));
            }
        }
    }

    /// What it gives.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Scalar,
            Self::Text(_) => Kind::Text,
            Self::Selector(_) | Self::Aggregation(_) => Kind::Vector,
            Self::Range(_) | Self::Subquery(_) => Kind::Matrix,
            Self::Call(call) => call.function.returns,
            Self::Negated(of) => of.node.kind(),
            Self::Binary(binary) => match (binary.left.node.kind(), binary.right.node.kind()) {
                (Kind::Scalar, Kind::Scalar) => Kind::Scalar,
                _ => Kind::Vector,
            },
        }
    }
}
