//! Dynamic files as Traefik reads them: YAML, or TOML by the name's ending, turned to a [`Node`].
//!
//! A file that cannot be read as a whole takes nothing away: [`DynamicFile::updated`] goes on with what was there
//! before, and the fault is among the findings of every plan until the file is mended.

pub(crate) mod check;
mod statics;
mod toml;
mod yaml;

pub use statics::{Static, Statics};

use std::sync::Arc;

use crate::finding::Finding;
use crate::node::{Node, Place};

/// No file that people write is larger.
const BYTES_MAX: usize = 4 << 20;
/// No file that people write nests deeper.
const DEPTH_MAX: usize = 64;

/// A dynamic file as it was last read well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DynamicFile {
    path: Arc<str>,
    tree: Node,
    fault: Option<Finding>,
}

impl DynamicFile {
    /// The file of this name, which is shown in findings, with this text. A text that cannot be read gives an empty
    /// file with a fault.
    pub fn new(path: &str, text: &str) -> Self {
        let path: Arc<str> = path.into();
        let empty = Self { tree: Node::empty(place(&path, 1)), path, fault: None };
        empty.updated(text)
    }

    /// The file with a new text; with the old one and a fault if the new one cannot be read.
    #[must_use]
    pub fn updated(&self, text: &str) -> Self {
        match read(&self.path, text) {
            Ok(tree) => Self { path: self.path.clone(), tree, fault: None },
            Err(fault) => Self { fault: Some(fault), ..self.clone() },
        }
    }

    /// The file as it was, with a fault that says why it could not be opened now.
    #[must_use]
    pub fn unreadable(&self, reason: &str) -> Self {
        let what = format!("the file cannot be read: {reason}");
        let instead = "check that it is there, mounted, and that Porthole may read it";
        Self { fault: Some(Finding::error(place(&self.path, 1), what, instead)), ..self.clone() }
    }

    /// As it is shown in findings.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its fields; `http`, `tcp`, `udp`, `tls` and perhaps static keys.
    pub fn tree(&self) -> &Node {
        &self.tree
    }

    /// What is wrong with the file by itself: whatever it refers to, containers may declare.
    pub fn check(&self) -> Vec<Finding> {
        check::check(self)
    }

    /// Why its newest text is not in force.
    pub fn fault(&self) -> Option<&Finding> {
        self.fault.as_ref()
    }
}

fn read(path: &Arc<str>, text: &str) -> Result<Node, Finding> {
    if text.len() > BYTES_MAX {
        let what = "the file is longer than 4 MiB, which no dynamic file is";
        return Err(Finding::error(place(path, 1), what, "check the path"));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if path.ends_with(".toml") { toml::read(path, text) } else { yaml::read(path, text) }
}

fn place(path: &Arc<str>, line: u32) -> Place {
    Place::File { path: path.clone(), line }
}

fn fault(path: &Arc<str>, line: usize, what: impl Into<String>, instead: &str) -> Finding {
    Finding::error(place(path, u32::try_from(line).unwrap_or(u32::MAX)), what, instead)
}

#[cfg(test)]
mod tests;
