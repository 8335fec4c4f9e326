//! `| json`: every scalar of the document becomes a label; the names on the way down to it are joined with `_`.

use super::super::labels::LineLabels;
use super::super::names::push_sanitised;
use super::super::wanted::Wanted;
use super::scan::{Escapes, Fault, Scanner, Value, block_end, unescape};

/// Memory that is used again for every line.
#[derive(Debug, Default)]
pub(in crate::eval::pipeline) struct Flatten {
    /// The names on the way down, joined and sanitised.
    name: String,
    /// The objects that are open, but for the outermost.
    open: Vec<Open>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    /// Where its brace is.
    at: usize,
    /// How long the name outside it is.
    name: usize,
    /// How many labels were changed before it.
    labels: usize,
}

/// Takes out the wanted labels. A fault leaves those that were found before it.
pub(in crate::eval::pipeline) fn flatten(
    line: &str,
    wanted: &Wanted,
    memory: &mut Flatten,
    labels: &mut LineLabels<'_>,
) -> Result<(), Fault> {
    memory.name.clear();
    memory.open.clear();
    let mut scanner = Scanner::new(line);
    if scanner.peek() != Some(b'{') {
        return Err(Fault::Object);
    }
    scanner.at += 1;
    let read = members(&mut scanner, wanted, memory, labels);
    read.map_err(|fault| forget_unclosed(line, memory, labels).unwrap_or(fault))
}

/// Loki looks for the end of an object before it looks inside: what stands in one that is not closed is lost, and
/// that is then what is wrong.
fn forget_unclosed(line: &str, memory: &Flatten, labels: &mut LineLabels<'_>) -> Option<Fault> {
    let mut within = line.len();
    for open in &memory.open {
        match block_end(&line.as_bytes()[..within], open.at, b'{', b'}') {
            Some(end) => within = end,
            None => {
                labels.changes.truncate(open.labels);
                return Some(Fault::Object);
            }
        }
    }
    None
}

/// Reads the members of the object whose brace was read, and of those inside it.
fn members(
    scanner: &mut Scanner<'_>,
    wanted: &Wanted,
    memory: &mut Flatten,
    labels: &mut LineLabels<'_>,
) -> Result<(), Fault> {
    if scanner.peek().is_none() {
        return Err(Fault::Json);
    }
    loop {
        match scanner.peek() {
            Some(b'"') => {}
            Some(b'}') => match close(scanner, memory)? {
                true => return Ok(()),
                false => continue,
            },
            None => return Err(Fault::Array),
            Some(_) => return Err(Fault::Object),
        }
        let key = scanner.name()?;
        if scanner.peek() != Some(b':') {
            return Err(Fault::Json);
        }
        scanner.at += 1;
        let outside = memory.name.len();
        if scanner.peek() == Some(b'{') {
            push_key(&mut memory.name, &key);
            if wanted.below(&memory.name) {
                open(scanner, memory, outside, labels.changes.count())?;
                continue;
            }
        }
        let value = scanner.value()?;
        let before = labels.changes.count();
        if outside > 0 || wanted.may_be(&key) {
            memory.name.truncate(outside);
            push_key(&mut memory.name, &key);
            label(&memory.name, value, wanted, labels);
        }
        memory.name.truncate(outside);
        if labels.changes.count() > before && wanted.satisfied(labels) {
            return Ok(());
        }
        if after_value(scanner, memory)? {
            return Ok(());
        }
    }
}

/// Goes into the object whose brace is next.
fn open(scanner: &mut Scanner<'_>, memory: &mut Flatten, outside: usize, labels: usize) -> Result<(), Fault> {
    memory.open.push(Open { at: scanner.at, name: outside, labels });
    scanner.at += 1;
    scanner.peek().map(|_| ()).ok_or(Fault::Object)
}

/// Joins a name to those above it. Blank ones are left out.
fn push_key(name: &mut String, key: &str) {
    if key.trim().is_empty() {
        return;
    }
    if !name.is_empty() {
        name.push('_');
    }
    push_sanitised(name, key);
}

fn label(name: &str, value: Value<'_>, wanted: &Wanted, labels: &mut LineLabels<'_>) {
    if name.is_empty() || !wanted.label(name) {
        return;
    }
    match value {
        Value::Plain(text) => labels.extract(name, text, wanted),
        // A text with an escape that means nothing says nothing.
        Value::Text(text) => labels.extract(name, &unescape(text, Escapes::Json).unwrap_or_default(), wanted),
        Value::Null | Value::Array(_) | Value::Object(_) => {}
    }
}

/// Reads the comma after a value, or closes the object; whether that was the outermost.
fn after_value(scanner: &mut Scanner<'_>, memory: &mut Flatten) -> Result<bool, Fault> {
    match scanner.peek() {
        Some(b',') => {
            scanner.at += 1;
            Ok(false)
        }
        Some(b'}') => close(scanner, memory),
        None => Err(Fault::Array),
        Some(_) => Err(Fault::Object),
    }
}

/// Closes objects until another member may follow; whether the outermost was closed.
fn close(scanner: &mut Scanner<'_>, memory: &mut Flatten) -> Result<bool, Fault> {
    loop {
        scanner.at += 1;
        let Some(open) = memory.open.pop() else { return Ok(true) };
        memory.name.truncate(open.name);
        match scanner.peek() {
            Some(b'}') => {}
            Some(b',') => {
                scanner.at += 1;
                return Ok(false);
            }
            None => return Err(Fault::Array),
            Some(_) => return Err(Fault::Object),
        }
    }
}
