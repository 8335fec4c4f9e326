//! What is wrong with the query, and where in the box.

use crate::prelude::*;
use api::QueryFault;
use web_logic::logql::compose;
use web_logic::view::ViewState;

use super::super::feed::Feed;
use crate::client::Failure;
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

    /// Where in the box a place in the query is.
    pub(super) fn place(self, text: &str, at: (u32, u32)) -> Option<(usize, usize)> {
        let state = self.view.state.with(|state| ViewState { query: text.to_owned(), ..state.clone() });
        compose(&state, None).in_box(text, at)
    }
}
