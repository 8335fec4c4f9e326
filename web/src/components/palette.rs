//! The palette: anywhere in a few letters.

use leptos::ev::KeyboardEvent;
use leptos::html::{Input, Ul};
use leptos::prelude::*;
use web_logic::choice::Choice;
use web_logic::fuzzy;
use web_logic::route::Page;
use web_logic::time::{PRESETS, Range};
use web_sys::Element;

use super::modal::Modal;
use crate::history::Visit;
use crate::live::Live;
use crate::reactive::{When, derived, each, effect, focus_on, on};
use crate::state::{Overlay, Shared, Theme, shared};

/// What an entry does.
#[derive(Clone, Debug, PartialEq)]
enum Deed {
    Open(Page),
    Service(String),
    Container(String),
    Time(Range),
    Theme(Theme),
    Live,
    Wrap,
    CopyLink,
    Help,
    SignOut,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    /// `Page`, `Service`, …
    kind: &'static str,
    words: String,
    deed: Deed,
    /// Which characters matched.
    at: Vec<usize>,
}

/// More are not looked through by anybody.
const SHOWN_MAX: usize = 50;

/// The palette.
#[component]
pub(crate) fn Palette() -> impl IntoView {
    view! {
        <Modal overlay=Overlay::Palette label="Go anywhere" class="palette">
            <Finder />
        </Modal>
    }
}

#[component]
fn Finder() -> impl IntoView {
    let actor = Actor(shared());
    let Shared { live, .. } = shared();
    let search = RwSignal::new(String::new());
    let marked = RwSignal::new(0_usize);
    let input = NodeRef::<Input>::new();
    let list = NodeRef::<Ul>::new();
    let all = derived(move || entries(live));
    let found = derived(move || search.with(|search| all.with(|all| find(search, all))));
    focus_on(input);
    effect(move || {
        let marked = marked.get();
        let entry = list.get().and_then(|list| list.children().item(marked as u32));
        if let Some(entry) = entry {
            scroll_to(&entry);
        }
    });
    let choose = move |index: usize| {
        if let Some(entry) = found.with_untracked(|found| found.get(index).cloned()) {
            actor.act(entry.deed);
        }
    };
    let pressed = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => count.saturating_sub(1),
            "Enter" => {
                event.prevent_default();
                choose(marked.get_untracked());
                return;
            }
            _ => return,
        };
        event.prevent_default();
        marked.update(|marked| *marked = (*marked + step) % count.max(1));
    };
    view! {
        <input
            node_ref=input
            class="palette-input"
            role="combobox"
            aria-label="Go to a page, service, container or time"
            aria-expanded="true"
            aria-controls="palette-entries"
            aria-activedescendant=move || format!("palette-{}", marked.get())
            placeholder="Page, service, container, time…"
            autocomplete="off"
            spellcheck="false"
            on:input=on(move |event| {
                search.set(event_target_value(&event));
                marked.set(0);
            })
            on:keydown=pressed
        />
        <ul node_ref=list id="palette-entries" class="palette-entries" role="listbox" aria-label="Found">
            {move || {
                each(
                    found.get().into_iter().enumerate(),
                    |(index, entry)| {
                        view! {
                            <li
                                id=format!("palette-{index}")
                                class="palette-entry"
                                role="option"
                                aria-selected=move || (marked.get() == index).to_string()
                                on:click=on(move |_| choose(index))
                                on:pointermove=on(move |_| marked.set(index))
                            >
                                <span>{highlighted(&entry)}</span>
                                <span class="palette-kind">{entry.kind}</span>
                            </li>
                        }
                    },
                )
            }}
        </ul>
        <When when=move || found.with(Vec::is_empty)>
            <p class="hint">"Nothing of this name. Pages, services, containers, time ranges and themes can be found here."</p>
        </When>
    }
}

fn scroll_to(entry: &Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    entry.scroll_into_view_with_scroll_into_view_options(&options);
}

