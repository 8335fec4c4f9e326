//! What a template computes with.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::data::Data;
use crate::time::Time;

/// A value. Text is borrowed from the data or the template where it can be.
#[derive(Clone)]
pub enum Value<'a> {
    /// Nothing: prints as `<no value>`, and as `<nil>` among the arguments of `print`.
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// Go's `int`: literals, `len`, `count`.
    Int(i64),
    /// Go's `int64`: what `add`, `mul` and their like give. Not accepted where a function wants an `int`.
    Int64(i64),
    /// Go's `uint8`: a byte of a string, given by `index`.
    Byte(u8),
    /// Go's `float64`.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Go's `[]interface {}`.
    List(Rc<Vec<Value<'a>>>),
    /// A map with text as keys.
    Map(Rc<Map<'a>>),
    /// A point in time with its zone.
    Time(Box<Time>),
    /// Nanoseconds; prints as Go's `time.Duration`, such as `1m30s`.
    Duration(i64),
    /// What is rendered about: labels that are looked up one by one.
    Data(&'a dyn Data),
}

/// A map and what it says of a key that it does not hold.
#[derive(Clone)]
pub struct Map<'a> {
    /// Keys in their order and what stands at them.
    pub entries: BTreeMap<Cow<'a, str>, Value<'a>>,
    /// Go's `map[string]string` rather than `map[string]interface {}`: a key that is not there is the empty text
    /// rather than nothing.
    pub only_text: bool,
}

impl<'a> Map<'a> {
    /// What stands at the key.
    pub fn get(&self, key: &str) -> Value<'a> {
        match self.entries.get(key) {
            Some(value) => value.clone(),
            None if self.only_text => Value::Text(Cow::Borrowed("")),
            None => Value::Nil,
        }
    }
}

impl<'a> Value<'a> {
    /// Text that lives as long as the value.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Value<'a>>) -> Self {
        Self::List(Rc::new(items.into_iter().collect()))
    }

    /// A map of anything, such as what a JSON object holds.
    pub fn map<K: Into<Cow<'a, str>>>(entries: impl IntoIterator<Item = (K, Value<'a>)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        Self::Map(Rc::new(Map { entries, only_text: false }))
    }

    /// A map of labels: one that is not there reads as the empty text.
    pub fn labels<K, V>(entries: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        let entries =
            entries.into_iter().map(|(key, value)| (key.into(), Value::Text(value.into()))).collect();
        Self::Map(Rc::new(Map { entries, only_text: true }))
    }

    /// The type's name in Go, as faults and `%T` write it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Byte(_) => "uint8",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(_) => "[]interface {}",
            Self::Map(map) if map.only_text => "map[string]string",
            Self::Map(_) => "map[string]interface {}",
            Self::Time(_) => "time.Time",
            Self::Duration(_) => "time.Duration",
            Self::Data(data) if data.only_text() => "map[string]string",
            Self::Data(_) => "map[string]interface {}",
        }
    }

    /// Whether `if` takes the value for true: anything but nothing, zero and the empty.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) | Self::Int64(value) | Self::Duration(value) => *value != 0,
            Self::Byte(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Map(map) => !map.entries.is_empty(),
            Self::Time(_) => true,
            Self::Data(data) => !data.entries().is_empty(),
        }
    }

    /// The integer, whichever of Go's types it has.
    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Int(value) | Self::Int64(value) | Self::Duration(value) => Some(*value),
            Self::Byte(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// The map that the value is, with labels that were not looked up before gathered.
    pub(crate) fn as_map(&self) -> Option<Rc<Map<'a>>> {
        match self {
            Self::Map(map) => Some(map.clone()),
            Self::Data(data) => {
                let entries =
                    data.entries().into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect();
                Some(Rc::new(Map { entries, only_text: data.only_text() }))
            }
            _ => None,
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

/// As `%v` prints it.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        crate::format::value(self, &mut text);
        f.write_str(&text)
    }
}
