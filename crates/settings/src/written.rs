//! Values as they were written, for sections whose keys another crate knows.

use crate::node::{Node, Value};
use crate::{Fault, Place, Section};

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub value: WrittenValue,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenValue {
    /// Text, a number, a truth value or a date, as text.
    Text(String),
    /// A list.
    List(Vec<Written>),
    /// Keys and their values, sorted by key.
    Table(Vec<(String, Written)>),
    /// It could not be read, and a fault says so.
    Broken,
}

impl Section<'_> {
    /// The value of `key`, whatever it is. Everything below it counts as known: whoever asks looks for what is not.
    pub fn written(&self, key: &str) -> Option<Written> {
        self.node(key).map(Written::from)
    }

    /// Records a fault of something below the section, such as `limit.ratelimit.average` of `[proxy.middlewares]`, at
    /// the place where it was written.
    pub fn fault_below(
        &self,
        place: &Place,
        path: &str,
        problem: impl Into<String>,
        instead: impl Into<String>,
    ) {
        self.tree.record(Fault {
            place: place.clone(),
            key: format!("{}.{path}", self.key_path()),
            problem: problem.into(),
            instead: instead.into(),
        });
    }
}

impl From<&Node> for Written {
    fn from(node: &Node) -> Self {
        let value = match &node.value {
            Value::Text(text) | Value::Loose(text) | Value::Date(text) => WrittenValue::Text(text.clone()),
            Value::Integer(Some(number)) => WrittenValue::Text(number.to_string()),
            Value::Number(number) => WrittenValue::Text(number.to_string()),
            Value::Boolean(value) => WrittenValue::Text(value.to_string()),
            Value::List(nodes) => WrittenValue::List(nodes.iter().map(Self::from).collect()),
            Value::Table(table) => {
                let pairs = table.0.iter().map(|(key, item)| (key.clone(), Self::from(&item.node)));
                WrittenValue::Table(pairs.collect())
            }
            Value::Integer(None) | Value::Broken => WrittenValue::Broken,
        };
        Self { place: node.place.clone(), value }
    }
}
