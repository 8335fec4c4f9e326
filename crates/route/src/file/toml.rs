//! TOML to a [`Node`], values as text.

use std::sync::Arc;

use model::Ordered as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{DEPTH_MAX, fault, place};
use crate::finding::Finding;
use crate::node::Node;

/// The tree of a text.
pub(super) fn read(path: &Arc<str>, text: &str) -> Result<Node, Finding> {
    let lines = Lines::new(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.line(span.start));
        let reason = error.message().lines().next().unwrap_or_default();
        fault(path, line, format!("this is no TOML: {reason}"), "check quotes and brackets")
    })?;
    Reader { path, lines }.table(table.get_ref(), 0, 0)
}

struct Reader<'a> {
    path: &'a Arc<str>,
    lines: Lines,
}

impl Reader<'_> {
    fn table(&self, table: &DeTable<'_>, at: usize, depth: usize) -> Result<Node, Finding> {
        let mut node = self.empty(at);
        // The parser sorts by name; findings are told from top to bottom.
        let mut items: Vec<_> = table.iter().collect();
        items.order_by_key(|(key, _)| key.span().start);
        for (key, value) in items {
            let child = self.value(value, key.span().start, depth + 1)?;
            node.children.push((key.get_ref().to_string(), child));
        }
        Ok(node)
    }

    fn value(&self, value: &Spanned<DeValue<'_>>, at: usize, depth: usize) -> Result<Node, Finding> {
        if depth > DEPTH_MAX {
            return Err(fault(self.path, self.lines.line(at), "it nests too deeply", "write it flatter"));
        }
        let text = match value.get_ref() {
            DeValue::Table(table) => return self.table(table, at, depth),
            DeValue::Array(items) => {
                let mut node = self.empty(at);
                for item in items {
                    let child = self.value(item, item.span().start, depth + 1)?;
                    node.children.push((format!("[{}]", node.children.len()), child));
                }
                return Ok(node);
            }
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => number.to_string(),
                Err(_) => number.as_str().to_owned(),
            },
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::Boolean(value) => value.to_string(),
            DeValue::Datetime(date) => date.to_string(),
        };
        Ok(Node { value: Some(text), ..self.empty(at) })
    }

    fn empty(&self, at: usize) -> Node {
        Node::empty(place(self.path, u32::try_from(self.lines.line(at)).unwrap_or(u32::MAX)))
    }
}

/// The offsets at which lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(breaks).collect())
    }

    /// Counted from 1.
    fn line(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at).max(1)
    }
}
