//! From keys with dots to a tree.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::begins_with_one_of;
use crate::declared::notes::Notes;
use crate::node::{Node, Place};

/// More parts than any option has.
const DEPTH_MAX: usize = 32;

/// The tree of those labels that begin with one of `prefixes`, without its root `traefik`.
pub(super) fn build(
    container: &Arc<str>,
    labels: &BTreeMap<String, String>,
    prefixes: &[&str],
    notes: &mut Notes,
) -> Node {
    let mut root = Node::empty(Place::label(container.clone(), "traefik"));
    for (key, value) in labels.iter().filter(|(key, _)| begins_with_one_of(key, prefixes)) {
        match parts(key) {
            Ok(parts) => insert(&mut root, &parts, key, value, container),
            Err((what, instead)) => {
                notes.fault(&Place::label(container.clone(), key.as_str()), what, &instead);
            }
        }
    }
    root
}

type Wrong = (String, String);

/// `traefik.a.b[0].c` is `a`, `b`, `[0]`, `c`; each with where it ends in the key.
fn parts(key: &str) -> Result<Vec<(&str, usize)>, Wrong> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for (number, part) in key.split('.').enumerate() {
        let end = begin + part.len();
        match (number, part) {
            (0, "traefik") => {}
            (0, _) => {
                return Err((
                    format!("labels begin with `traefik`, not `{part}`"),
                    "write traefik.…".to_owned(),
                ));
            }
            (_, "") => {
                return Err((
                    "a part of the label between two dots is empty".to_owned(),
                    "take one dot out".to_owned(),
                ));
            }
            (_, part) if part.starts_with('[') => {
                return Err((
                    format!("`{part}` counts something that has no name"),
                    "write name[0]".to_owned(),
                ));
            }
            (_, part) => match part.strip_suffix(']').map(|_| part.find('[')) {
                None => parts.push((part, end)),
                Some(Some(bracket)) => {
                    parts.push((&part[..bracket], begin + bracket));
                    parts.push((&part[bracket..], end));
                }
                Some(None) => {
                    return Err((
                        format!("the bracket in `{part}` is not opened"),
                        "write name[0]".to_owned(),
                    ));
                }
            },
        }
        begin = end + 1;
    }
    if parts.len() > DEPTH_MAX {
        return Err((format!("the label has more than {DEPTH_MAX} parts"), String::new()));
    }
    Ok(parts)
}

/// Puts the value where the parts lead; what is there already by another case is the same.
fn insert(root: &mut Node, parts: &[(&str, usize)], key: &str, value: &str, container: &Arc<str>) {
    let mut node = root;
    for (name, end) in parts {
        let known = node.children.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        let position = known.unwrap_or_else(|| {
            let place = Place::label(container.clone(), &key[..*end]);
            node.children.push(((*name).to_owned(), Node::empty(place)));
            node.children.len() - 1
        });
        node = &mut node.children[position].1;
    }
    node.value = Some(value.to_owned());
}
