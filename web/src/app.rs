//! The application: who sees which page.

use crate::prelude::*;
use web_logic::query_string;
use web_logic::route::Page;

use crate::browser;
use crate::components::{banners, context_bar, key_help, navigation, palette, tabs, toast_line};
use crate::dom::{El, Keyed, el, switch, when};
use crate::history::{History, Visit};
use crate::later::{Load, later};
use crate::pages;
use crate::reactive::{Derived, derived, effect};
use crate::shortcuts;
use crate::state::{self, Session, Shared, Who, shared};

// What the whole window shows.
/// Nothing yet: it is not known who is looking.
const WAITING: usize = 0;
const SIGN_IN: usize = 1;
const SET_UP: usize = 2;
/// Navigation and a page.
const SHELL: usize = 3;

/// The whole page.
pub(crate) fn app() -> El {
    state::provide();
    shortcuts::listen();
    let Shared { history, session, .. } = shared();
    let page = derived(move || history.page());
    let frame = derived(move || session.who.with(|who| frame(who, page.get())));
    send_to_sign_in(history, session, page);
    name_window(page);
    let draw = move |case| match case {
        SIGN_IN => page_of(|| Box::pin(pages::sign_in())),
        SET_UP => page_of(|| Box::pin(pages::set_up())),
        _ => shell(page),
    };
    switch(move || frame.get(), Box::new(draw), WAITING)
}

fn frame(who: &Who, page: Page) -> usize {
    match (who, page) {
        (_, Page::SignIn) => SIGN_IN,
        (_, Page::SetUp) => SET_UP,
        (Who::Unknown | Who::Nobody { .. }, _) => WAITING,
        (Who::User(_) | Who::Anybody, _) => SHELL,
    }
}

/// Whoever is not signed in is sent to where that is done, and back afterwards.
fn send_to_sign_in(history: History, session: Session, page: Derived<Page>) {
    effect(move || {
        let Who::Nobody { setup_needed } = session.who.get() else { return };
        if !page.get().is_private() {
            return;
        }
        if setup_needed {
            history.go(Page::SetUp.path(), Visit::Same);
            return;
        }
        let address = history.address();
        let next = if address == "/" {
            String::new()
        } else {
            format!("?{}", query_string::write(&[("next", address)]))
        };
        history.go(&format!("{}{next}", Page::SignIn.path()), Visit::Same);
    });
}

/// The window's title; and whoever reads by ear hears which page was opened.
fn name_window(page: Derived<Page>) {
    let mut before = None;
    effect(move || {
        let page = page.get();
        document().set_title(&format!("{} · Porthole", page.name()));
        if before.replace(page).is_some_and(|before| before != page) {
            request_animation_frame(|| browser::focus("h1[tabindex]"));
        }
    });
}

type LoadPage = Load<fn() -> El>;

/// Pages that are loaded when they are first looked at.
const LATER: [(Page, LoadPage); 23] = [
    (Page::Incidents, || Box::pin(pages::incidents())),
    (Page::Checklist, || Box::pin(pages::checklist())),
    (Page::Services, || Box::pin(pages::services())),
    (Page::Uptime, || Box::pin(pages::uptime())),
    (Page::Queues, || Box::pin(pages::queues())),
    (Page::Targets, || Box::pin(pages::targets())),
    (Page::Routes, || Box::pin(pages::routes())),
    (Page::Requests, || Box::pin(pages::requests())),
    (Page::Certificates, || Box::pin(pages::certificates())),
    (Page::Issues, || Box::pin(pages::issues())),
    (Page::Performance, || Box::pin(pages::performance())),
    (Page::Releases, || Box::pin(pages::releases())),
    (Page::Monitors, || Box::pin(pages::monitors())),
    (Page::Projects, || Box::pin(pages::projects())),
    (Page::Alerts, || Box::pin(pages::alerts())),
    (Page::History, || Box::pin(pages::alerts())),
    (Page::Silences, || Box::pin(pages::alerts())),
    (Page::Rules, || Box::pin(pages::alerts())),
    (Page::Receivers, || Box::pin(pages::alerts())),
    (Page::Report, || Box::pin(pages::alerts())),
    (Page::Metrics, || Box::pin(pages::metrics())),
    (Page::Dashboards, || Box::pin(pages::dashboards())),
    (Page::Settings, || Box::pin(pages::settings())),
];

fn page_of(load: LoadPage) -> El {
    later(load, |draw| draw())
}

fn draw(page: Page) -> El {
    match LATER.iter().find(|(known, _)| *known == page) {
        Some((_, load)) => page_of(*load),
        None if page == Page::Now => pages::now_page(),
        None if page == Page::Logs => pages::logs_page(),
        None => pages::not_found(),
    }
}

fn shell(page: Derived<Page>) -> El {
    let has_context = move || page.get().has_context();
    let shown = move || -> Vec<Keyed> {
        let page = page.get();
        vec![((page as u8).to_string(), Box::new(move || draw(page)))]
    };
    let body = el("div", "shell-body")
        .add(banners())
        .add(when(has_context, move || context_bar(page)))
        .add(tabs(page))
        .add(el("main", "shell-main").attr("id", "main").attr("tabindex", "-1").keyed(shown));
    el("div", "host")
        .add(el("div", "shell").add(navigation(page)).add(body))
        .add(palette())
        .add(key_help())
        .add(toast_line())
}
