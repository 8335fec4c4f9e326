//! Settings of the environment: `PORTHOLE_SERVER__LISTEN=…` sets `[server] listen` and wins over the file.
//!
//! Only names with `__` between section and key are settings; `PORTHOLE_CONFIG` and the like are not.

use crate::node::{Item, Node, Table, Value};
use crate::{Fault, Place};

const PREFIX: &str = "PORTHOLE_";

/// The name under which the environment sets the key `path` (as `server.listen`).
pub(crate) fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "__").to_uppercase())
}

/// Lays the variables over the table; what cannot be laid is answered as faults.
pub(crate) fn overlay(
    table: &mut Table,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Vec<Fault> {
    let settings = variables.into_iter().filter_map(|(variable, value)| {
        let path = variable.strip_prefix(PREFIX).filter(|rest| rest.contains("__"))?.to_lowercase();
        Some((variable, path, value))
    });
    settings.filter_map(|(variable, path, value)| set(table, &variable, &path, value).err()).collect()
}

fn set(table: &mut Table, variable: &str, path: &str, value: String) -> Result<(), Fault> {
    let place = Place::Environment { variable: variable.into() };
    let fault = |problem: &str, instead: &str| Fault {
        place: place.clone(),
        key: path.replace("__", "."),
        problem: problem.to_owned(),
        instead: instead.to_owned(),
    };
    let keys: Vec<&str> = path.split("__").collect();
    let (last, sections) = keys.split_last().expect("a split has at least one part");
    if keys.iter().any(|key| key.is_empty() || key.starts_with('_') || key.ends_with('_')) {
        let instead = "write PORTHOLE_SECTION__KEY, with two underscores between them";
        return Err(Fault { key: String::new(), ..fault("the name has no section or no key", instead) });
    }
    let mut table = table;
    for section in sections {
        table = match descend(table, section, &place) {
            Value::Table(inner) => inner,
            Value::List(_) => return Err(fault("lies in a list", "write lists in the configuration file")),
            _ => return Err(fault("lies in a key that has a value", "set that key, or write a section")),
        };
    }
    let key = spelling(table, last);
    let node = Node { place: place.clone(), value: Value::Loose(value) };
    table.0.insert(key, Item { key_place: place, node });
    Ok(())
}

fn descend<'t>(table: &'t mut Table, key: &str, place: &Place) -> &'t mut Value {
    let key = spelling(table, key);
    let item = table.0.entry(key).or_insert_with(|| Item {
        key_place: place.clone(),
        node: Node { place: place.clone(), value: Value::Table(Table::default()) },
    });
    &mut item.node.value
}

/// The key as the file spells it: the environment knows no case.
fn spelling(table: &Table, key: &str) -> String {
    let written = table.0.keys().find(|written| written.eq_ignore_ascii_case(key));
    written.cloned().unwrap_or_else(|| key.to_owned())
}
