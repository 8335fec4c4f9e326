//! `[[proxy.route]]` and `[proxy.middlewares.*]`: turned to the same tree as labels and files, and read by the same
//! decoders. What those call wrong is a fault of the settings here: Porthole says so before it starts.

mod route;

use std::collections::BTreeMap;
use std::sync::Arc;

use settings::{Section, Written, WrittenValue};

use crate::declared::{self, Declared};
use crate::finding::{Finding, Severity};
use crate::name::Provider;
use crate::node::{Node, Place};
use crate::plan::Files;

/// What the settings declare.
#[derive(Clone, Debug, Default)]
pub struct Configured {
    /// Routers, services and middlewares.
    pub declared: Declared,
    /// Services that are folders, by their names, with where they are written.
    pub folders: BTreeMap<String, (Place, Files)>,
    /// Warnings and notes.
    pub findings: Vec<Finding>,
}

impl Configured {
    /// Reads `route` and `middlewares` of the section `[proxy]`.
    pub fn read(proxy: &Section<'_>) -> Self {
        let mut writer = Writer::default();
        let middlewares = middlewares(proxy, &mut writer);
        let routes = route::read_all(proxy, &mut writer);
        let http = branch([
            ("middlewares", branch(middlewares)),
            ("routers", branch(routes.routers)),
            ("services", branch(routes.services)),
        ]);
        let (declared, found) = declared::read(&branch([("http", http)]), Provider::Porthole);
        let (faults, findings) = found.into_iter().partition(|finding| finding.severity == Severity::Error);
        writer.report(proxy, faults);
        Self { declared, folders: routes.folders, findings }
    }
}

/// A node for nothing that was written itself, but that holds what was.
fn branch<'a>(children: impl IntoIterator<Item = (impl Into<std::borrow::Cow<'a, str>>, Node)>) -> Node {
    let children = children.into_iter().map(|(name, node)| (name.into().into_owned(), node)).collect();
    Node { children, ..Node::empty(Place::Setting { key: "proxy".into(), line: 0 }) }
}

fn middlewares(proxy: &Section<'_>, writer: &mut Writer) -> Vec<(String, Node)> {
    let Some(written) = proxy.written("middlewares") else { return Vec::new() };
    let node = writer.node("proxy.middlewares", &written);
    if node.value.is_some() || node.is_list() {
        let instead = "write [proxy.middlewares.<name>] and below it the kind with its options";
        proxy.fault("middlewares", "is no section", instead);
        return Vec::new();
    }
    node.children
}

/// Turns what was written to nodes, and remembers the places.
#[derive(Default)]
struct Writer {
    places: BTreeMap<Arc<str>, settings::Place>,
}

impl Writer {
    /// What stands at the key of this full path.
    fn node(&mut self, key: &str, written: &Written) -> Node {
        let mut node = Node::empty(self.place(key, &written.place));
        match &written.value {
            WrittenValue::Text(text) => node.value = Some(text.clone()),
            WrittenValue::Broken => {}
            WrittenValue::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let child = self.node(&format!("{key}[{index}]"), item);
                    node.children.push((format!("[{index}]"), child));
                }
            }
            WrittenValue::Table(pairs) => {
                for (name, item) in pairs {
                    node.children.push((name.clone(), self.node(&format!("{key}.{name}"), item)));
                }
            }
        }
        node
    }

    fn place(&mut self, key: &str, place: &settings::Place) -> Place {
        let key: Arc<str> = key.into();
        self.places.insert(key.clone(), place.clone());
        let line = match place {
            settings::Place::File { line, .. } => *line,
            settings::Place::NoFile | settings::Place::Environment { .. } => 0,
        };
        Place::Setting { key, line }
    }

    /// Findings of the decoders become faults of the settings.
    fn report(&self, proxy: &Section<'_>, findings: Vec<Finding>) {
        for finding in findings {
            let Place::Setting { key, .. } = &finding.place else { continue };
            let path = key.strip_prefix("proxy.").unwrap_or(key);
            let place = self.places.get(key).unwrap_or(&settings::Place::NoFile);
            proxy.fault_below(place, path, finding.what, finding.instead);
        }
    }
}

#[cfg(test)]
mod tests;
