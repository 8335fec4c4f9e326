//! `eq`, `lt` and their like: Go compares only values of one kind; all integers are one kind.

use crate::format;
use crate::value::Value;

/// Whether the first value equals any of the others.
pub(super) fn equal_any<'a>(first: &Value<'a>, others: &[Value<'a>]) -> Result<Value<'a>, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".to_owned());
    }
    for other in others {
        if equal(first, other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

/// Whether two values are equal; an error if they are of different kinds or of one without equality.
pub(super) fn equal(one: &Value<'_>, other: &Value<'_>) -> Result<bool, String> {
    if let (Some(one), Some(other)) = (one.as_integer(), other.as_integer()) {
        return Ok(one == other);
    }
    match (one, other) {
        (Value::Nil, Value::Nil) => Ok(true),
        (Value::Nil, _) | (_, Value::Nil) => Ok(false),
        (Value::Bool(one), Value::Bool(other)) => Ok(one == other),
        (Value::Float(one), Value::Float(other)) => Ok(one == other),
        (Value::Text(one), Value::Text(other)) => Ok(one == other),
        (Value::Time(one), Value::Time(other)) => Ok(one == other),
        _ if !is_basic(one) && !is_basic(other) => Err(not_comparable(one, other)),
        _ => Err(incompatible(one, other)),
    }
}

/// Whether the first value is less than the second.
pub(super) fn less(one: &Value<'_>, other: &Value<'_>) -> Result<bool, String> {
    if let (Some(one), Some(other)) = (one.as_integer(), other.as_integer()) {
        return Ok(one < other);
    }
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => Ok(one < other),
        (Value::Text(one), Value::Text(other)) => Ok(one < other),
        (Value::Bool(_), Value::Bool(_)) => Err("invalid type for comparison".to_owned()),
        _ if !is_basic(one) || !is_basic(other) => Err("invalid type for comparison".to_owned()),
        _ => Err(incompatible(one, other)),
    }
}

fn is_basic(value: &Value<'_>) -> bool {
    value.as_integer().is_some() || matches!(value, Value::Bool(_) | Value::Float(_) | Value::Text(_))
}

fn is_map(value: &Value<'_>) -> bool {
    matches!(value, Value::Map(_) | Value::Data(_))
}

fn incompatible(one: &Value<'_>, other: &Value<'_>) -> String {
    format!("incompatible types for comparison: {} and {}", one.type_name(), other.type_name())
}

fn not_comparable(one: &Value<'_>, other: &Value<'_>) -> String {
    let same = (is_map(one) && is_map(other)) || matches!((one, other), (Value::List(_), Value::List(_)));
    if same {
        return format!("non-comparable type {}: {}", format::as_text(other), other.type_name());
    }
    let (text, types) = (format::as_text(one), (one.type_name(), other.type_name()));
    format!("non-comparable types {text}: {}, {}: {other:?}", types.0, types.1)
}
