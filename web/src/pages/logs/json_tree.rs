//! A JSON line as a tree that can be folded.

use std::sync::Arc;

use leptos::prelude::*;
use web_logic::line::{Json, JsonValue, Line};
use web_logic::number::plural;

use super::fields::FilterButtons;

use crate::reactive::each;

/// Objects and lists with more members begin folded.
const OPEN_MAX: usize = 20;

/// The tree.
#[component]
pub(super) fn JsonTree(json: Json, line: Arc<Line>) -> impl IntoView {
    let members = match json.value {
        JsonValue::Object(members) | JsonValue::List(members) => members,
        JsonValue::Word(_) | JsonValue::Text(_) => Vec::new(),
    };
    view! { <ul class="json">{each(members, |member| node(member, &line))}</ul> }
}

fn node(json: Json, line: &Arc<Line>) -> AnyView {
    let filter = json.filter(&line.text);
    let buttons = each(filter, |filter| view! { <FilterButtons filter /> });
    let key = Some(json.key).filter(|key| !key.is_empty());
    let key = each(key, |key| view! { <span class="json-key">{key}</span> });
    match json.value {
        JsonValue::Word(word) => {
            view! { <li>{key} <span class="json-word">{word}</span> {buttons}</li> }.into_any()
        }
        JsonValue::Text(text) => {
            view! { <li>{key} <span class="json-text">{text}</span> {buttons}</li> }.into_any()
        }
        JsonValue::List(members) => branch(key.into_any(), members, "item", line),
        JsonValue::Object(members) => branch(key.into_any(), members, "field", line),
    }
}

/// The browser's own folding: works by keys, and remembers while the line is unfolded.
fn branch(key: AnyView, members: Vec<Json>, word: &'static str, line: &Arc<Line>) -> AnyView {
    let count = members.len();
    let open = count <= OPEN_MAX;
    let inside = each(members, |member| node(member, line));
    view! {
        <li>
            <details open=open>
                <summary>{key} <span class="json-count">{plural(count as u64, word)}</span></summary>
                <ul class="json">{inside}</ul>
            </details>
        </li>
    }
    .into_any()
}
