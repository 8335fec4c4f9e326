//! Expressions of rules: whether they can be read, and whether they mean what their author may think.

use promql::ast::{Kind, Node};

use crate::rule::{Comparison, Rule, Source, Warning};

/// Whether PromQL can be read and gives numbers; what is wrong says where.
pub(crate) fn promql(text: &str) -> Result<(), String> {
    let expr = promql::parse(text).map_err(|error| error.to_string())?;
    match expr.node.kind() {
        Kind::Scalar | Kind::Vector => Ok(()),
        kind => Err(format!("the expression gives a {}, and a rule needs an instant vector", kind.name())),
    }
}

/// Whether LogQL can be read and gives numbers.
pub(crate) fn logql(text: &str) -> Result<(), String> {
    match logql::parse(text).map_err(|error| error.to_string())? {
        logql::Expr::Metric(_) => Ok(()),
        logql::Expr::Log(_) => {
            Err("the query gives lines, and a rule needs numbers: write count_over_time({…} [5m]) > 0"
                .to_owned())
        }
    }
}

/// Warns of an expression whose every series is an alert.
pub(super) fn warn(rule: &Rule, warnings: &mut Vec<Warning>) {
    let always = match &rule.source {
        Source::Promql(text) => promql::parse(text).is_ok_and(|expr| always_gives(&expr.node)),
        Source::Logql(_) => Comparison::of(&rule.source).is_none() && !has_operator(&rule.source),
        Source::Issue(_) | Source::Probe(_) | Source::Porthole(_) => false,
    };
    if always {
        warnings.push(Warning {
            place: Some(rule.place.clone()),
            subject: format!("rule `{}`", rule.name),
            text: "nothing is compared: every series is an alert for as long as it has samples; write a comparison, such \
                   as > 0, or filter otherwise"
                .to_owned(),
        });
    }
}

/// Neither a comparison nor anything else that leaves series out.
fn always_gives(node: &Node) -> bool {
    match node {
        Node::Binary(binary) => {
            let filters = ["==", "!=", ">", ">=", "<", "<=", "and", "or", "unless"];
            !filters.contains(&binary.op.text())
        }
        Node::Call(call) => !call.function.name.starts_with("absent"),
        Node::Aggregation(aggregation) => always_gives(&aggregation.of.node),
        Node::Negated(of) => always_gives(&of.node),
        _ => true,
    }
}

fn has_operator(source: &Source) -> bool {
    let Source::Logql(text) = source else { return false };
    matches!(
        logql::parse(text),
        Ok(logql::Expr::Metric(expr)) if matches!(expr.node, logql::ast::Metric::Binary(_))
    ) || text.trim_start().starts_with("absent_over_time")
}
