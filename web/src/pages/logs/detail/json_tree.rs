//! A JSON line as a tree that can be folded.

use std::sync::Arc;

use api::FieldSource;
use web_logic::columns::sanitised;
use web_logic::line::{Json, JsonValue, Line};
use web_logic::logql::FieldFilter;
use web_logic::number::plural;

use super::fields::{field_buttons, line_buttons};
use crate::dom::{El, el};

/// Objects and lists with more members begin folded.
const OPEN_MAX: usize = 20;

/// The tree.
pub(super) fn json_tree(json: Json, line: &Arc<Line>) -> El {
    let members = match json.value {
        JsonValue::Object(members) | JsonValue::List(members) => members,
        JsonValue::Word(_) | JsonValue::Text(_) => Vec::new(),
    };
    el("ul", "json")
        .add_all(members.into_iter().map(|member| node(member, line, Some(String::new()))).collect())
}

/// `path`: how `| json` names what holds the member; `None`: within a list, where it names nothing.
fn node(json: Json, line: &Arc<Line>, path: Option<String>) -> El {
    let path = path.filter(|_| !json.key.is_empty()).map(|path| {
        let key = sanitised(&json.key);
        if path.is_empty() { key } else { format!("{path}_{key}") }
    });
    let node = el("li", "");
    let key = |element: El, key: &str| {
        if key.is_empty() { element } else { element.add(el("span", "json-key").text(key)) }
    };
    let buttons = |value: &str| match &path {
        Some(name) => {
            let filter = FieldFilter { name: name.clone(), from: FieldSource::Json, value: value.to_owned() };
            Some(field_buttons(filter))
        }
        None => json.filter(&line.text).map(line_buttons),
    };
    let leaf = |class: &str, value: &str| {
        let value_element = el("span", class).text(value);
        let leaf = key(node.clone(), &json.key).add(value_element).text(" ");
        leaf.add_all(buttons(value).into_iter().collect())
    };
    match &json.value {
        JsonValue::Word(word) => leaf("json-word", word),
        JsonValue::Text(text) => leaf("json-text", text),
        JsonValue::List(members) => {
            node.add(branch(key(el("summary", ""), &json.key), members, "item", line, None))
        }
        JsonValue::Object(members) => {
            node.add(branch(key(el("summary", ""), &json.key), members, "field", line, path))
        }
    }
}

/// The browser's own folding: works by keys, and remembers while the line is unfolded.
fn branch(summary: El, members: &[Json], word: &str, line: &Arc<Line>, path: Option<String>) -> El {
    let summary = summary.add(el("span", "json-count").text(&plural(members.len() as u64, word)));
    let inside = members.iter().map(|member| node(member.clone(), line, path.clone())).collect();
    let details = el("details", "").add(summary).add(el("ul", "json").add_all(inside));
    if members.len() <= OPEN_MAX { details.attr("open", "") } else { details }
}
