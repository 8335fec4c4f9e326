//! Queries over several lines, as Loki's `format_query` lays them out: what is longer than a line of
//! [`LINE_CHARACTERS_MAX`] is broken up, a stage or an argument to each line, two spaces further in for each level.

use crate::ast::{Aggregation, Binary, Expr, LabelReplace, LogExpr, Metric, RangeAggregation};
use crate::literal::{duration, number, text};

const LINE_CHARACTERS_MAX: usize = 100;

impl Expr {
    /// The query in its normal form, over several lines if it is long.
    pub fn pretty(&self) -> String {
        match self {
            Self::Log(log) => pipeline(log, 0),
            Self::Metric(metric) => numbers(&metric.node, 0),
        }
    }
}

fn indent(level: usize) -> String {
    "  ".repeat(level)
}

/// In one line, if it fits.
fn in_one(text: String, level: usize) -> Option<String> {
    (text.chars().count() <= LINE_CHARACTERS_MAX).then(|| format!("{}{text}", indent(level)))
}

fn pipeline(log: &LogExpr, level: usize) -> String {
    if let Some(short) = in_one(log.to_string(), level) {
        return short;
    }
    let selector = LogExpr { selector: log.selector.clone(), stages: Vec::new() };
    let mut lines = vec![format!("{}{selector}", indent(level))];
    lines.extend(log.stages.iter().map(|stage| format!("{}{}", indent(level + 1), stage.node)));
    lines.join("\n")
}

fn numbers(metric: &Metric, level: usize) -> String {
    if let Some(short) = in_one(metric.to_string(), level) {
        return short;
    }
    match metric {
        Metric::Range(range) => of_range(range, level),
        Metric::Aggregation(aggregation) => of_series(aggregation, level),
        Metric::Binary(binary) => of_two(binary, level),
        Metric::LabelReplace(replace) => of_labels(replace, level),
        Metric::Number(_) | Metric::Vector(_) => format!("{}{metric}", indent(level)),
    }
}

fn of_range(range: &RangeAggregation, level: usize) -> String {
    let mut out = format!("{}{}(\n", indent(level), range.op.text());
    if let Some(parameter) = range.parameter {
        out.push_str(&format!("{}{},\n", indent(level + 1), number::write(parameter)));
    }
    out.push_str(&pipeline(&range.over.log, level + 1));
    if let Some(unwrap) = &range.over.unwrap {
        out.push_str(&format!("\n{}{unwrap}", indent(level + 2)));
    }
    let nanos = i64::try_from(range.over.range.as_nanos()).unwrap_or(i64::MAX);
    out.push_str(&format!(" [{}]", duration::write(nanos)));
    if range.over.offset != 0 {
        out.push_str(&format!(" offset {}", duration::write(range.over.offset)));
    }
    out.push_str(&format!("\n{})", indent(level)));
    range.grouping.iter().for_each(|grouping| out.push_str(&format!(" {grouping}")));
    out
}

fn of_series(aggregation: &Aggregation, level: usize) -> String {
    let mut out = format!("{}{}", indent(level), aggregation.op.text());
    aggregation.grouping.iter().for_each(|grouping| out.push_str(&format!(" {grouping} ")));
    out.push_str("(\n");
    if let Some(parameter) = aggregation.parameter {
        out.push_str(&format!("{}{parameter},\n", indent(level + 1)));
    }
    out.push_str(&numbers(&aggregation.of.node, level + 1));
    out + &format!("\n{})", indent(level))
}

fn of_two(binary: &Binary, level: usize) -> String {
    let side = |metric: &Metric, loose: bool| match loose {
        false => numbers(metric, level + 1),
        true => format!("{0}(\n{1}\n{0})", indent(level + 1), numbers(metric, level + 2)),
    };
    let [left, right] = binary.loose_sides();
    let (left, right) = (side(&binary.left.node, left), side(&binary.right.node, right));
    format!("{left}\n{}{}\n{right}", indent(level), binary.operator())
}

fn of_labels(replace: &LabelReplace, level: usize) -> String {
    let of = numbers(&replace.of.node, level + 1);
    let arguments = [&replace.to, &replace.replacement, &replace.from, replace.regexp.text()];
    let arguments = arguments.map(|argument| format!("{}{}", indent(level + 1), text::write(argument)));
    format!("{0}label_replace(\n{of},\n{1}\n{0})", indent(level), arguments.join(",\n"))
}
