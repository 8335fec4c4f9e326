//! A dashboard and what somebody is changing about it.

use crate::prelude::*;
use api::{Dashboard, Panel};
use web_logic::dashboard::{moved, new_panel, to_json};

use crate::reactive::{Derived, derived, effect};
use crate::state::{Fetched, Shared, shared};

/// A panel with what names it while the dashboard is looked at or changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) key: usize,
    pub(super) panel: Panel,
}

/// What somebody is changing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) panels: Vec<Placed>,
    /// Whose form is open.
    pub(super) open: Option<usize>,
    next_key: usize,
}

impl Draft {
    fn of(dashboard: &Dashboard) -> Self {
        let placed = |(key, panel): (usize, &Panel)| Placed { key, panel: panel.clone() };
        Self {
            title: dashboard.title.clone(),
            panels: dashboard.panels.iter().enumerate().map(placed).collect(),
            open: None,
            next_key: dashboard.panels.len(),
        }
    }
}

/// The dashboard.
#[derive(Clone, Copy)]
pub(super) struct Board {
    pub(super) answer: Fetched<Dashboard>,
    /// While it is being changed.
    pub(super) draft: RwSignal<Option<Draft>>,
    id: StoredValue<String>,
}

impl Board {
    /// Asks for the dashboard of an id.
    pub(super) fn new(id: String) -> Self {
        let Shared { client, reach, .. } = shared();
        let board = Self { answer: Fetched::new(), draft: RwSignal::new(None), id: StoredValue::new(id) };
        effect(move || {
            reach.recovered.track();
            board.id.with_value(|id| board.answer.ask(client.dashboard(id)));
        });
        board
    }

    /// What is shown: as it is kept, or as it is being changed.
    pub(super) fn shown(self) -> Derived<Draft> {
        derived(move || {
            let kept = || self.answer.get().map(|dashboard| Draft::of(&dashboard)).unwrap_or_default();
            self.draft.get().unwrap_or_else(kept)
        })
    }

    /// Whether somebody is changing it.
    pub(super) fn is_edited(self) -> bool {
        self.draft.with(Option::is_some)
    }

    /// Begins to change it.
    pub(super) fn edit(self) {
        self.draft.set(self.answer.get().map(|dashboard| Draft::of(&dashboard)));
    }

    /// Puts another dashboard in its place, to be looked at and kept.
    pub(super) fn replace(self, dashboard: &Dashboard) {
        self.draft.set(Some(Draft::of(dashboard)));
    }

    /// Forgets the changes.
    pub(super) fn forget(self) {
        self.draft.set(None);
    }

    fn change(self, change: impl FnOnce(&mut Draft)) {
        self.draft.update(|draft| {
            if let Some(draft) = draft {
                change(draft);
            }
        });
    }

    /// Gives it another title.
    pub(super) fn set_title(self, title: String) {
        self.change(|draft| draft.title = title);
    }

    /// Changes a panel.
    pub(super) fn change_panel(self, key: usize, change: impl FnOnce(&mut Panel)) {
        self.change(|draft| {
            if let Some(placed) = draft.panels.iter_mut().find(|placed| placed.key == key) {
                change(&mut placed.panel);
            }
        });
    }

    /// Adds a panel at the end and opens its form.
    pub(super) fn add_panel(self) {
        self.change(|draft| {
            let key = draft.next_key;
            draft.next_key += 1;
            draft.panels.push(Placed { key, panel: new_panel() });
            draft.open = Some(key);
        });
    }

    /// Opens the form of a panel, or closes it.
    pub(super) fn toggle_form(self, key: usize) {
        self.change(|draft| draft.open = if draft.open == Some(key) { None } else { Some(key) });
    }

    /// Takes a panel away.
    pub(super) fn remove_panel(self, key: usize) {
        self.change(|draft| draft.panels.retain(|placed| placed.key != key));
    }

    /// Moves a panel one place.
    pub(super) fn move_panel(self, key: usize, later: bool) {
        self.change(|draft| {
            if let Some(at) = draft.panels.iter().position(|placed| placed.key == key) {
                moved(&mut draft.panels, at, later);
            }
        });
    }

    /// The dashboard as JSON, changes included.
    pub(super) fn json(self) -> String {
        let shown = self.draft.get().or_else(|| self.answer.get().map(|dashboard| Draft::of(&dashboard)));
        shown.map(|draft| json_of(&draft)).unwrap_or_default()
    }

    /// Keeps the changes.
    pub(super) fn keep(self) {
        let Shared { client, toast, .. } = shared();
        let Some(draft) = self.draft.get_untracked() else { return };
        let kept = self.id.with_value(|id| client.keep_dashboard(Some(id), json_of(&draft)));
        spawn_local(async move {
            match kept.await {
                Ok(_) => {
                    self.id.try_with_value(|id| self.answer.ask(client.dashboard(id)));
                    self.draft.set(None);
                    toast.show("Kept");
                }
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    }
}

fn json_of(draft: &Draft) -> String {
    let panels: Vec<Panel> = draft.panels.iter().map(|placed| placed.panel.clone()).collect();
    to_json(&draft.title, &panels)
}
