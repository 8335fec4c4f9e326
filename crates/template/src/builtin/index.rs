//! `index`, `slice`, `len`.

use std::rc::Rc;

use crate::text;
use crate::value::Value;

/// `index x 1 "a"`: `x[1]["a"]`.
pub(super) fn index<'a>(item: &Value<'a>, keys: &[Value<'a>]) -> Result<Value<'a>, String> {
    if matches!(item, Value::Nil) {
        return Err("index of untyped nil".to_owned());
    }
    let mut item = item.clone();
    for key in keys {
        item = match &item {
            Value::Nil => return Err("index of nil pointer".to_owned()),
            Value::Text(text) => Value::Byte(text.as_bytes()[item_place(key, text.len(), "string")?]),
            Value::List(items) => items[item_place(key, items.len(), "slice")?].clone(),
            Value::Map(map) => map.get(map_key(key)?),
            Value::Data(data) => data.get(map_key(key)?),
            other => return Err(format!("can't index item of type {}", other.type_name())),
        };
    }
    Ok(item)
}

fn map_key<'v>(key: &'v Value<'_>) -> Result<&'v str, String> {
    match key {
        Value::Text(key) => Ok(key),
        Value::Nil => Err("value is nil; should be of type string".to_owned()),
        other => Err(format!("value has type {}; should be string", other.type_name())),
    }
}

/// The index of an item.
fn item_place(key: &Value<'_>, length: usize, what: &str) -> Result<usize, String> {
    match place(key, length)? {
        place if place == length => Err(format!("reflect: {what} index out of range")),
        place => Ok(place),
    }
}

/// An index into something of a length, the place behind the last item included.
fn place(key: &Value<'_>, length: usize) -> Result<usize, String> {
    let number = match key {
        Value::Nil => return Err("cannot index slice/array with nil".to_owned()),
        _ => key.as_integer().ok_or(format!("cannot index slice/array with type {}", key.type_name()))?,
    };
    let place = usize::try_from(number).ok().filter(|place| *place <= length);
    place.ok_or(format!("index out of range: {number}"))
}

/// `slice x 1 2`: `x[1:2]`.
pub(super) fn slice<'a>(item: &Value<'a>, keys: &[Value<'a>]) -> Result<Value<'a>, String> {
    if keys.len() > 3 {
        return Err(format!("too many slice indexes: {}", keys.len()));
    }
    let length = match item {
        Value::Nil => return Err("slice of untyped nil".to_owned()),
        Value::Text(_) if keys.len() == 3 => return Err("cannot 3-index slice a string".to_owned()),
        Value::Text(text) => text.len(),
        Value::List(items) => items.len(),
        other => return Err(format!("can't slice item of type {}", other.type_name())),
    };
    let mut bounds = [0, length, length];
    for (bound, key) in bounds.iter_mut().zip(keys) {
        *bound = place(key, length)?;
    }
    let [start, end, capacity] = bounds;
    for (low, high) in [(start, end), (end, capacity)] {
        if low > high {
            return Err(format!("invalid slice index: {low} > {high}"));
        }
    }
    Ok(match item {
        Value::Text(text) => Value::Text(text::cut(text, start..end)),
        Value::List(items) => Value::List(Rc::new(items[start..end].to_vec())),
        other => other.clone(),
    })
}

/// `len`
pub(super) fn length<'a>(item: &Value<'a>) -> Result<Value<'a>, String> {
    let length = match item {
        Value::Nil => return Err("len of nil pointer".to_owned()),
        Value::Text(text) => text.len(),
        Value::List(items) => items.len(),
        Value::Map(map) => map.entries.len(),
        Value::Data(data) => data.entries().len(),
        other => return Err(format!("len of type {}", other.type_name())),
    };
    Ok(Value::Int(length as i64))
}
