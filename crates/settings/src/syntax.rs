//! Syntax errors of the parser as faults.

use std::sync::Arc;

use toml::de::{DeTable, Error};

use crate::Fault;
use crate::node::{Conversion, Table};
use crate::place::Lines;

/// Reads as much of `text` as can be read, and says what could not.
pub(crate) fn parse(file: &Arc<str>, text: &str) -> (Table, Vec<Fault>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let lines = Lines::new(Arc::clone(file), text);
    let faults = errors.iter().map(|error| fault(&lines, error)).collect();
    let broken: Vec<_> = errors.iter().filter_map(Error::span).collect();
    let table = Conversion { lines: &lines, broken: &broken }.table(document.get_ref());
    (table, faults)
}

fn fault(lines: &Lines<'_>, error: &Error) -> Fault {
    let offset = error.span().map_or(0, |span| span.start);
    let (problem, instead) = words(error.message());
    Fault { place: lines.place(offset), key: key_at(lines, offset), problem, instead }
}

/// The parser's message, split into what is wrong and what to write. Its own words stay where they are clear.
fn words(message: &str) -> (String, String) {
    let (problem, expected) = match message.split_once(", expected ") {
        Some((problem, expected)) => (problem, Some(expected)),
        None => (message, None),
    };
    let instead = match problem {
        "duplicate key" => "keep one of the two",
        "string values must be quoted" => "write the text in double quotes",
        "unexpected leading zero" => "write the number without it",
        "missing value for key" | "key with no value" => "write `key = value`",
        _ if problem.starts_with("cannot extend") => "give each key one value, or one section",
        _ if problem.contains("escape") => "write a backslash as `\\\\`, or the text in single quotes",
        _ => "",
    };
    let problem = match problem {
        "duplicate key" => "is written twice".to_owned(),
        _ => format!("is not TOML: {problem}"),
    };
    match (instead, expected) {
        ("", Some(expected)) => (problem, format!("expected here: {expected}")),
        _ => (problem, instead.to_owned()),
    }
}

/// A guess at the key that a person is writing at `offset`: the header above and what stands before the `=`.
/// The text around an error is no TOML, so this reads lines, not tokens.
fn key_at(lines: &Lines<'_>, offset: usize) -> String {
    let mut upwards = lines.upwards(offset).map(str::trim);
    let line = upwards.next().unwrap_or_default();
    if line.starts_with('[') {
        return header(line).to_owned();
    }
    let key = line.split_once('=').map(|(key, _)| key.trim()).filter(|key| is_key(key));
    let section = upwards.find(|line| line.starts_with('[')).map(header).unwrap_or_default();
    match (section, key) {
        (section, None) => section.to_owned(),
        ("", Some(key)) => key.to_owned(),
        (section, Some(key)) => format!("{section}.{key}"),
    }
}

fn header(line: &str) -> &str {
    let inner = line.trim_start_matches('[');
    let name = inner.split([']', '#']).next().unwrap_or_default().trim();
    if is_key(name) { name } else { "" }
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
