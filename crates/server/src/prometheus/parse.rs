//! `parse_query`: the query as a tree, in the words of Prometheus's page.

use axum::response::Response;
use model::Matcher;
use promql::ast::{Aggregation, At, Binary, BinaryOp, Call, Kind, Node, Selector, Span, Subquery, When};
use serde_json::{Value, json};
use series::{Group, Grouping, Matching};

use super::answer::{PromFault, success};
use super::params::Params;

/// The handler.
pub(super) async fn parse(params: Params) -> Result<Response, PromFault> {
    Ok(success(tree(&params.query()?.expr().node)))
}

/// A part of a query. Parentheses are told where the parts would be others without them.
fn tree(node: &Node) -> Value {
    match node {
        Node::Number(number) => json!({ "type": "numberLiteral", "val": number_text(*number) }),
        Node::Text(text) => json!({ "type": "stringLiteral", "val": text }),
        Node::Selector(selector) => with(json!({ "type": "vectorSelector" }), &[selected(selector)]),
        Node::Range(range) => {
            let of = json!({ "type": "matrixSelector", "range": millis(&range.range) });
            with(of, &[selected(&range.of)])
        }
        Node::Subquery(subquery) => of_subquery(subquery),
        Node::Call(call) => of_call(call),
        Node::Aggregation(aggregation) => of_aggregation(aggregation),
        Node::Binary(binary) => of_binary(binary),
        Node::Negated(of) => {
            json!({ "type": "unaryExpr", "op": "-", "expr": enclosed(&of.node, matches!(of.node, Node::Binary(_))) })
        }
    }
}

fn enclosed(node: &Node, is_loose: bool) -> Value {
    if is_loose { json!({ "type": "parenExpr", "expr": tree(node) }) } else { tree(node) }
}

fn of_subquery(subquery: &Subquery) -> Value {
    let is_loose = matches!(subquery.of.node, Node::Binary(_) | Node::Negated(_));
    let of = json!({
        "type": "subquery",
        "expr": enclosed(&subquery.of.node, is_loose),
        "range": millis(&subquery.range),
        "step": subquery.step.as_ref().map_or(json!(0), millis),
    });
    with(of, &[when(&subquery.when)])
}

fn of_call(call: &Call) -> Value {
    let function = call.function;
    let takes: Vec<&str> = function.takes.iter().map(|kind| kind_name(*kind)).collect();
    let arguments: Vec<Value> = call.arguments.iter().map(|argument| tree(&argument.node)).collect();
    json!({
        "type": "call",
        "func": {
            "name": function.name,
            "argTypes": takes,
            "variadic": function.optional.map_or(-1, |optional| optional as i64),
            "returnType": kind_name(function.returns),
        },
        "args": arguments,
    })
}

fn of_aggregation(aggregation: &Aggregation) -> Value {
    let (labels, without) = match &aggregation.grouping {
        Grouping::By(labels) => (labels, false),
        Grouping::Without(labels) => (labels, true),
    };
    json!({
        "type": "aggregation",
        "op": aggregation.op.word(),
        "expr": tree(&aggregation.of.node),
        "param": aggregation.parameter.as_ref().map(|parameter| tree(&parameter.node)),
        "grouping": labels,
        "without": without,
    })
}

fn of_binary(binary: &Binary) -> Value {
    let [left, right] = binary.loose_sides();
    let of_series = [&binary.left, &binary.right].iter().all(|side| side.node.kind() == Kind::Vector);
    json!({
        "type": "binaryExpr",
        "op": binary.op.text(),
        "lhs": enclosed(&binary.left.node, left),
        "rhs": enclosed(&binary.right.node, right),
        "matching": of_series.then(|| matching(&binary.matching, binary.op)),
        "bool": binary.returns_bool,
    })
}

fn matching(matching: &Matching, op: BinaryOp) -> Value {
    let nothing = Vec::new();
    let (card, include) = match (&matching.group, op) {
        (_, BinaryOp::Set(_)) => ("many-to-many", &nothing),
        (None, _) => ("one-to-one", &nothing),
        (Some(Group::Left(include)), _) => ("many-to-one", include),
        (Some(Group::Right(include)), _) => ("one-to-many", include),
    };
    json!({ "card": card, "labels": matching.labels, "on": matching.on, "include": include })
}

fn selected(selector: &Selector) -> Value {
    let name =
        selector.matchers.iter().find(|matcher| matcher.name() == "__name__" && matcher.op().text() == "=");
    let matchers: Vec<Value> = selector.matchers.iter().map(matcher).collect();
    let of = json!({ "name": name.map_or("", Matcher::value), "matchers": matchers });
    with(of, &[when(&selector.when)])
}

fn matcher(matcher: &Matcher) -> Value {
    json!({ "name": matcher.name(), "value": matcher.value(), "type": matcher.op().text() })
}

fn when(when: &When) -> Value {
    let (timestamp, start_or_end) = match when.at {
        None => (None, None),
        Some(At::Seconds(seconds)) => (Some((seconds * 1000.0).round() as i64), None),
        Some(At::Start) => (None, Some("start")),
        Some(At::End) => (None, Some("end")),
    };
    let offset = when.offset.as_ref().map_or(json!(0), millis);
    json!({ "offset": offset, "timestamp": timestamp, "startOrEnd": start_or_end })
}

/// `null` where it depends on when the query is asked.
fn millis(span: &Span) -> Value {
    fn constant(span: &Span) -> Option<f64> {
        match span {
            Span::Seconds(seconds) => Some(*seconds),
            Span::Negated(of) => constant(of).map(|seconds| -seconds),
            _ => None,
        }
    }
    json!(constant(span).map(|seconds| (seconds * 1000.0).round() as i64))
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Scalar => "scalar",
        Kind::Vector => "vector",
        Kind::Matrix => "matrix",
        Kind::Text => "string",
    }
}

fn number_text(number: f64) -> String {
    match number {
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        number => number.to_string(),
    }
}

/// All the members of these objects in one.
fn with(mut object: Value, others: &[Value]) -> Value {
    if let Value::Object(members) = &mut object {
        members.extend(
            others.iter().filter_map(Value::as_object).flatten().map(|(k, v)| (k.clone(), v.clone())),
        );
    }
    object
}
