//! The level of a line, found when it arrives: in JSON by its key, in logfmt by its key, else by the places
//! where loggers put it. A line that does not say clearly is [`Level::Unknown`]: an `error` in a URL or in a
//! sentence makes no error.

mod json;
mod plain;
#[cfg(test)]
mod tests;

use model::{Labels, Level, Metadata, label};

/// Keys of structured metadata and labels whose value says the level of an entry, the best first.
const NAMES: [&str; 4] = [label::DETECTED_LEVEL, "level", "severity_text", "severity"];

/// The level that the line itself tells.
pub(crate) fn detect(line: &str) -> Level {
    let line = line.trim_ascii_start().as_bytes();
    let found = match line.first() {
        Some(b'{') => json::level(line),
        Some(_) => plain::level(line),
        None => None,
    };
    found.unwrap_or_default()
}

/// The level that a sender gave beside the line.
pub(crate) fn given(metadata: &Metadata) -> Option<Level> {
    if metadata.is_empty() {
        return None;
    }
    NAMES.iter().find_map(|name| {
        let (_, value) = metadata.iter().find(|(other, _)| other.as_ref() == *name)?;
        Level::from_word(value)
    })
}

/// The level that a stream's labels tell.
pub(crate) fn label(labels: &Labels) -> Option<Level> {
    NAMES.iter().find_map(|name| Level::from_word(labels.get(name)?))
}
