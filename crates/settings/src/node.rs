//! The tree as it was written: values with their places, whether they came from the file or the environment.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Place;
use crate::place::Lines;

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

#[derive(Debug)]
pub(crate) enum Value {
    Text(String),
    /// `None` where the number does not fit 64 bits.
    Integer(Option<i64>),
    Number(f64),
    Boolean(bool),
    Date(String),
    List(Vec<Node>),
    Table(Table),
    /// Text of the environment: whoever asks decides what it is.
    Loose(String),
    /// A syntax error was reported for it; nothing more is said.
    Broken,
}

#[derive(Debug, Default)]
pub(crate) struct Table(pub(crate) BTreeMap<String, Item>);

/// A key with its value.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) key_place: Place,
    pub(crate) node: Node,
}

impl Table {
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.0.get(key).map(|item| &item.node)
    }
}

impl Value {
    /// "is the text `abc`", to follow a key.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Text(text) | Self::Loose(text) => format!("is the text {}", quoted(text)),
            Self::Integer(Some(number)) => format!("is the number {number}"),
            Self::Integer(None) => "is a number of more than 64 bits".to_owned(),
            Self::Number(number) => format!("is the number {number}"),
            Self::Boolean(value) => format!("is {value}"),
            Self::Date(text) => format!("is the date {text}"),
            Self::List(_) => "is a list".to_owned(),
            Self::Table(_) => "is a section".to_owned(),
            Self::Broken => "cannot be read".to_owned(),
        }
    }
}

/// `"text"`, cut where it is long: a fault is one line.
pub(crate) fn quoted(text: &str) -> String {
    const LENGTH_MAX: usize = 60;
    let short: Cow<'_, str> = match text.char_indices().nth(LENGTH_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    };
    format!("{short:?}")
}

/// What the conversion from the parser's tree needs at every step.
pub(crate) struct Conversion<'a> {
    pub(crate) lines: &'a Lines<'a>,
    /// The spans of the syntax errors.
    pub(crate) broken: &'a [Range<usize>],
}

impl Conversion<'_> {
    pub(crate) fn table(&self, table: &DeTable<'_>) -> Table {
        let items = table.iter().map(|(key, value)| {
            let item = Item { key_place: self.lines.place(key.span().start), node: self.node(value) };
            (key.get_ref().clone().into_owned(), item)
        });
        Table(items.collect())
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        Node { place: self.lines.place(value.span().start), value: self.value(value) }
    }

    fn value(&self, value: &Spanned<DeValue<'_>>) -> Value {
        let span = value.span();
        let broken = || self.broken.iter().any(|error| error.start <= span.end && span.start <= error.end);
        match value.get_ref() {
            DeValue::Table(table) => Value::Table(self.table(table)),
            DeValue::Array(_) if broken() => Value::Broken,
            DeValue::Array(nodes) => Value::List(nodes.iter().map(|node| self.node(node)).collect()),
            _ if broken() => Value::Broken,
            DeValue::String(text) => Value::Text(text.clone().into_owned()),
            DeValue::Integer(number) => {
                Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok())
            }
            DeValue::Float(number) => Value::Number(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(value) => Value::Boolean(*value),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
        }
    }
}
