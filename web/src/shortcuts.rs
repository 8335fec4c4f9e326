//! Keys that act anywhere on the page.

use std::sync::Arc;

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::keys::{Action, Keys, Press};
use web_logic::route::Page;
use web_logic::time::Range;
use web_sys::{Element, KeyboardEvent};

use crate::browser;
use crate::history::Visit;
use crate::state::{Overlay, Shared, shared};

/// The page that is shown may handle actions of its own.
#[derive(Clone, Copy)]
pub(crate) struct PageActions {
    handler: StoredValue<Option<Handler>>,
    turn: StoredValue<u32>,
}

type Handler = Arc<dyn Fn(Action)>;

impl PageActions {
    /// Nobody listens yet.
    pub(crate) fn new() -> Self {
        Self { handler: StoredValue::new(None), turn: StoredValue::new(0) }
    }

    /// Tells `handler` about actions until the part of the page that asks is gone, or another asks.
    pub(crate) fn handle(self, handler: impl Fn(Action) + 'static) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.handler.set_value(Some(Arc::new(handler)));
        on_cleanup(move || {
            if self.turn.get_value() == turn {
                self.handler.set_value(None);
            }
        });
    }

    fn tell(self, action: Action) {
        if let Some(handler) = self.handler.get_value() {
            handler(action);
        }
    }
}

/// Listens to the keyboard for as long as the page lives.
pub(crate) fn listen() {
    let Shared { preferences, overlay, .. } = shared();
    let actor = Actor(shared());
    let keys = StoredValue::new(Keys::default());
    browser::listen("keydown", move |event| {
        let event: KeyboardEvent = event.unchecked_into();
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let key = event.key();
        let press = Press {
            key: &key,
            command: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
            typing: takes_key(target.as_ref(), &key),
        };
        let single_keys = preferences.single_keys.get_untracked();
        let action = keys.try_update_value(|keys| keys.press(press, browser::now(), single_keys)).flatten();
        let Some(action) = action else { return };
        let covered = overlay.get_untracked() != Overlay::None;
        if covered && !matches!(action, Action::Escape | Action::Palette) {
            return;
        }
        if action == Action::Escape && press.typing {
            browser::release_focus();
            return;
        }
        actor.act(action, &event);
    });
}

/// Whether the element wants the key for itself.
fn takes_key(target: Option<&Element>, key: &str) -> bool {
    let within =
        |selector: &str| target.is_some_and(|target| target.closest(selector).ok().flatten().is_some());
    let writes = within("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    let presses = matches!(key, "Enter") && within("button, a, summary, canvas, [role=option], label");
    writes || presses
}

#[derive(Clone, Copy)]
struct Actor(Shared);

impl Actor {
    fn act(self, action: Action, event: &KeyboardEvent) {
        if action != Action::Escape {
            event.prevent_default();
        }
        let view = self.0.view;
        let resolved = view.resolved.get_untracked();
        match action {
            Action::Palette => self.0.overlay.update(|overlay| {
                *overlay = if *overlay == Overlay::Palette { Overlay::None } else { Overlay::Palette };
            }),
            Action::Help => self.0.overlay.set(Overlay::Help),
            Action::Go(page) => {
                let state = view.state.with_untracked(|state| state.carried_to(page));
                view.show(page, &state, Visit::New);
            }
            // With an event on the screen it means the raw trace.
            Action::Refresh if self.shows_event() => self.0.actions.tell(action),
            Action::Refresh => view.refresh(),
            Action::Wrap => view.adjust(|state| state.wrap = !state.wrap),
            Action::Earlier => view.set_range(resolved.shifted(false)),
            Action::Later => view.set_range(resolved.shifted(true)),
            Action::ZoomOut => view.set_range(resolved.zoomed_out(browser::now())),
            Action::Freeze => view.set_range(resolved.frozen()),
            Action::CopyLink => self.0.toast.copy(view.frozen_link(None), "Link"),
            Action::CopyRange => {
                let range = resolved.frozen();
                self.0.toast.copy(format!("{} to {}", range.from, range.to), "Time range");
            }
            Action::PasteRange => self.paste_range(),
            Action::Escape => self.0.actions.tell(action),
            Action::Query
            | Action::Patterns
            | Action::Down
            | Action::Up
            | Action::Open
            | Action::Pick
            | Action::Resolve
            | Action::Archive
            | Action::Before
            | Action::After
            | Action::Live => self.0.actions.tell(action),
        }
    }

    fn shows_event(self) -> bool {
        untrack(|| self.0.history.page() == Page::Issues && !self.0.history.rest().is_empty())
    }

    fn paste_range(self) {
        spawn_local(async move {
            let Some(text) = browser::pasted().await else {
                self.0.toast.show("The browser did not let the page read the clipboard");
                return;
            };
            let clock = browser::clock(self.0.view.state.with_untracked(|state| state.utc));
            match Range::parse(&text, clock) {
                Ok(range) => self.0.view.set_range(range),
                Err(fault) => self.0.toast.show(fault.to_string()),
            }
        });
    }
}
