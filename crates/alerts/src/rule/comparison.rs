//! The comparison that an expression ends with: the number from which on it is an alert.

use std::fmt;

use promql::ast as promql_ast;

use super::Source;

/// `left > number`, the part of an expression that decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is compared, without the comparison: a query of its own.
    pub left: String,
    /// As it is written: `>`.
    pub op: &'static str,
    /// With what it is compared.
    pub number: f64,
}

impl Comparison {
    /// The comparison of a rule's expression, if it has one with a plain number. Of `a > 1 and b > 2` it is the first:
    /// the first gives the value.
    pub fn of(source: &Source) -> Option<Self> {
        match source {
            Source::Promql(text) => {
                let mut expr = promql::parse(text).ok()?;
                let binary = deciding(&mut expr.node)?;
                let number = promql_number(&binary.right.node)?;
                Some(Self { left: binary.left.node.to_string(), op: binary.op.text(), number })
            }
            Source::Logql(text) => {
                let logql::Expr::Metric(mut expr) = logql::parse(text).ok()? else { return None };
                let binary = deciding_logql(&mut expr.node)?;
                let logql::ast::Metric::Number(number) = binary.right.node else { return None };
                Some(Self { left: binary.left.node.to_string(), op: binary.op.text(), number })
            }
            Source::Issue(_) | Source::Probe(_) | Source::Porthole(_) => None,
        }
    }

    /// The same expression with another number in the comparison.
    pub fn with_number(source: &Source, number: f64) -> Option<String> {
        match source {
            Source::Promql(text) => {
                let mut expr = promql::parse(text).ok()?;
                deciding(&mut expr.node)?.right.node = promql_ast::Node::Number(number);
                Some(expr.node.to_string())
            }
            Source::Logql(text) => {
                let logql::Expr::Metric(mut expr) = logql::parse(text).ok()? else { return None };
                deciding_logql(&mut expr.node)?.right.node = logql::ast::Metric::Number(number);
                Some(expr.node.to_string())
            }
            Source::Issue(_) | Source::Probe(_) | Source::Porthole(_) => None,
        }
    }
}

/// `> 0.05`
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.op, self.number)
    }
}

const COMPARISONS: [&str; 6] = ["==", "!=", ">", ">=", "<", "<="];
/// What stands on the left of these gives the labels and the value.
const LEFT_DECIDES: [&str; 2] = ["and", "unless"];

/// The comparison with a number that decides.
fn deciding(node: &mut promql_ast::Node) -> Option<&mut promql_ast::Binary> {
    let promql_ast::Node::Binary(binary) = node else { return None };
    if LEFT_DECIDES.contains(&binary.op.text()) {
        return deciding(&mut binary.left.node);
    }
    let decides = COMPARISONS.contains(&binary.op.text())
        && !binary.returns_bool
        && promql_number(&binary.right.node).is_some();
    decides.then_some(binary)
}

fn promql_number(node: &promql_ast::Node) -> Option<f64> {
    match node {
        promql_ast::Node::Number(number) => Some(*number),
        promql_ast::Node::Negated(of) => promql_number(&of.node).map(|number| -number),
        _ => None,
    }
}

fn deciding_logql(node: &mut logql::ast::Metric) -> Option<&mut logql::ast::Binary> {
    let logql::ast::Metric::Binary(binary) = node else { return None };
    if LEFT_DECIDES.contains(&binary.op.text()) {
        return deciding_logql(&mut binary.left.node);
    }
    let decides = COMPARISONS.contains(&binary.op.text())
        && !binary.returns_bool
        && matches!(binary.right.node, logql::ast::Metric::Number(_));
    decides.then_some(binary)
}
