//! All settings of one start: the file, the environment over it, and the faults found so far.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Ordered as _;

use crate::node::{Table, Value};
use crate::{Fault, Place, Section, environment, syntax, unknown};

/// The settings. Engines read them through [`Tree::root`]; [`Tree::finish`] then says what is wrong.
#[derive(Debug)]
pub struct Tree {
    pub(crate) table: Table,
    /// The place of what is missing at the top.
    pub(crate) origin: Place,
    /// Relative paths of the file are taken from here.
    pub(crate) folder: PathBuf,
    faults: RefCell<BTreeSet<Fault>>,
    asked: RefCell<Asked>,
}

/// The keys asked for, by the path of their section.
pub(crate) type Asked = BTreeMap<String, BTreeSet<String>>;

/// A key that the file or the environment sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetKey {
    /// Its path, as `logs.class[0].name`.
    pub key: String,
    /// Where it is set.
    pub place: Place,
}

impl Tree {
    /// Reads `text`, with `environment` over it. Never fails: errors of syntax become faults, and what could
    /// be read is there.
    pub fn parse(
        file_name: &str,
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let file: Arc<str> = file_name.into();
        let (table, faults) = syntax::parse(&file, text);
        let folder = Path::new(file_name).parent().unwrap_or(Path::new("")).to_owned();
        Self::new(table, faults, Place::File { file, line: 1, column: 1 }, folder, environment)
    }

    /// The settings of the environment alone.
    pub(crate) fn without_file(environment: impl IntoIterator<Item = (String, String)>) -> Self {
        Self::new(Table::default(), Vec::new(), Place::NoFile, PathBuf::new(), environment)
    }

    fn new(
        mut table: Table,
        mut faults: Vec<Fault>,
        origin: Place,
        folder: PathBuf,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        faults.extend(environment::overlay(&mut table, environment));
        Self {
            table,
            origin,
            folder,
            faults: RefCell::new(faults.into_iter().collect()),
            asked: RefCell::default(),
        }
    }

    /// The top of the tree.
    pub fn root(&self) -> Section<'_> {
        Section::root(self)
    }

    /// Every fault, in the order of places: of syntax, of values read so far, and the keys that nobody asked
    /// for. To be called when every engine has read its section.
    pub fn finish(&self) -> Vec<Fault> {
        let mut faults = self.faults.borrow().clone();
        faults.extend(unknown::keys(&self.table, &self.asked.borrow()));
        faults.into_iter().collect()
    }

    /// What is set, in the order of places. Values are left out: some are secret.
    pub fn set_keys(&self) -> Vec<SetKey> {
        let mut keys = Vec::new();
        collect(&self.table, "", &mut keys);
        keys.order_by(|a, b| (&a.place, &a.key).cmp(&(&b.place, &b.key)));
        keys
    }

    pub(crate) fn record(&self, fault: Fault) {
        self.faults.borrow_mut().insert(fault);
    }

    /// Notes that somebody reads this section, even if none of its keys.
    pub(crate) fn open(&self, section: &str) {
        self.asked.borrow_mut().entry(section.to_owned()).or_default();
    }

    pub(crate) fn ask(&self, section: &str, key: &str) {
        self.asked.borrow_mut().entry(section.to_owned()).or_default().insert(key.to_owned());
    }
}

/// `section.key`, or `key` at the top. Keys that TOML would want in quotes have them here too.
pub(crate) fn join(section: &str, key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '[' | ']');
    let key = if key.chars().all(bare) { Cow::Borrowed(key) } else { Cow::Owned(format!("{key:?}")) };
    if section.is_empty() { key.into_owned() } else { format!("{section}.{key}") }
}

fn collect(table: &Table, section: &str, keys: &mut Vec<SetKey>) {
    for (key, item) in &table.0 {
        let path = join(section, key);
        match &item.node.value {
            Value::Table(inner) => collect(inner, &path, keys),
            Value::List(nodes) if nodes.iter().any(|node| matches!(node.value, Value::Table(_))) => {
                for (index, node) in nodes.iter().enumerate() {
                    if let Value::Table(inner) = &node.value {
                        collect(inner, &format!("{path}[{index}]"), keys);
                    }
                }
            }
            _ => keys.push(SetKey { key: path, place: item.key_place.clone() }),
        }
    }
}
