//! What this browser remembers: the theme, whether single keys act, and the queries that were asked.

use crate::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_logic::recent::Recent;
use web_logic::route::Page;

use crate::browser;

/// Dark, light, or as the system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system is.
    System,
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

impl Theme {
    /// All, with their words.
    pub(crate) const ALL: [(Self, &'static str); 3] =
        [(Self::System, "As the system"), (Self::Dark, "Dark"), (Self::Light, "Light")];

    fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// What this browser remembers.
#[derive(Clone, Copy)]
pub(crate) struct Preferences {
    /// The theme that was chosen.
    pub(crate) theme: RwSignal<Theme>,
    /// Goes up each time the colours change, for what is drawn and not styled.
    pub(crate) repaint: RwSignal<u32>,
    /// Whether keys act without Control.
    pub(crate) single_keys: RwSignal<bool>,
    recent: [RwSignal<Recent>; 2],
}

// `boot.js` reads this one too.
const THEME: &str = "porthole.theme";
const SINGLE_KEYS: &str = "porthole.single_keys";
const RECENT: [&str; 2] = ["porthole.recent_queries", "porthole.recent_metrics"];
const LIGHT: &str = "(prefers-color-scheme: light)";

/// Queries of logs and of metrics are kept apart.
fn place(page: Page) -> usize {
    usize::from(page == Page::Metrics)
}

fn remembered(name: &str) -> Recent {
    Recent::from_text(&browser::stored(name).unwrap_or_default())
}

impl Preferences {
    pub(super) fn new() -> Self {
        let theme = match browser::stored(THEME).as_deref() {
            Some("dark") => Theme::Dark,
            Some("light") => Theme::Light,
            _ => Theme::System,
        };
        let single_keys = browser::stored(SINGLE_KEYS).as_deref() != Some("off");
        let preferences = Self {
            theme: RwSignal::new(theme),
            repaint: RwSignal::new(0),
            single_keys: RwSignal::new(single_keys),
            recent: RECENT.map(|name| RwSignal::new(remembered(name))),
        };
        preferences.follow_system();
        preferences
    }

    /// Chooses a theme.
    pub(crate) fn set_theme(self, theme: Theme) {
        browser::store(THEME, theme.word());
        self.theme.set(theme);
        self.apply();
    }

    /// Lets keys without Control act, or not.
    pub(crate) fn set_single_keys(self, on: bool) {
        browser::store(SINGLE_KEYS, if on { "on" } else { "off" });
        self.single_keys.set(on);
    }

    /// Queries that were asked on a page.
    pub(crate) fn recent(self, page: Page) -> RwSignal<Recent> {
        self.recent[place(page)]
    }

    /// Remembers a query. Another tab may have remembered others meanwhile.
    pub(crate) fn remember_query(self, page: Page, query: &str) {
        let name = RECENT[place(page)];
        let mut recent = remembered(name);
        recent.put(query);
        browser::store(name, &recent.to_text());
        self.recent(page).set(recent);
    }

    fn apply(self) {
        let light = match self.theme.get_untracked() {
            Theme::Light => true,
            Theme::Dark => false,
            Theme::System => browser::matches(LIGHT),
        };
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", if light { "light" } else { "dark" });
        }
        self.repaint.update(|times| *times += 1);
    }

    fn follow_system(self) {
        let Ok(Some(list)) = window().match_media(LIGHT) else { return };
        let changed = Closure::<dyn FnMut()>::new(move || self.apply());
        list.set_onchange(Some(changed.as_ref().unchecked_ref()));
        // It is needed for as long as the page lives.
        changed.forget();
        std::mem::forget(list);
    }
}
