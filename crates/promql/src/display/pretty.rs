//! Queries over several lines: what is longer than a line of [`LINE_CHARACTERS_MAX`] is broken up, an argument to each
//! line, two spaces further in for each level.

use crate::ast::{Aggregation, Binary, Call, Node, Subquery};

const LINE_CHARACTERS_MAX: usize = 100;

impl Node {
    /// The query in its normal form, over several lines if it is long.
    pub fn pretty(&self) -> String {
        pretty(self, 0)
    }
}

fn indent(level: usize) -> String {
    "  ".repeat(level)
}

fn pretty(node: &Node, level: usize) -> String {
    let text = node.to_string();
    if text.chars().count() <= LINE_CHARACTERS_MAX {
        return indent(level) + &text;
    }
    match node {
        Node::Aggregation(aggregation) => of_aggregation(aggregation, level),
        Node::Call(call) => of_call(call, level),
        Node::Binary(binary) => of_binary(binary, level),
        Node::Subquery(subquery) => of_subquery(subquery, level),
        Node::Negated(of) => {
            let is_loose = matches!(of.node, Node::Binary(_));
            format!("{}-{}", indent(level), enclosed(&of.node, is_loose, level).trim_start())
        }
        Node::Number(_) | Node::Text(_) | Node::Selector(_) | Node::Range(_) => indent(level) + &text,
    }
}

fn enclosed(node: &Node, is_loose: bool, level: usize) -> String {
    match is_loose {
        false => pretty(node, level),
        true => format!("{0}(\n{1}\n{0})", indent(level), pretty(node, level + 1)),
    }
}

fn of_aggregation(aggregation: &Aggregation, level: usize) -> String {
    let arguments = aggregation.parameter.iter().chain([&aggregation.of]);
    let arguments: Vec<String> = arguments.map(|argument| pretty(&argument.node, level + 1)).collect();
    format!("{0}{1}(\n{2}\n{0})", indent(level), aggregation.head(), arguments.join(",\n"))
}

fn of_call(call: &Call, level: usize) -> String {
    let arguments = call.arguments.iter().map(|argument| pretty(&argument.node, level + 1));
    let arguments = arguments.collect::<Vec<_>>().join(",\n");
    format!("{0}{1}(\n{arguments}\n{0})", indent(level), call.function.name)
}

fn of_binary(binary: &Binary, level: usize) -> String {
    let [left, right] = binary.loose_sides();
    let left = enclosed(&binary.left.node, left, level + 1);
    let right = enclosed(&binary.right.node, right, level + 1);
    format!("{left}\n{}{}\n{right}", indent(level), binary.operator())
}

fn of_subquery(subquery: &Subquery, level: usize) -> String {
    let mut text = enclosed(&subquery.of.node, subquery.is_loose(), level);
    // Writing to a text cannot fail.
    let _ = subquery.window(&mut text);
    text
}
