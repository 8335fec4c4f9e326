//! Where a setting was written.

use std::fmt;
use std::sync::Arc;

/// Where a setting was written. Places sort in the order in which a person mends them: the file from top to
/// bottom, then the environment by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// There is no file; a setting is missing that has no default.
    NoFile,
    /// In the file.
    File {
        /// The file's name as it was given.
        file: Arc<str>,
        /// Counted from 1.
        line: u32,
        /// In characters, counted from 1.
        column: u32,
    },
    /// In the environment.
    Environment {
        /// The variable's name.
        variable: Arc<str>,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFile => f.write_str("no configuration file"),
            Self::File { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Environment { variable } => write!(f, "environment {variable}"),
        }
    }
}

/// Turns byte offsets of one text into places.
pub(crate) struct Lines<'a> {
    file: Arc<str>,
    text: &'a str,
    /// The offset at which each line begins.
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(file: Arc<str>, text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { file, text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    pub(crate) fn place(&self, offset: usize) -> Place {
        let line = self.line_index(offset);
        let before = self.text.get(self.starts[line]..offset).unwrap_or_default();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Place::File {
            file: Arc::clone(&self.file),
            line: number(line + 1),
            column: number(before.chars().count() + 1),
        }
    }

    /// The lines up to and with the one that holds `offset`, the last first.
    pub(crate) fn upwards(&self, offset: usize) -> impl Iterator<Item = &'a str> {
        let line = self.line_index(offset);
        (0..=line).rev().map(|index| {
            let end = self.starts.get(index + 1).copied().unwrap_or(self.text.len());
            &self.text[self.starts[index]..end]
        })
    }

    fn line_index(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }
}
