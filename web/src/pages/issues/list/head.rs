//! What is asked: the query with its completion, and what writes it: states, project, environment, order.

use std::rc::Rc;
use std::time::Duration;

use crate::prelude::*;
use api::QueryFault;
use wasm_bindgen::JsCast;
use web_logic::issues::query::{self, STATUSES, asked, completion, key_candidates, value_candidates};
use web_logic::number::plural;
use web_sys::HtmlSelectElement;

use super::super::asks::sort_word;
use super::super::href;
use super::bar::order;
use super::{List, SORTS, sort};
use crate::client::Failure;
use crate::components::{Language, Offers, QueryField, Sign, query_field};
use crate::dom::{El, button, el, sign};
use crate::history::Visit;
use crate::reactive::{derived, effect};
use crate::state::{Shared, shared};

/// Whoever types pauses as long before the query is asked.
const TYPING: Duration = Duration::from_millis(400);

pub(super) fn head(list: List) -> El {
    let total = move || {
        let page = list.answer.get();
        let total = page.filter(|page| !page.rows.is_empty()).and_then(|page| page.total);
        total.map(|total| plural(total, "issue")).unwrap_or_default()
    };
    el("header", "issue-head")
        .add(
            el("div", "things-head")
                .add(el("h1", "").attr("tabindex", "-1").text("Issues"))
                .add(el("p", "hint").attr("role", "status").text_of(total)),
        )
        .add(field(list))
        .add(choices(list))
}

fn field(list: List) -> El {
    let Shared { view, .. } = shared();
    let query = derived(move || view.state.with(|state| asked(state).to_owned()));
    let draft = RwSignal::new(query.get_untracked());
    let edits = StoredValue::new(0_u32);
    effect(move || {
        let query = query.get();
        if draft.with_untracked(|draft| draft.trim() != query) {
            draft.set(query);
        }
    });
    let settled = move || {
        edits.update_value(|edits| *edits += 1);
        let typed = draft.get_untracked();
        if query.with_untracked(|query| *query != typed.trim()) {
            view.adjust(|state| query::write(state, &typed));
        }
    };
    let typed = move || {
        edits.update_value(|edits| *edits += 1);
        let edit = edits.get_value();
        let later = move || {
            if edits.try_get_value() == Some(edit) && draft.with_untracked(|draft| is_whole(draft)) {
                settled();
            }
        };
        set_timeout(later, TYPING);
    };
    let entered = move || {
        let typed = draft.get_untracked();
        if is_event_id(typed.trim()) { jump(typed.trim().to_owned()) } else { settled() }
    };
    let shown = move || fault(list).filter(|_| query.with(|query| draft.with(|draft| draft.trim() == query)));
    let (text, below) = query_field(QueryField {
        id: "issue-query".to_owned(),
        label: "Query".to_owned(),
        placeholder: "is:unresolved, release:…, user.email:…, text, or an event’s id",
        draft,
        language: Language {
            look: Box::new(move |offers, text, cursor| look(list, offers, text, cursor)),
            fault: Rc::new(shown),
            place: Box::new(|text, (start, end)| {
                let (start, end) = (start as usize, (end as usize).min(text.len()));
                (text.is_char_boundary(start) && text.is_char_boundary(end) && start <= end)
                    .then_some((start, end))
            }),
        },
        typed: Rc::new(typed),
        entered: Rc::new(entered),
    });
    let field = el("div", "query-field")
        .add(sign(Sign::Search))
        .add(text)
        .add(el("kbd", "wide-only").text("/"))
        .add(below);
    el("div", "query").attr("role", "search").add(field)
}

/// What is wrong with the query that was asked.
pub(super) fn fault(list: List) -> Option<QueryFault> {
    match list.answer.failure() {
        Some(Failure::Refused(fault)) => Some(fault),
        _ => None,
    }
}

/// Whether the last term is not half a term.
fn is_whole(draft: &str) -> bool {
    query::terms(draft).last().is_none_or(|term| {
        let open = term.value.matches('"').count() % 2 == 1;
        !(open || term.key.is_some() && term.value.is_empty())
    })
}

fn is_event_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Goes to an event.
fn jump(id: String) {
    let Shared { client, history, view, toast, .. } = shared();
    let asked = client.event_place(&id);
    spawn_local(async move {
        match asked.await {
            Ok(place) => {
                let there = view.state.with_untracked(|state| href(state, place.issue, &place.event));
                history.go(&there, Visit::New);
            }
            Err(failure) => toast.show(failure.to_string()),
        }
    });
}

