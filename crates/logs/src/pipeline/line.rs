//! A line on its way through the stages.

use model::{Entry, Labels, Timestamp};

/// The line, its labels, and the values that stages have extracted.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) labels: Labels,
    pub(super) entry: Entry,
    /// The time of the run.
    pub(super) now: Timestamp,
    /// Few enough to look through.
    extracted: Vec<(Box<str>, String)>,
}

impl Line {
    pub(super) fn new(labels: Labels, entry: Entry, now: Timestamp) -> Self {
        Self { labels, entry, now, extracted: Vec::new() }
    }

    /// A value by its name: extracted, a label, or structured metadata.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let extracted = self.extracted.iter().find(|(known, _)| **known == *name);
        let metadata = || self.entry.metadata.iter().find(|(known, _)| **known == *name);
        extracted
            .map(|(_, value)| value.as_str())
            .or_else(|| self.labels.get(name))
            .or_else(|| metadata().map(|(_, value)| &**value))
    }

    /// The value that a stage looks at: a named one, or the text of the line.
    pub(super) fn source(&self, name: Option<&str>) -> Option<&str> {
        match name {
            Some(name) => self.value(name),
            None => Some(&self.entry.line),
        }
    }

    /// Puts a text where [`Line::source`] looks.
    pub(super) fn set_source(&mut self, name: Option<&str>, text: String) {
        match name {
            Some(name) => self.extract(name, text),
            None => self.entry.line = text,
        }
    }

    /// Extracts a value.
    pub(super) fn extract(&mut self, name: &str, value: String) {
        match self.extracted.iter_mut().find(|(known, _)| **known == *name) {
            Some((_, place)) => *place = value,
            None => self.extracted.push((name.into(), value)),
        }
    }

    /// Forgets an extracted value.
    pub(super) fn forget(&mut self, name: &str) {
        self.extracted.retain(|(known, _)| **known != *name);
    }

    /// What has been extracted, in the order of its finding.
    pub(super) fn extracted(&self) -> impl Iterator<Item = (&str, &str)> {
        self.extracted.iter().map(|(name, value)| (&**name, value.as_str()))
    }

    /// Sets structured metadata, which is sorted by name.
    pub(super) fn set_metadata(&mut self, name: &str, value: &str) {
        let metadata = &mut self.entry.metadata;
        match metadata.binary_search_by(|(known, _)| (**known).cmp(name)) {
            Ok(place) => metadata[place].1 = value.into(),
            Err(place) => metadata.insert(place, (name.into(), value.into())),
        }
    }
}
