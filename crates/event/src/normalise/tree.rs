//! Values of any shape, within limits and masked.

use super::intake::{TEXT_BYTES_MAX, WORD_BYTES_MAX, cut};
use super::{Intake, Place};
use crate::value::{Pair, Value};

/// How much of a tree is kept.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Levels below the names.
    pub(crate) depth: u32,
    /// Names, and members of each list and object.
    pub(crate) breadth: usize,
    /// Bytes of each text.
    pub(crate) text_bytes: usize,
}

/// The program's extra data, and contexts.
pub(crate) const EXTRA: Limits = Limits { depth: 8, breadth: 100, text_bytes: TEXT_BYTES_MAX };

/// Local variables.
pub(crate) const VARS: Limits = Limits { depth: 6, breadth: 60, text_bytes: 2 << 10 };

/// Names with trees.
pub(crate) fn pairs(
    intake: &mut Intake<'_>,
    value: Value,
    at: &Place<'_>,
    limits: Limits,
) -> Vec<Pair<Value>> {
    let pairs = intake.pairs(value, at);
    intake.within(pairs, at, limits.breadth, |intake, name, value, at| {
        Some(value_of(intake, name, value, at, limits))
    })
}

/// The value of a key: masked whole if the key says so.
pub(crate) fn value_of(
    intake: &mut Intake<'_>,
    key: &str,
    value: Value,
    at: &Place<'_>,
    limits: Limits,
) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value,
        Value::Text(text) => {
            let text = intake.fitting(text, at, limits.text_bytes);
            Value::Text(intake.scrubbed_value(key, text, at))
        }
        _ if intake.scrubber.is_secret(key) => {
            intake.masked(at);
            Value::Text(intake.scrubber.marker(key))
        }
        tree => branch(intake, tree, at, limits),
    }
}

/// A value without a key.
pub(crate) fn branch(intake: &mut Intake<'_>, value: Value, at: &Place<'_>, limits: Limits) -> Value {
    intake.values_left = intake.values_left.saturating_sub(1);
    match value {
        Value::Text(text) => {
            let text = intake.fitting(text, at, limits.text_bytes);
            Value::Text(intake.scrubbed(text, at))
        }
        Value::Number(number) => number_of(intake, number, at),
        Value::List(members) if is_beyond(intake, limits) => {
            beyond(members.is_empty(), Value::List(Vec::new()), "[…]")
        }
        Value::Object(fields) if is_beyond(intake, limits) => {
            beyond(fields.is_empty(), Value::Object(Vec::new()), "{…}")
        }
        Value::List(members) => list(intake, members, at, Limits { depth: limits.depth - 1, ..limits }),
        Value::Object(fields) => object(intake, fields, at, Limits { depth: limits.depth - 1, ..limits }),
        other => other,
    }
}

/// A number may be one of a card.
fn number_of(intake: &mut Intake<'_>, number: serde_json::Number, at: &Place<'_>) -> Value {
    const CARD_MIN: u64 = 1_000_000_000_000;
    if number.as_u64().is_none_or(|number| number < CARD_MIN) {
        return Value::Number(number);
    }
    let text = number.to_string();
    match intake.scrubber.text(&text) {
        Some(masked) => {
            intake.masked(at);
            Value::Text(masked)
        }
        None => Value::Number(number),
    }
}

fn is_beyond(intake: &Intake<'_>, limits: Limits) -> bool {
    limits.depth == 0 || intake.values_left == 0
}

fn beyond(is_empty: bool, empty: Value, sign: &str) -> Value {
    if is_empty { empty } else { Value::Text(sign.to_owned()) }
}

fn list(intake: &mut Intake<'_>, mut members: Vec<Value>, at: &Place<'_>, limits: Limits) -> Value {
    let all = members.len();
    members.truncate(limits.breadth);
    for (index, member) in members.iter_mut().enumerate() {
        *member = branch(intake, std::mem::take(member), &at.index(index), limits);
    }
    if all > limits.breadth {
        members.push(Value::Text(format!("… {} more", all - limits.breadth)));
    }
    Value::List(members)
}

fn object(intake: &mut Intake<'_>, mut fields: Vec<Pair<Value>>, at: &Place<'_>, limits: Limits) -> Value {
    let all = fields.len();
    fields.truncate(limits.breadth);
    for (name, value) in &mut fields {
        cut(name, WORD_BYTES_MAX);
        *value = value_of(intake, name, std::mem::take(value), &at.name(name), limits);
    }
    if all > limits.breadth {
        fields.push(("…".to_owned(), Value::Text(format!("{} more", all - limits.breadth))));
    }
    Value::Object(fields)
}