fn highlighted(entry: &Entry) -> Vec<AnyView> {
    let letter = |(index, letter): (usize, char)| {
        if entry.at.contains(&index) {
            view! { <b>{letter}</b> }.into_any()
        } else {
            letter.to_string().into_any()
        }
    };
    entry.words.chars().enumerate().map(letter).collect()
}

/// Best first; without a search in the order in which they are listed.
fn find(search: &str, all: &[Entry]) -> Vec<Entry> {
    let is_all = search.trim().is_empty();
    let mut found: Vec<(i32, Entry)> = Vec::new();
    for entry in all {
        let Some(matched) = fuzzy::find(search, &entry.words) else { continue };
        let score = if is_all { 0 } else { matched.score };
        let place = found.partition_point(|(other, _)| *other >= score);
        found.insert(place, (score, Entry { at: matched.at, ..entry.clone() }));
    }
    found.into_iter().take(SHOWN_MAX).map(|(_, entry)| entry).collect()
}

fn entries(live: Live) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut put = |kind, words: String, deed| {
        let entry = Entry { kind, words, deed, at: Vec::new() };
        // A service of two environments is found once.
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    };
    for page in [Page::Now, Page::Logs, Page::Settings] {
        put("Page", page.name().to_owned(), Deed::Open(page));
    }
    live.now.with(|now| {
        let services = || now.iter().flat_map(|now| &now.services);
        for tile in services() {
            put("Logs of service", tile.service.clone(), Deed::Service(tile.service.clone()));
        }
        for workload in services().flat_map(|tile| &tile.workloads) {
            put("Logs of container", workload.container.clone(), Deed::Container(workload.container.clone()));
        }
    });
    for (words, range) in PRESETS {
        put("Time", words.to_owned(), Deed::Time(range));
    }
    put("Logs", "Live on or off".to_owned(), Deed::Live);
    put("Logs", "Break long lines or not".to_owned(), Deed::Wrap);
    put("View", "Copy a link to exactly this view".to_owned(), Deed::CopyLink);
    for (theme, words) in Theme::ALL {
        put("Theme", words.to_owned(), Deed::Theme(theme));
    }
    put("Help", "Keys".to_owned(), Deed::Help);
    put("Account", "Sign out".to_owned(), Deed::SignOut);
    entries
}

#[derive(Clone, Copy)]
struct Actor(Shared);

impl Actor {
    fn act(self, deed: Deed) {
        self.0.overlay.set(Overlay::None);
        let view = self.0.view;
        let mut state = view.state.with_untracked(|state| state.carried_to(Page::Logs));
        match deed {
            Deed::Open(page) => view.show(page, &view.state.get_untracked().carried_to(page), Visit::New),
            Deed::Service(service) => {
                state.services = Choice::only(&service);
                view.show(Page::Logs, &state, Visit::New);
            }
            Deed::Container(container) => {
                state.services = Choice::default();
                state.containers = Choice::only(&container);
                view.show(Page::Logs, &state, Visit::New);
            }
            Deed::Time(range) => self.on_logs(move || view.set_range(range)),
            Deed::Theme(theme) => self.0.preferences.set_theme(theme),
            Deed::Live => self.on_logs(move || super::toggle_live(view)),
            Deed::Wrap => self.on_logs(move || view.adjust(|state| state.wrap = !state.wrap)),
            Deed::CopyLink => self.0.toast.copy(view.frozen_link(None), "Link"),
            Deed::Help => self.0.overlay.set(Overlay::Help),
            Deed::SignOut => self.0.session.sign_out(),
        }
    }

    /// Goes to Logs first if need be.
    fn on_logs(self, then: impl FnOnce()) {
        if untrack(|| self.0.history.page()) != Page::Logs {
            let state = self.0.view.state.with_untracked(|state| state.carried_to(Page::Logs));
            self.0.view.show(Page::Logs, &state, Visit::New);
        }
        then();
    }
}
