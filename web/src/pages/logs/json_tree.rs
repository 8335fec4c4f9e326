//! A JSON line as a tree that can be folded.

use std::sync::Arc;

use leptos::prelude::*;
use web_logic::line::{Json, JsonValue, Line};
use web_logic::number::plural;

use super::fields::FilterButtons;

/// Objects and lists with more members begin folded.
const OPEN_MAX: usize = 20;

/// The tree.
#[component]
pub(super) fn JsonTree(json: Json, line: Arc<Line>) -> impl IntoView {
    let members = match json.value {
        JsonValue::Object(members) | JsonValue::List(members) => members,
        JsonValue::Word(_) | JsonValue::Text(_) => Vec::new(),
    };
    view! { <ul class="json">{members.into_iter().map(|member| node(member, &line)).collect_view()}</ul> }
}

fn node(json: Json, line: &Arc<Line>) -> AnyView {
    let filter = json.filter(&line.text);
    let buttons = filter.map(|filter| view! { <FilterButtons filter /> });
    let key = (!json.key.is_empty()).then(|| view! { <span class="json-key">{json.key}</span> });
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
    let inside = members.into_iter().map(|member| node(member, line)).collect_view();
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
