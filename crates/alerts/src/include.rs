//! Rule files of Prometheus: YAML with groups of alerting and recording rules, as `rule_files` of `[alerts]` names them.
//!
//! A file's annotations become the card: `summary` says what broke, `description` how bad it is, `do_now` (or `action`)
//! what to do, `runbook_url` where to read more; the label `severity` (or `tier`) is the tier.

mod group;
mod paths;
mod told;

use std::path::Path;
use std::sync::Arc;

use route::file::DynamicFile;
use route::node::{Node, Place};

use crate::group::Group;
use crate::rule::{Usual, Warning};

pub(crate) use paths::matching;

/// What is wrong in a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Counted from 1.
    pub(crate) line: u32,
    pub(crate) problem: String,
    pub(crate) instead: String,
}

/// What a rule file says.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) groups: Vec<Group>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) faults: Vec<Fault>,
}

impl File {
    /// Reads the file; what cannot be opened is a fault of it.
    pub(crate) fn open(path: &Path, usual: &Usual) -> Self {
        let shown = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::read(&shown, &text, usual),
            Err(error) => {
                let mut file = Self::default();
                let instead = "check that it is there, mounted, and that Porthole may read it";
                file.fault(1, format!("the file cannot be read: {error}"), instead);
                file
            }
        }
    }

    /// Reads a text that stands in a file of this name.
    pub(crate) fn read(path: &str, text: &str, usual: &Usual) -> Self {
        let mut file = Self::default();
        let yaml = DynamicFile::new(path, text);
        if let Some(fault) = yaml.fault() {
            file.fault(line_of(&fault.place), fault.what.clone(), &fault.instead);
            return file;
        }
        let path: Arc<str> = path.into();
        file.known(yaml.tree(), &["groups"], "a rule file");
        for (_, node) in yaml.tree().child("groups").iter().flat_map(|groups| &groups.children) {
            let group = group::read(&mut file, &path, node, usual);
            file.groups.extend(group);
        }
        file.twice();
        file
    }

    fn fault(&mut self, line: u32, problem: impl Into<String>, instead: &str) {
        self.faults.push(Fault { line, problem: problem.into(), instead: instead.to_owned() });
    }

    /// Faults each key that is none of these.
    fn known(&mut self, node: &Node, keys: &[&str], what: &str) {
        for (key, child) in &node.children {
            if !keys.contains(&key.as_str()) {
                let instead = format!("write one of {}", keys.join(", "));
                self.fault(line_of(&child.place), format!("`{key}` is no key of {what}"), &instead);
            }
        }
    }

    /// Faults groups of one name.
    fn twice(&mut self) {
        let names: Vec<String> = self.groups.iter().map(|group| group.name.clone()).collect();
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) {
                self.fault(1, format!("there are two groups `{name}`"), "give one of them another name");
            }
        }
    }
}

fn line_of(place: &Place) -> u32 {
    match place {
        Place::File { line, .. } => *line,
        Place::Label { .. } | Place::Setting { .. } => 1,
    }
}

#[cfg(test)]
mod tests;
