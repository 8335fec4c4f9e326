//! What is looked at: the address as a [`ViewState`], and the ways to change it.

use crate::prelude::*;
use api::Millis;
use web_logic::route::Page;
use web_logic::time::{Clock, Range, Resolved};
use web_logic::view::ViewState;

use crate::browser;
use crate::history::{History, Visit};
use crate::reactive::{Derived, derived};

/// What is looked at.
#[derive(Clone, Copy)]
pub(crate) struct View {
    /// What stands in the address.
    pub(crate) state: Derived<ViewState>,
    /// Both ends of the time range, as of when it was chosen or refreshed.
    pub(crate) resolved: Derived<Resolved>,
    history: History,
    refreshed: RwSignal<Millis>,
}

impl View {
    pub(super) fn new(history: History) -> Self {
        let state = derived(move || ViewState::read(history.page(), &history.search()));
        let range = derived(move || state.with(|state| (state.range, state.utc)));
        let refreshed = RwSignal::new(browser::now());
        let resolved = derived(move || {
            refreshed.track();
            let (range, utc) = range.get();
            range.resolve(browser::clock(utc))
        });
        Self { state, resolved, history, refreshed }
    }

    /// The clock by which times are shown.
    pub(crate) fn clock(self) -> Clock<'static> {
        browser::clock(self.state.with(|state| state.utc))
    }

    /// Changes what is looked at; Back returns.
    pub(crate) fn change(self, change: impl FnOnce(&mut ViewState)) {
        self.apply(Visit::New, change);
    }

    /// Changes what is looked at without a step for Back: while typing, or marking a row.
    pub(crate) fn adjust(self, change: impl FnOnce(&mut ViewState)) {
        self.apply(Visit::Same, change);
    }

    fn apply(self, visit: Visit, change: impl FnOnce(&mut ViewState)) {
        let mut state = self.state.get_untracked();
        change(&mut state);
        self.history.go(&state.on(&self.history.path()), visit);
    }

    /// Shows a page with a view.
    pub(crate) fn show(self, page: Page, state: &ViewState, visit: Visit) {
        self.history.go(&state.on(page.path()), visit);
    }

    /// The address of another page, looking at the same services and time.
    pub(crate) fn href(self, page: Page) -> String {
        self.state.with(|state| state.carried_to(page).on(page.path()))
    }

    /// Chooses a time range. What moves with the clock begins anew even if it was chosen already.
    pub(crate) fn set_range(self, range: Range) {
        if self.state.with_untracked(|state| state.range == range) {
            self.refresh();
        }
        self.change(|state| {
            state.live &= range.is_relative();
            state.selected = None;
            state.range = range;
        });
    }

    /// Takes a new look at a range that moves with the clock.
    pub(crate) fn refresh(self) {
        self.refreshed.set(browser::now());
    }

    /// The address of exactly what is seen: absolute times, and the row that is marked.
    pub(crate) fn frozen_link(self, selected: Option<String>) -> String {
        let mut state = self.state.get_untracked();
        if state.live {
            self.refresh();
        }
        state.range = self.resolved.get_untracked().frozen();
        state.live = false;
        state.selected = selected.or(state.selected);
        format!("{}{}", browser::origin(), state.on(&self.history.path()))
    }
}
