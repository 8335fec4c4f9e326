//! Keys that are written but that nobody asked for.

use crate::environment::variable;
use crate::nearest::nearest;
use crate::node::{Item, Node, Table, Value};
use crate::tree::{Asked, join};
use crate::{Fault, Place};

/// A fault for each of them.
pub(crate) fn keys(root: &Table, asked: &Asked) -> Vec<Fault> {
    let mut faults = Vec::new();
    walk(root, "", asked, &mut faults);
    faults
}

fn walk(table: &Table, section: &str, asked: &Asked, faults: &mut Vec<Fault>) {
    for (key, item) in &table.0 {
        let path = join(section, key);
        if !asked.get(section).is_some_and(|keys| keys.contains(key)) {
            faults.push(fault(section, key, item, asked));
            continue;
        }
        // A table that nobody opened was asked for as something else, which is a fault already.
        match &item.node.value {
            Value::Table(inner) if asked.contains_key(&path) => walk(inner, &path, asked, faults),
            Value::List(nodes) => walk_list(nodes, &path, asked, faults),
            _ => {}
        }
    }
}

fn walk_list(nodes: &[Node], path: &str, asked: &Asked, faults: &mut Vec<Fault>) {
    for (index, node) in nodes.iter().enumerate() {
        let path = format!("{path}[{index}]");
        match &node.value {
            Value::Table(inner) if asked.contains_key(&path) => walk(inner, &path, asked, faults),
            _ => {}
        }
    }
}

fn fault(section: &str, key: &str, item: &Item, asked: &Asked) -> Fault {
    let is_section = matches!(item.node.value, Value::Table(_) | Value::List(_));
    let problem = if is_section { "no such section or key" } else { "no such key" };
    let near = near_here(section, key, asked).map(|word| match item.key_place {
        Place::Environment { .. } => format!("write {}{}", variable(&join(section, word)), below(&item.node)),
        _ => format!("write `{word}`"),
    });
    Fault {
        place: item.key_place.clone(),
        key: join(section, key),
        problem: problem.to_owned(),
        instead: near.or_else(|| elsewhere(section, key, asked)).unwrap_or_else(|| known(section, asked)),
    }
}

/// The rest of the variable's name, where the environment itself opened the unknown section.
fn below(node: &Node) -> String {
    let Value::Table(table) = &node.value else { return String::new() };
    let first = table.0.iter().next();
    first.map(|(key, item)| format!("__{}{}", key.to_uppercase(), below(&item.node))).unwrap_or_default()
}

fn near_here<'a>(section: &str, key: &str, asked: &'a Asked) -> Option<&'a str> {
    nearest(key, asked.get(section)?.iter().map(String::as_str))
}

/// The same key in another section: written below the wrong header.
fn elsewhere(section: &str, key: &str, asked: &Asked) -> Option<String> {
    let home = asked.iter().find(|(other, keys)| *other != section && keys.contains(key));
    home.map(|(other, _)| match other.as_str() {
        "" => format!("`{key}` belongs at the top of the file"),
        other => format!("`{key}` belongs below {}", header(other)),
    })
}

/// The line above the keys of a section: `[logs]`, or `[[logs.class]]` for one of many.
fn header(section: &str) -> String {
    match section.rsplit_once('[') {
        Some((list, _)) if section.ends_with(']') => format!("[[{list}]]"),
        _ => format!("[{section}]"),
    }
}

fn known(section: &str, asked: &Asked) -> String {
    const SHOWN_MAX: usize = 12;
    let Some(keys) = asked.get(section).filter(|keys| !keys.is_empty()) else {
        return "remove it".to_owned();
    };
    let shown: Vec<&str> = keys.iter().take(SHOWN_MAX).map(String::as_str).collect();
    let more = if keys.len() > SHOWN_MAX { ", …" } else { "" };
    format!("known here: {}{more}", shown.join(", "))
}
