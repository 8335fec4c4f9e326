//! Reads JSON that anybody may have written, into no more memory than is allowed.
//!
//! What is too deep or too much becomes `null` instead of an error. Programs write JSON that is none: `NaN`, halves
//! of surrogate pairs, control characters and bytes that are no UTF-8 inside of texts. Where the strict reader
//! fails these are put right, and it reads once more.

mod repair;

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use crate::value::Value;

/// Deeper values are `null`.
const DEPTH_MAX: u32 = 48;

/// Of more values than these the rest is `null`.
const VALUES_MAX: u32 = 100_000;

/// Why bytes are no JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no JSON: {reason} at byte {at}")]
pub struct JsonError {
    reason: String,
    at: usize,
}

/// The value that the bytes are.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, JsonError> {
    match std::str::from_utf8(bytes).ok().map(strict) {
        Some(Ok(value)) => Ok(value),
        _ => strict(&repair::repaired(bytes)),
    }
}

fn strict(text: &str) -> Result<Value, JsonError> {
    let budget = Cell::new(VALUES_MAX);
    let mut json = serde_json::Deserializer::from_str(text);
    let read = Bounded { budget: &budget, depth: 0 }.deserialize(&mut json);
    read.and_then(|value| json.end().map(|()| value)).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
        JsonError { reason, at: offset(text, error.line(), error.column()) }
    })
}

/// The byte at a line and column, which serde_json counts from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    lines.map(str::len).sum::<usize>() + column.saturating_sub(1)
}

/// Reads a value within what is left of the budget.
#[derive(Clone, Copy)]
struct Bounded<'b> {
    budget: &'b Cell<u32>,
    depth: u32,
}

impl Bounded<'_> {
    /// Whether one more value may be kept.
    fn spend(self) -> bool {
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(1));
        left > 0 && self.depth < DEPTH_MAX
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.spend() {
            return deserializer.deserialize_any(self);
        }
        // Skipping needs neither memory nor the stack.
        deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Value::Null)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inner = Self { depth: self.depth + 1, ..self };
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(inner)? {
            if self.budget.get() > 0 {
                values.push(value);
            }
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let inner = Self { depth: self.depth + 1, ..self };
        let mut pairs = Vec::new();
        while let Some(name) = object.next_key::<String>()? {
            let value = object.next_value_seed(inner)?;
            if self.budget.get() > 0 {
                pairs.push((name, value));
            }
        }
        Ok(Value::Object(pairs))
    }
}

#[cfg(test)]
mod tests;