/// Offers what fits at the cursor: keys at once, values when the server has told them.
fn look(list: List, offers: Offers, text: &str, cursor: usize) {
    let wanted = completion(text, cursor);
    let turn = offers.turn();
    let page = untrack(|| list.answer.get()).unwrap_or_default();
    let Some(key) = wanted.key else {
        offers.offer(turn, wanted.span, key_candidates(&wanted.prefix, &page.tags));
        return;
    };
    let known = match key.as_str() {
        "environment" => Some(&page.environments),
        "release" | "firstRelease" => Some(&page.releases),
        "assigned" => Some(&page.people),
        _ => None,
    };
    let found = value_candidates(&key, &wanted.prefix, known.map_or(&[], Vec::as_slice));
    let fixed = known.is_some() || !found.is_empty();
    offers.offer(turn, wanted.span, found);
    if fixed {
        return;
    }
    let project = list.request.with_untracked(|request| request.project.clone());
    let asked = shared().client.issue_values(&key, &wanted.prefix, &project);
    spawn_local(async move {
        let Ok(values) = asked.await else { return };
        let values: Vec<String> = values.into_iter().map(|value| value.value).collect();
        offers.offer(turn, wanted.span, value_candidates(&key, &wanted.prefix, &values));
    });
}

fn choices(list: List) -> El {
    let Shared { view, .. } = shared();
    let projects = move || {
        let page = list.answer.get();
        page.iter().flat_map(|page| &page.projects).map(|project| project.slug.clone()).collect()
    };
    let environments = move || list.answer.get().map(|page| page.environments.clone()).unwrap_or_default();
    let project = move || view.state.with(|state| state.project.clone()).unwrap_or_default();
    let environment = move || view.state.with(|state| state.environment.clone()).unwrap_or_default();
    let orders: Vec<(String, String)> =
        SORTS.iter().map(|(by, words)| (sort_word(*by).to_owned(), (*words).to_owned())).collect();
    let by = move || view.state.with(|state| sort_word(sort(&state.sort)).to_owned());
    el("div", "issue-choices")
        .add(states())
        .add(select("Project", Box::new(move || options("All projects", projects(), project())), |value| {
            shared().view.change(|state| {
                state.project = filled(value);
                state.cursor.clear();
            });
        }))
        .add(select(
            "Environment",
            Box::new(move || options("All environments", environments(), environment())),
            |value| {
                shared().view.change(|state| {
                    state.environment = filled(value);
                    state.cursor.clear();
                });
            },
        ))
        .add(select("Order", Box::new(move || (orders.clone(), by())), |value| order(sort(&value))))
}

fn filled(value: String) -> Option<String> {
    Some(value).filter(|value| !value.is_empty())
}

fn options(all: &str, mut values: Vec<String>, chosen: String) -> (Vec<(String, String)>, String) {
    if !chosen.is_empty() && !values.contains(&chosen) {
        values.push(chosen.clone());
    }
    let each = values.into_iter().map(|value| (value.clone(), value));
    (std::iter::once((String::new(), all.to_owned())).chain(each).collect(), chosen)
}

/// Values with their words, and the one that is chosen.
type Options = Box<dyn Fn() -> (Vec<(String, String)>, String)>;

fn select(label: &str, options: Options, choose: fn(String)) -> El {
    let element = el("select", "select").attr("aria-label", label).attr("title", label);
    let select: HtmlSelectElement = element.element().clone().unchecked_into();
    let chosen = select.clone();
    let known = StoredValue::new(Vec::new());
    effect(move || {
        let (all, value) = options();
        // What is open must not be built anew below the pointer.
        if known.get_value() != all {
            let each = all.iter().map(|(value, words)| el("option", "").attr("value", value).text(words));
            select.set_text_content(None);
            for option in each {
                let _ = select.append_child(option.element());
            }
            known.set_value(all);
        }
        select.set_value(&value);
    });
    element.on("change", move |_| choose(chosen.value()))
}

/// What `is:` stands for, as buttons that write it.
fn states() -> El {
    let Shared { view, .. } = shared();
    let set = move |value: Option<&'static str>| {
        view.change(|state| {
            let written = query::with(asked(state), "is", value);
            query::write(state, &written);
        });
    };
    let one = move |(value, words): (&'static str, &'static str)| {
        button("segment", words)
            .pressed_of(move || view.state.with(|state| query::has(asked(state), "is", value)))
            .click(move || set(Some(value)))
    };
    let any =
        move || view.state.with(|state| query::terms(asked(state)).iter().all(|term| term.key != Some("is")));
    el("div", "segments issue-states")
        .attr("role", "group")
        .attr("aria-label", "State")
        .each(STATUSES.into_iter().map(one))
        .add(button("segment", "All").pressed_of(any).click(move || set(None)))
}
