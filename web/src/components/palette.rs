//! The palette: anywhere in a few letters.

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::choice::Choice;
use web_logic::fuzzy;
use web_logic::route::Page;
use web_logic::time::{PRESETS, Range};
use web_logic::view::ViewState;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent};

use super::library::filed;
use super::modal::modal;
use crate::dom::{El, el};
use crate::history::Visit;
use crate::live::Live;
use crate::reactive::{derived, effect};
use crate::state::{Overlay, Shared, Theme, Views, shared};

/// What an entry does.
#[derive(Clone, Debug, PartialEq)]
enum Deed {
    Open(Page),
    Service(String),
    Container(String),
    /// A saved view of a page: its query string.
    Saved(Page, String),
    Time(Range),
    Theme(Theme),
    Live,
    Patterns,
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
pub(crate) fn palette() -> El {
    modal(Overlay::Palette, "Go anywhere", "palette", finder)
}

fn finder() -> El {
    let actor = Actor(shared());
    let Shared { live, views, .. } = shared();
    views.load();
    let search = RwSignal::new(String::new());
    let marked = RwSignal::new(0_usize);
    let all = derived(move || entries(live, views));
    let found = derived(move || search.with(|search| all.with(|all| find(search, all))));
    let choose = move |index: usize| {
        if let Some(entry) = found.with_untracked(|found| found.get(index).cloned()) {
            actor.act(entry.deed);
        }
    };
    let field = el("input", "palette-input")
        .attr("role", "combobox")
        .attr("aria-label", "Go to a page, service, container, saved view or time")
        .attr("aria-expanded", "true")
        .attr("aria-controls", "palette-entries")
        .attr_of("aria-activedescendant", move || Some(format!("palette-{}", marked.get())))
        .attr("placeholder", "Page, service, container, saved view, time…")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false");
    let input: HtmlInputElement = field.element().clone().unchecked_into();
    let typed = input.clone();
    let pressed = move |event: Event| {
        let count = found.with_untracked(Vec::len);
        let key: &KeyboardEvent = event.unchecked_ref();
        let step = match key.key().as_str() {
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
    let field = field.on("keydown", pressed).on("input", move |_| {
        search.set(typed.value());
        marked.set(0);
    });
    let entry = move |(index, entry): (usize, &Entry)| {
        el("li", "palette-entry")
            .attr("id", &format!("palette-{index}"))
            .attr("role", "option")
            .attr_of("aria-selected", move || Some((marked.get() == index).to_string()))
            .add(highlighted(entry))
            .add(el("span", "palette-kind").text(entry.kind))
            .on("pointermove", move |_| {
                marked.maybe_update(|marked| std::mem::replace(marked, index) != index);
            })
            .click(move || choose(index))
    };
    let list = el("ul", "palette-entries")
        .attr("id", "palette-entries")
        .attr("role", "listbox")
        .attr("aria-label", "Found")
        .children_of(move || found.with(|found| found.iter().enumerate().map(entry).collect()));
    let entries = list.element().clone();
    effect(move || {
        if let Some(entry) = entries.children().item(marked.get() as u32) {
            scroll_to(&entry);
        }
    });
    // The dialog is shown after it was built.
    request_animation_frame(move || drop(input.focus()));
    let nothing = "Nothing of this name. Pages, services, containers, saved views, time ranges and themes can be found here.";
    el("div", "host")
        .add(field)
        .add(list)
        .add(el("p", "hint").class_of("gone", move || !found.with(Vec::is_empty)).text(nothing))
}

fn scroll_to(entry: &Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    entry.scroll_into_view_with_scroll_into_view_options(&options);
}

fn highlighted(entry: &Entry) -> El {
    entry.words.chars().enumerate().fold(el("span", ""), |words, (index, letter)| {
        let letter = letter.to_string();
        if entry.at.contains(&index) { words.add(el("b", "").text(&letter)) } else { words.text(&letter) }
    })
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

fn entries(live: Live, views: Views) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut put = |kind, words: String, deed| {
        let entry = Entry { kind, words, deed, at: Vec::new() };
        // A service of two environments is found once.
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    };
    for page in [
        Page::Now,
        Page::Logs,
        Page::Routes,
        Page::Requests,
        Page::Services,
        Page::Uptime,
        Page::Queues,
        Page::Targets,
        Page::Issues,
        Page::Performance,
        Page::Releases,
        Page::Monitors,
        Page::Projects,
        Page::Metrics,
        Page::Dashboards,
        Page::Settings,
    ] {
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
    for page in [Page::Logs, Page::Metrics] {
        for saved in views.of(filed(page)) {
            put("Saved view", saved.name, Deed::Saved(page, saved.state));
        }
    }
    for (words, range) in PRESETS {
        put("Time", words.to_owned(), Deed::Time(range));
    }
    put("View", "Live on or off".to_owned(), Deed::Live);
    put("Logs", "Lines or their patterns".to_owned(), Deed::Patterns);
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
            Deed::Saved(page, state) => view.show(page, &ViewState::read(page, &state), Visit::New),
            Deed::Patterns => self.on_logs(move || view.change(|state| state.show = state.show.other())),
            Deed::Time(range) if untrack(|| self.0.history.page()).has_time() => view.set_range(range),
            Deed::Time(range) => self.on_logs(move || view.set_range(range)),
            Deed::Theme(theme) => self.0.preferences.set_theme(theme),
            Deed::Live if untrack(|| self.0.history.page()).can_be_live() => super::toggle_live(view),
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
