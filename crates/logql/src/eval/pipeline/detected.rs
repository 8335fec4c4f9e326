//! The fields of a line, found without being asked for: what `| json` or `| logfmt` would find in it.

use std::borrow::Cow;

use super::json::{Escapes, Scanner, Value, unescape};
use super::logfmt::Pairs;
use super::names::push_sanitised;

/// More fields of one line are left out.
const FIELDS_MAX: usize = 256;

/// Objects inside objects beyond this are left out.
const DEPTH_MAX: usize = 16;

/// The parser that finds a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldParser {
    /// `| json`
    Json,
    /// `| logfmt`
    Logfmt,
}

/// A field of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectedField<'a> {
    /// The label that the parser makes of it.
    pub name: String,
    /// Its text: numbers as they are written, texts without quotes and escapes.
    pub value: Cow<'a, str>,
    /// Which parser finds it.
    pub parser: FieldParser,
    /// The names on the way down to it in a JSON document; empty for logfmt.
    pub path: Vec<String>,
}

/// The fields of a line, each name once, in the order in which they stand there. A JSON document that breaks off
/// gives what was before; fields of logfmt are pairs with a value.
pub fn detected_fields(line: &str) -> Vec<DetectedField<'_>> {
    let mut fields = Vec::new();
    let document = line.trim_start();
    if document.starts_with('{') {
        object(&mut Scanner::new(document), &mut Vec::new(), &mut fields);
    }
    if fields.is_empty() {
        logfmt(line, &mut fields);
    }
    fields
}

/// Reads the object whose brace is next; `None` where something cannot be read.
fn object<'a>(
    scanner: &mut Scanner<'a>,
    path: &mut Vec<String>,
    fields: &mut Vec<DetectedField<'a>>,
) -> Option<()> {
    scanner.skip();
    while scanner.peek()? != b'}' {
        let key = unescape(scanner.text()?, Escapes::Json)?.into_owned();
        if scanner.peek()? != b':' {
            return None;
        }
        scanner.skip();
        path.push(key);
        member(scanner, path, fields)?;
        path.pop();
        if scanner.peek()? == b',' {
            scanner.skip();
        }
    }
    scanner.skip();
    Some(())
}

fn member<'a>(
    scanner: &mut Scanner<'a>,
    path: &mut Vec<String>,
    fields: &mut Vec<DetectedField<'a>>,
) -> Option<()> {
    if scanner.peek()? == b'{' && path.len() < DEPTH_MAX {
        return object(scanner, path, fields);
    }
    let value = match scanner.value().ok()? {
        Value::Plain(text) => Cow::Borrowed(text),
        Value::Text(text) => unescape(text, Escapes::Json).unwrap_or_default(),
        Value::Null | Value::Array(_) | Value::Object(_) => return Some(()),
    };
    let mut name = String::new();
    for part in path.iter().filter(|part| !part.trim().is_empty()) {
        name.push_str(if name.is_empty() { "" } else { "_" });
        push_sanitised(&mut name, part);
    }
    add(DetectedField { name, value, parser: FieldParser::Json, path: path.clone() }, fields);
    Some(())
}

fn logfmt<'a>(line: &'a str, fields: &mut Vec<DetectedField<'a>>) {
    for (key, value) in Pairs::new(line).flatten().filter(|(_, value)| !value.is_empty()) {
        let mut name = String::new();
        push_sanitised(&mut name, key);
        add(DetectedField { name, value, parser: FieldParser::Logfmt, path: Vec::new() }, fields);
    }
}

fn add<'a>(field: DetectedField<'a>, fields: &mut Vec<DetectedField<'a>>) {
    let known = fields.iter().any(|other| other.name == field.name);
    if !known && !field.name.is_empty() && fields.len() < FIELDS_MAX {
        fields.push(field);
    }
}
