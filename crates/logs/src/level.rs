//! The level of a line, found when it arrives: in JSON by its key, in logfmt by its key, else by the places
//! where loggers put it. A line that does not say clearly is [`Level::Unknown`]: an `error` in a URL or in a
//! sentence makes no error.

mod json;
mod plain;
#[cfg(test)]
mod tests;
mod trace;

use model::{Labels, Level, Metadata, label};

/// Keys of structured metadata and labels whose value says the level of an entry, the best first.
const NAMES: [&str; 4] = [label::DETECTED_LEVEL, "level", "severity_text", "severity"];

/// Structured metadata by which OpenTelemetry's collectors pass a severity's number on.
const SEVERITY_NUMBER: &str = "severity_number";

/// The level that the line itself tells. Of lines that were joined, that is the first line's; where it tells
/// none, a traceback is an error.
pub(crate) fn detect(line: &str) -> Level {
    let line = line.trim_ascii_start().as_bytes();
    let found = match line.first() {
        Some(b'{') => json::level(line),
        Some(_) => plain::level(line).or_else(|| trace::level(line)),
        None => None,
    };
    found.unwrap_or_default()
}

/// OpenTelemetry's number of a severity.
fn severity_number(number: u16) -> Option<Level> {
    Some(match number {
        1..=4 => Level::Trace,
        5..=8 => Level::Debug,
        9..=12 => Level::Info,
        13..=16 => Level::Warn,
        17..=20 => Level::Error,
        21..=24 => Level::Fatal,
        _ => return None,
    })
}

/// The level that a sender gave beside the line.
pub(crate) fn given(metadata: &Metadata) -> Option<Level> {
    if metadata.is_empty() {
        return None;
    }
    let named = NAMES.iter().find_map(|name| {
        let (_, value) = metadata.iter().find(|(other, _)| other.as_ref() == *name)?;
        Level::from_word(value)
    });
    named.or_else(|| {
        let (_, value) = metadata.iter().find(|(name, _)| name.as_ref() == SEVERITY_NUMBER)?;
        severity_number(value.parse().ok()?)
    })
}

/// The level that a stream's labels tell.
pub(crate) fn label(labels: &Labels) -> Option<Level> {
    NAMES.iter().find_map(|name| Level::from_word(labels.get(name)?))
}
