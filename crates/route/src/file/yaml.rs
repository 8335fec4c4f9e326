//! YAML to a [`Node`]: anchors, aliases and merge keys included, values as text.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::{DEPTH_MAX, fault, place};
use crate::finding::Finding;
use crate::node::Node;

/// Aliases repeat what they stand for, so that a few lines could become any number of nodes.
const NODES_MAX: usize = 100_000;

/// The tree of a text's only document.
pub(super) fn read(path: &Arc<str>, text: &str) -> Result<Node, Finding> {
    let mut reader = Reader {
        path,
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        nodes: 0,
        lines: text.lines().count().max(1),
    };
    reader.document()
}

struct Reader<'a> {
    path: &'a Arc<str>,
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    lines: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node, Finding> {
        let mut document = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if document.is_some() => {
                    let what = "a second document begins here; a dynamic file has one";
                    return Err(self.fault(span, what, "write it to a file of its own, or join the two"));
                }
                Event::DocumentStart(_) => {
                    let (event, span) = self.next()?;
                    document = Some(self.node(event, span, 0)?);
                }
                _ => {}
            }
        }
        Ok(document.unwrap_or_else(|| Node::empty(place(self.path, 1))))
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Finding> {
        self.count(1, span)?;
        if depth > DEPTH_MAX {
            return Err(self.fault(span, "it nests too deeply", "write it flatter"));
        }
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_null =
                    style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = (!is_null).then(|| text.into_owned());
                Ok(self.keep(anchor, Node { value, ..self.empty(span) }))
            }
            Event::SequenceStart(anchor, _) => {
                let node = self.sequence(span, depth)?;
                Ok(self.keep(anchor, node))
            }
            Event::MappingStart(anchor, _) => {
                let node = self.mapping(span, depth)?;
                Ok(self.keep(anchor, node))
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Err(self.fault(span, "a value is missing", "write one")),
        }
    }

    fn sequence(&mut self, span: Span, depth: usize) -> Result<Node, Finding> {
        let mut node = self.empty(span);
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(node);
            }
            let item = self.node(event, span, depth + 1)?;
            node.children.push((format!("[{}]", node.children.len()), item));
        }
    }

    fn mapping(&mut self, span: Span, depth: usize) -> Result<Node, Finding> {
        let mut node = self.empty(span);
        let mut merged = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let Event::Scalar(key, ..) = event else {
                return Err(self.fault(span, "a key is no plain text", "write a name, then a colon"));
            };
            let (event, value_span) = self.next()?;
            let value = self.node(event, value_span, depth + 1)?;
            if key == "<<" {
                merged.push(value);
                continue;
            }
            if node.children.iter().any(|(known, _)| **known == *key) {
                let what = format!("`{key}` is written twice");
                return Err(self.fault(span, what, "keep one of the two, or join what is below them"));
            }
            // A value is looked for where its key stands.
            let place = place(self.path, line(span));
            node.children.push((key.into_owned(), Node { place, ..value }));
        }
        merged.iter().for_each(|other| merge(&mut node, other));
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node, Finding> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return Err(self.fault(span, "an alias stands for what contains it", "write it out"));
        };
        self.count(size(&node), span)?;
        Ok(node)
    }

    fn keep(&mut self, anchor: usize, node: Node) -> Node {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        node
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Finding> {
        self.nodes += nodes;
        if self.nodes <= NODES_MAX {
            return Ok(());
        }
        Err(self.fault(span, format!("there are more than {NODES_MAX} values"), "use fewer aliases"))
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Finding> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn syntax(&self, error: &ScanError) -> Finding {
        let column = error.marker().col() + 1;
        let what = format!("this is no YAML: {} (column {column})", error.info());
        // What is missing at the end is told of the last line, not of one behind it.
        fault(self.path, error.marker().line().min(self.lines), what, "check indentation and quotes")
    }

    fn fault(&self, span: Span, what: impl Into<String>, instead: &str) -> Finding {
        fault(self.path, span.start.line(), what, instead)
    }

    fn empty(&self, span: Span) -> Node {
        Node::empty(place(self.path, line(span)))
    }
}

fn line(span: Span) -> u32 {
    u32::try_from(span.start.line()).unwrap_or(u32::MAX)
}

/// `<<: *other`: what is written beside it wins.
fn merge(node: &mut Node, other: &Node) {
    if other.is_list() {
        return other.children.iter().for_each(|(_, other)| merge(node, other));
    }
    for (key, value) in &other.children {
        if node.children.iter().all(|(known, _)| known != key) {
            node.children.push((key.clone(), value.clone()));
        }
    }
}

fn size(node: &Node) -> usize {
    1 + node.children.iter().map(|(_, child)| size(child)).sum::<usize>()
}
