//! Functions that set labels, and what a query tells of labels that nobody has.

use model::{Labels, MatchOp, Matcher};
use regex::Regex;
use series::Series;

use super::EvalError;
use super::run::{Part, Run};
use crate::ast::{Call, Expr, Node};
use crate::source::Source;

/// Larger compiled expressions are refused.
const REGEX_BYTES_MAX: usize = 4 << 20;

/// `label_replace` and `label_join`.
pub(super) fn call<S: Source>(run: &mut Run<'_, '_, S>, call: &Call) -> Result<Part, EvalError> {
    let vector = run.vector(&call.arguments[0])?;
    let texts = call.arguments[1..].iter().map(|text| run.text(text)).collect::<Result<Vec<_>, _>>()?;
    let vector = match (call.function.name, texts.as_slice()) {
        ("label_replace", [to, replacement, from, regexp]) => {
            replaced(vector, to, replacement, from, regexp)?
        }
        (_, [to, separator, from @ ..]) => joined(vector, to, separator, from)?,
        _ => vector,
    };
    Ok(Part::Vector(vector))
}

fn replaced(
    vector: Vec<Series>,
    to: &str,
    replacement: &str,
    from: &str,
    regexp: &str,
) -> Result<Vec<Series>, EvalError> {
    let compiled = regex::RegexBuilder::new(&format!("^(?s:{})$", model::go_regex::translate(regexp)))
        .size_limit(REGEX_BYTES_MAX)
        .build();
    let regex: Regex = compiled.map_err(|error| EvalError::Regexp(error.to_string()))?;
    check("label_replace", to)?;
    let change = |labels: &Labels| {
        let Some(found) = regex.captures(labels.get(from).unwrap_or_default()) else { return labels.clone() };
        let mut value = String::new();
        found.expand(replacement, &mut value);
        labels.with(to, &value)
    };
    Ok(series::relabel(vector, change)?)
}

fn joined(vector: Vec<Series>, to: &str, separator: &str, from: &[String]) -> Result<Vec<Series>, EvalError> {
    check("label_join", to)?;
    from.iter().try_for_each(|name| check("label_join", name))?;
    let change = |labels: &Labels| {
        let values: Vec<&str> = from.iter().map(|name| labels.get(name).unwrap_or_default()).collect();
        labels.with(to, &values.join(separator))
    };
    Ok(series::relabel(vector, change)?)
}

/// Any text but the empty one names a label.
pub(super) fn check(function: &'static str, name: &str) -> Result<(), EvalError> {
    match name.is_empty() {
        true => Err(EvalError::LabelName { function, name: name.to_owned() }),
        false => Ok(()),
    }
}

/// The labels that a series would surely have if the query found one: those that it asks to be equal to something.
pub(super) fn told_by(expr: &Expr) -> Labels {
    let matchers: &[Matcher] = match &expr.node {
        Node::Selector(selector) => &selector.matchers,
        Node::Range(range) => &range.of.matchers,
        _ => &[],
    };
    let only = |matcher: &&Matcher| {
        let is_alone = matchers.iter().filter(|other| other.name() == matcher.name()).count() == 1;
        is_alone && matcher.op() == MatchOp::Equal && matcher.name() != "__name__"
    };
    Labels::from_pairs(matchers.iter().filter(only).map(|matcher| (matcher.name(), matcher.value())))
}
