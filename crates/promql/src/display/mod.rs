//! Queries as text: their normal form in one line ([`Display`]), and over several lines as Prometheus'
//! `format_query` lays them out ([`Node::pretty`]).

mod pretty;

use std::fmt::{self, Display, Formatter, Result, Write};
use std::time::Duration;

use model::{Matcher, format_duration};
use series::{Group, Grouping, Matching};
use syntax::text;

use crate::ast::{
    Aggregation, At, Binary, Call, Node, RangeSelector, Selector, Span, SpanOperator, Subquery, When,
};
use crate::literal::write_number;

const NAME: &str = "__name__";
/// Binds more tightly than a sign.
const POWER: u8 = 7;

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Number(number) => f.write_str(&write_number(*number)),
            Self::Text(value) => f.write_str(&text::write(value)),
            Self::Selector(selector) => selector.fmt(f),
            Self::Range(range) => range.fmt(f),
            Self::Subquery(subquery) => subquery.fmt(f),
            Self::Call(call) => call.fmt(f),
            Self::Aggregation(aggregation) => aggregation.fmt(f),
            Self::Binary(binary) => binary.fmt(f),
            Self::Negated(of) => {
                f.write_char('-')?;
                enclosed(
                    f,
                    &of.node,
                    matches!(&of.node, Self::Binary(inner) if inner.op.precedence() < POWER),
                )
            }
        }
    }
}

fn enclosed(f: &mut Formatter<'_>, node: &Node, is_loose: bool) -> Result {
    if is_loose { write!(f, "({node})") } else { node.fmt(f) }
}

impl Display for Selector {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write_series(f, &self.matchers)?;
        self.when.fmt(f)
    }
}

/// `up{job="web"}`, or `{"my.metric","my.label"="x"}` where names need quotes.
fn write_series(f: &mut Formatter<'_>, matchers: &[Matcher]) -> Result {
    let names = |matcher: &Matcher| matcher.name() == NAME && matcher.op() == model::MatchOp::Equal;
    let name =
        matchers.iter().find(|matcher| names(matcher)).map(Matcher::value).filter(|name| !name.is_empty());
    let mut parts: Vec<String> =
        matchers.iter().filter(|matcher| name.is_none() || !names(matcher)).map(written).collect();
    match name {
        Some(name) if is_plain(name, true) => f.write_str(name)?,
        Some(name) => parts.insert(0, text::write(name)),
        None => {}
    }
    if parts.is_empty() {
        return Ok(());
    }
    write!(f, "{{{}}}", parts.join(","))
}

fn written(matcher: &Matcher) -> String {
    format!("{}{}{}", label(matcher.name()), matcher.op().text(), text::write(matcher.value()))
}

/// A label's name, in quotes if it needs them.
fn label(name: &str) -> String {
    if is_plain(name, false) { name.to_owned() } else { text::write(name) }
}

/// Whether a name can stand without quotes.
fn is_plain(name: &str, with_colons: bool) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || (with_colons && byte == b':');
    !name.is_empty() && !name.as_bytes()[0].is_ascii_digit() && name.bytes().all(fits)
}

impl Display for When {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.at {
            None => {}
            Some(At::Seconds(seconds)) => write!(f, " @ {seconds:.3}")?,
            Some(At::Start) => f.write_str(" @ start()")?,
            Some(At::End) => f.write_str(" @ end()")?,
        }
        match &self.offset {
            None => Ok(()),
            Some(offset @ Span::Binary(SpanOperator::Arithmetic(_), _)) => write!(f, " offset ({offset})"),
            Some(offset) => write!(f, " offset {offset}"),
        }
    }
}

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Seconds(seconds) => {
                let sign = if *seconds < 0.0 { "-" } else { "" };
                let length = Duration::try_from_secs_f64(seconds.abs()).unwrap_or(Duration::MAX);
                write!(f, "{sign}{}", format_duration(length))
            }
            Self::Step => f.write_str("step()"),
            Self::Range => f.write_str("range()"),
            Self::Negated(of) if matches!(**of, Self::Binary(SpanOperator::Arithmetic(_), _)) => {
                write!(f, "-({of})")
            }
            Self::Negated(of) => write!(f, "-{of}"),
            Self::Binary(SpanOperator::Min, sides) => write!(f, "min_of({}, {})", sides[0], sides[1]),
            Self::Binary(SpanOperator::Max, sides) => write!(f, "max_of({}, {})", sides[0], sides[1]),
            Self::Binary(SpanOperator::Arithmetic(op), sides) => {
                let op = crate::ast::BinaryOp::Number(*op).text();
                write!(f, "{} {op} {}", Side(&sides[0]), Side(&sides[1]))
            }
        }
    }
}

