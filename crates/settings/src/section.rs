//! One table of the tree, by whose keys an engine reads it.

use crate::node::{Node, Table, Value};
use crate::tree::join;
use crate::{Fault, Place, Tree};

/// One table, whether it was written or not: an absent section answers `None` to everything.
#[derive(Clone, Debug)]
pub struct Section<'t> {
    pub(crate) tree: &'t Tree,
    path: String,
    table: Option<&'t Table>,
    /// Where the section is written; for an absent one, where its nearest ancestor is.
    place: Place,
}

impl<'t> Section<'t> {
    pub(crate) fn root(tree: &'t Tree) -> Self {
        tree.open("");
        Self { tree, path: String::new(), table: Some(&tree.table), place: tree.origin.clone() }
    }

    /// Where the section is in the tree, as `metrics.scrape[2]`; empty at the top.
    pub fn key_path(&self) -> &str {
        &self.path
    }

    /// Whether the section is written.
    pub fn is_present(&self) -> bool {
        self.table.is_some()
    }

    /// The section `[key]`.
    pub fn section(&self, key: &str) -> Section<'t> {
        let absent = || Section {
            tree: self.tree,
            path: join(&self.path, key),
            table: None,
            place: self.place.clone(),
        };
        let Some(node) = self.node(key) else { return absent() };
        if let Value::Table(table) = &node.value {
            return self.child(join(&self.path, key), table, node);
        }
        self.wrong(key, node, &format!("write its keys below a line [{}]", join(&self.path, key)));
        absent()
    }

    /// The sections `[[key]]`, in their order.
    pub fn sections(&self, key: &str) -> Vec<Section<'t>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let path = join(&self.path, key);
        let Value::List(nodes) = &node.value else {
            self.wrong(key, node, &format!("write [[{path}]], once for each"));
            return Vec::new();
        };
        let sections = nodes.iter().enumerate().filter_map(|(index, node)| match &node.value {
            Value::Table(table) => Some(self.child(format!("{path}[{index}]"), table, node)),
            _ => {
                self.wrong(&format!("{key}[{index}]"), node, &format!("write [[{path}]], once for each"));
                None
            }
        });
        sections.collect()
    }

    /// The sections `[key.<name>]` with their names, sorted by name.
    pub fn named(&self, key: &str) -> Vec<(String, Section<'t>)> {
        let parent = self.section(key);
        let names = parent.table.iter().flat_map(|table| table.0.keys());
        let sections = names.map(|name| (name.clone(), parent.section(name)));
        sections.filter(|(_, section)| section.is_present()).collect()
    }

    /// The keys that are written, sorted: for sections whose keys are names that people choose.
    pub fn keys(&self) -> Vec<String> {
        self.table.iter().flat_map(|table| table.0.keys().cloned()).collect()
    }

    /// Counts `key` as known, whatever it holds: nothing more is said about it, and a misspelt one is told of it.
    pub fn know(&self, key: &str) {
        self.tree.ask(&self.path, key);
    }

    /// Whether `key` is written, well or badly.
    pub fn is_set(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.0.contains_key(key))
    }

    /// The file's line on which `key` is set.
    pub fn line(&self, key: &str) -> Option<u32> {
        match self.table?.0.get(key)?.key_place {
            Place::File { line, .. } => Some(line),
            Place::NoFile | Place::Environment { .. } => None,
        }
    }

    /// Records a fault of `key`: at its value if it is written, else at the section that lacks it. An empty
    /// key means the section itself.
    pub fn fault(&self, key: &str, problem: impl Into<String>, instead: impl Into<String>) {
        let node = self.table.and_then(|table| table.get(key));
        self.fault_at(node.map_or(&self.place, |node| &node.place), key, problem, instead);
    }

    pub(crate) fn fault_at(
        &self,
        place: &Place,
        key: &str,
        problem: impl Into<String>,
        instead: impl Into<String>,
    ) {
        let key = if key.is_empty() { self.path.clone() } else { join(&self.path, key) };
        self.tree.record(Fault {
            place: place.clone(),
            key,
            problem: problem.into(),
            instead: instead.into(),
        });
    }

    /// Records that the value is of another type than asked for.
    pub(crate) fn wrong(&self, key: &str, node: &Node, instead: &str) {
        match &node.value {
            Value::Broken => {}
            value => self.fault_at(&node.place, key, value.describe(), instead),
        }
    }

    /// The value of `key`, which counts as asked for from now on.
    pub(crate) fn node(&self, key: &str) -> Option<&'t Node> {
        self.tree.ask(&self.path, key);
        self.table?.get(key)
    }

    fn child(&self, path: String, table: &'t Table, node: &Node) -> Section<'t> {
        self.tree.open(&path);
        Section { tree: self.tree, path, table: Some(table), place: node.place.clone() }
    }
}
