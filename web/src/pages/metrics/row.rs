//! A query of the page: its letter, which switches it, its field, and the button that removes it.
//!
//! Whoever types pauses a moment; then the query is checked, and asked only if it can be. Enter asks at once.

use std::rc::Rc;
use std::time::Duration;

use crate::prelude::*;
use api::QueryFault;
use web_logic::explore::{QUERIES_MAX, letter};

use super::asking::Asking;
use super::offers::look;
use crate::client::Failure;
use crate::components::{Language, QueryField, Sign, query_field};
use crate::dom::{El, el, icon_button};
use crate::reactive::{derived, effect};
use crate::state::{Shared, shared};

/// Whoever types pauses as long before the query is looked at.
const TYPING: Duration = Duration::from_millis(400);

/// The row of a query.
pub(super) fn row(asking: Asking, index: usize) -> El {
    let Shared { view, .. } = shared();
    let text = derived(move || {
        asking
            .explore
            .with(|explore| explore.queries.get(index).map(|query| query.text.clone()).unwrap_or_default())
    });
    let is_off = derived(move || {
        asking.explore.with(|explore| explore.queries.get(index).is_some_and(|query| query.is_off))
    });
    let draft = RwSignal::new(text.get_untracked());
    let typing = Typing { asking, index, draft, checked: RwSignal::new(None), edits: StoredValue::new(0) };
    effect(move || {
        let text = text.get();
        if draft.with_untracked(|draft| draft.trim() != text) {
            draft.set(text);
        }
        typing.clear();
    });
    let (field, below) = query_field(QueryField {
        id: format!("query-{index}"),
        label: format!("Query {}", letter(index)),
        placeholder: "PromQL, for instance rate(http_requests_total[5m])",
        draft,
        language: Language {
            look: Box::new(look),
            fault: Rc::new(move || typing.fault()),
            place: Box::new(|text, (start, end)| Some(within(text, start as usize, end as usize))),
        },
        typed: Rc::new(move || typing.pause()),
        entered: Rc::new(move || {
            typing.ask();
            view.refresh();
        }),
    });
    let switch = el("button", "query-letter")
        .attr("type", "button")
        .attr("title", "Asked or not")
        .attr("aria-label", &format!("Query {} is asked", letter(index)))
        .pressed_of(move || !is_off.get())
        .text(&letter(index))
        .click(move || {
            asking.change(|explore| {
                if let Some(query) = explore.queries.get_mut(index) {
                    query.is_off = !query.is_off;
                }
            });
        });
    let remove = icon_button(Sign::Close, &format!("Remove query {}", letter(index)))
        .class_of("gone", move || asking.explore.with(|explore| explore.queries.len() < 2))
        .click(move || {
            asking.change(|explore| {
                explore.queries.remove(index);
                explore.only.clear();
            });
        });
    let field = el("div", "query-field")
        .class_of("query-off", move || is_off.get())
        .add(switch)
        .add(field)
        .add(below);
    el("div", "query metric-query").attr("role", "search").add(field).add(remove)
}

/// The rows of all queries; at least one.
pub(super) fn rows(asking: Asking) -> El {
    el("div", "metric-queries").keyed(move || {
        let count = asking.explore.with(|explore| explore.queries.len()).clamp(1, QUERIES_MAX);
        (0..count)
            .map(|index| (index.to_string(), Box::new(move || row(asking, index)) as Box<dyn FnOnce() -> El>))
            .collect()
    })
}

/// What is being typed.
#[derive(Clone, Copy)]
struct Typing {
    asking: Asking,
    index: usize,
    draft: RwSignal<String>,
    /// The fault of what stands in the field and was not asked.
    checked: RwSignal<Option<QueryFault>>,
    edits: StoredValue<u32>,
}

impl Typing {
    fn clear(self) {
        self.checked.maybe_update(|fault| fault.take().is_some());
    }

    /// Looks at the query when nothing more was typed for a moment.
    fn pause(self) {
        self.clear();
        let edit = self.edit();
        let later = move || {
            if self.edits.try_get_value() == Some(edit) {
                self.check(edit);
            }
        };
        set_timeout(later, TYPING);
    }

    fn edit(self) -> u32 {
        self.edits.update_value(|edits| *edits += 1);
        self.edits.get_value()
    }

    fn check(self, edit: u32) {
        let text = self.draft.get_untracked();
        if text.trim().is_empty() {
            self.ask();
            return;
        }
        let check = shared().client.metric_check(&text);
        spawn_local(async move {
            let answer = check.await;
            if self.edits.try_get_value() != Some(edit) {
                return;
            }
            match answer.ok().and_then(|check| check.fault) {
                Some(fault) => self.checked.set(Some(fault)),
                None => self.ask(),
            }
        });
    }

    /// Asks what stands there.
    fn ask(self) {
        self.edit();
        self.clear();
        self.asking.put(self.index, self.draft.get_untracked().trim());
    }

    /// What is wrong with what stands in the field.
    fn fault(self) -> Option<QueryFault> {
        self.checked.get().or_else(|| {
            let asked = self.asking.explore.with(|explore| explore.active(self.index).map(str::to_owned))?;
            let refused = match self.asking.answer(self.index).failure()? {
                Failure::Refused(fault) => fault,
                _ => return None,
            };
            self.draft.with(|draft| draft.trim() == asked).then_some(refused)
        })
    }
}

/// A place that surely lies in a text and does not cut a character.
fn within(text: &str, start: usize, end: usize) -> (usize, usize) {
    let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (start, end) = (floor(start), floor(end));
    (start, end.max(start))
}