/// A stretch of time beside an operator.
struct Side<'a>(&'a Span);

impl Display for Side<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.0 {
            Span::Binary(SpanOperator::Arithmetic(_), _) | Span::Negated(_) => write!(f, "({})", self.0),
            other => other.fmt(f),
        }
    }
}

impl Display for RangeSelector {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write_series(f, &self.of.matchers)?;
        write!(f, "[{}]{}", self.range, self.of.when)
    }
}

impl Display for Subquery {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        enclosed(f, &self.of.node, self.is_loose())?;
        self.window(f)
    }
}

impl Subquery {
    /// Whether what it is made of would be torn apart without parentheses.
    fn is_loose(&self) -> bool {
        matches!(self.of.node, Node::Binary(_) | Node::Negated(_))
    }

    fn window(&self, f: &mut impl Write) -> Result {
        let step = self.step.as_ref().map_or(String::new(), ToString::to_string);
        write!(f, "[{}:{step}]{}", self.range, self.when)
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}(", self.function.name)?;
        joined(f, self.arguments.iter().map(|argument| &argument.node))?;
        f.write_char(')')
    }
}

fn joined<T: Display>(f: &mut Formatter<'_>, items: impl IntoIterator<Item = T>) -> Result {
    for (index, item) in items.into_iter().enumerate() {
        write!(f, "{}{item}", if index > 0 { ", " } else { "" })?;
    }
    Ok(())
}

impl Display for Aggregation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}(", self.head())?;
        if let Some(parameter) = &self.parameter {
            write!(f, "{}, ", parameter.node)?;
        }
        write!(f, "{})", self.of.node)
    }
}

impl Aggregation {
    /// What stands before its parenthesis: `sum`, `sum by (job) `.
    fn head(&self) -> String {
        let op = self.op.word();
        match &self.grouping {
            Grouping::By(names) if names.is_empty() => op.to_owned(),
            Grouping::By(names) => format!("{op} by ({}) ", listed(names)),
            Grouping::Without(names) => format!("{op} without ({}) ", listed(names)),
        }
    }
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| label(name)).collect::<Vec<_>>().join(", ")
}

impl Display for Binary {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let [left, right] = self.loose_sides();
        enclosed(f, &self.left.node, left)?;
        write!(f, " {} ", self.operator())?;
        enclosed(f, &self.right.node, right)
    }
}

impl Binary {
    /// The operator with all that belongs to it.
    fn operator(&self) -> String {
        let returns_bool = if self.returns_bool { " bool" } else { "" };
        format!("{}{returns_bool}{}", self.op.text(), matching(&self.matching))
    }

    /// Whether the left and the right side need parentheses: would otherwise be read as part of something else.
    pub fn loose_sides(&self) -> [bool; 2] {
        let own = self.op.precedence();
        // An operator of the same precedence would be drawn to the other side.
        let is_loose = |side: &Node, equal_too: bool| match side {
            Node::Binary(inner) => inner.op.precedence() < own || (equal_too && inner.op.precedence() == own),
            _ => false,
        };
        let is_power = own == POWER;
        let has_sign = match &self.left.node {
            Node::Negated(_) => true,
            Node::Number(number) => number.is_sign_negative() || *number == f64::INFINITY,
            _ => false,
        };
        [is_loose(&self.left.node, is_power) || (is_power && has_sign), is_loose(&self.right.node, !is_power)]
    }
}

fn matching(matching: &Matching) -> String {
    let mut text = match (matching.on, matching.labels.is_empty(), &matching.group) {
        (false, true, None) => return String::new(),
        (on, ..) => format!(" {} ({})", if on { "on" } else { "ignoring" }, listed(&matching.labels)),
    };
    match &matching.group {
        None => {}
        Some(Group::Left(included)) => text.push_str(&format!(" group_left ({})", listed(included))),
        Some(Group::Right(included)) => text.push_str(&format!(" group_right ({})", listed(included))),
    }
    text
}

impl fmt::Display for crate::Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.expr().node.fmt(f)
    }
}

#[cfg(test)]
mod tests;
