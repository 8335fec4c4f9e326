//! `| unpack`: undoes Promtail's `pack`. The texts of the document become labels, and `_entry` the line.

use super::super::labels::LineLabels;
use super::super::names::push_sanitised;
use super::super::wanted::Wanted;
use super::scan::{Escapes, Fault, Scanner, Value, unescape};

/// The field that holds the line.
const ENTRY: &str = "_entry";

/// Loki's words for a line that is no object.
pub(in crate::eval::pipeline) const NO_OBJECT: &str = "expecting json object(6), but it is not";

/// The packed line, if there is one; without it the labels stay as they are.
pub(in crate::eval::pipeline) fn unpack(
    line: &str,
    wanted: &Wanted,
    labels: &mut LineLabels<'_>,
) -> Result<Option<String>, Fault> {
    let mut scanner = Scanner::new(line);
    scanner.at = 1;
    let mut entry = None;
    let mut found = Vec::new();
    read(&mut scanner, |key, text| {
        if key == ENTRY {
            entry = Some(unescape(text, Escapes::Json).ok_or(Fault::Escape)?.into_owned());
        } else {
            found.push((key.to_owned(), unescape(text, Escapes::Json).unwrap_or_default().into_owned()));
        }
        Ok(())
    })?;
    if entry.is_some() {
        for (key, text) in found {
            let mut name = String::new();
            push_sanitised(&mut name, &key);
            labels.extract(&name, &text, wanted);
        }
    }
    Ok(entry)
}

/// Gives the members of the object whose brace was read that are texts.
fn read(
    scanner: &mut Scanner<'_>,
    mut give: impl FnMut(&str, &str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if scanner.peek().is_none() {
        return Err(Fault::Json);
    }
    loop {
        match scanner.peek() {
            Some(b'"') => {}
            Some(b'}') => return Ok(()),
            None => return Err(Fault::Array),
            Some(_) => return Err(Fault::Object),
        }
        let key = scanner.name()?;
        if scanner.peek() != Some(b':') {
            return Err(Fault::Json);
        }
        scanner.at += 1;
        scanner.peek();
        if let Value::Text(text) = scanner.value()? {
            give(&key, text)?;
        }
        match scanner.peek() {
            Some(b',') => scanner.at += 1,
            Some(b'}') => return Ok(()),
            None => return Err(Fault::Array),
            Some(_) => return Err(Fault::Object),
        }
    }
}
