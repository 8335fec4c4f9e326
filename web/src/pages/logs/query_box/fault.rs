//! What is wrong with the query: underlined where it stands, told below.

use api::QueryFault;
use leptos::prelude::*;
use web_logic::logql::compose;
use web_logic::view::ViewState;

use super::super::feed::Feed;
use crate::client::Failure;
use crate::dom::{El, el};
use crate::state::View;

/// The faults that are known.
#[derive(Clone, Copy)]
pub(super) struct Faults {
    feed: Feed,
    view: View,
    draft: RwSignal<String>,
    /// Of what stands in the box and was not asked.
    checked: RwSignal<Option<QueryFault>>,
}

impl Faults {
    pub(super) fn new(feed: Feed, view: View, draft: RwSignal<String>) -> Self {
        Self { feed, view, draft, checked: RwSignal::new(None) }
    }

    /// Nothing is known of what stands there now.
    pub(super) fn clear(self) {
        self.checked.maybe_update(|fault| fault.take().is_some());
    }

    pub(super) fn set(self, fault: QueryFault) {
        self.checked.set(Some(fault));
    }

    /// The fault of what stands in the box.
    pub(super) fn shown(self) -> Option<QueryFault> {
        self.checked.get().or_else(|| {
            let is_asked = self.draft.with(|draft| self.view.state.with(|state| state.query == *draft));
            let refused = self.feed.failure.with(|failure| match failure {
                Some(Failure::Refused(fault)) => Some(fault.clone()),
                _ => None,
            });
            refused.filter(|_| is_asked)
        })
    }

    /// The same text as in the box, unseen, with the faulty place underlined. It also gives the box its height.
    pub(super) fn underlay(self) -> El {
        el("pre", "query-underlay").attr("aria-hidden", "true").children_of(move || {
            let text = self.draft.get();
            let place = self.shown().and_then(|fault| fault.at).and_then(|at| {
                let state = self.view.state.with(|state| ViewState { query: text.clone(), ..state.clone() });
                compose(&state, None).in_box(&text, at)
            });
            let Some((start, end)) = place else { return vec![el("span", "").text(&text).text("\u{200b}")] };
            // A place behind the last character is shown as a gap.
            let faulty = if start == end { "\u{a0}" } else { &text[start..end] };
            vec![
                el("span", "").text(&text[..start]),
                el("mark", "fault-place").text(faulty),
                el("span", "").text(&text[end..]).text("\u{200b}"),
            ]
        })
    }

    /// The message.
    pub(super) fn line(self) -> El {
        el("div", "query-fault").attr("id", "query-fault").attr("role", "alert").text_of(move || {
            self.shown().map(|fault| Failure::Refused(fault).to_string()).unwrap_or_default()
        })
    }
}
