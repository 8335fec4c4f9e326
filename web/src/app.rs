//! The application: who sees which page.

use leptos::prelude::*;
use web_logic::query_string;
use web_logic::route::Page;

use crate::browser;
use crate::components::{ContextBar, banners, key_help, navigation, palette, tabs, toast_line};
use crate::dom::{El, Keyed, el, of_view, when};
use crate::history::{History, Visit};
use crate::later::{Load, later};
use crate::pages::{self, LogsPage};
use crate::reactive::{Derived, derived, effect};
use crate::shortcuts;
use crate::state::{self, Session, Shared, Who, shared};

/// What the whole window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// Nothing yet: it is not known who is looking.
    Waiting,
    SignIn,
    SetUp,
    /// Navigation and a page.
    Shell,
}

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    state::provide();
    shortcuts::listen();
    let Shared { history, session, .. } = shared();
    let page = derived(move || history.page());
    let frame = derived(move || session.who.with(|who| frame(who, page.get())));
    send_to_sign_in(history, session, page);
    name_window(page);
    view! {
        {move || match frame.get() {
            Frame::Waiting => ().into_any(),
            Frame::SignIn => page_of(|| Box::pin(pages::sign_in())).view(),
            Frame::SetUp => page_of(|| Box::pin(pages::set_up())).view(),
            Frame::Shell => shell(page).view(),
        }}
    }
}

fn frame(who: &Who, page: Page) -> Frame {
    match (who, page) {
        (_, Page::SignIn) => Frame::SignIn,
        (_, Page::SetUp) => Frame::SetUp,
        (Who::Unknown | Who::Nobody { .. }, _) => Frame::Waiting,
        (Who::User(_) | Who::Anybody, _) => Frame::Shell,
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
    Effect::new(move |before: Option<Page>| {
        let page = page.get();
        document().set_title(&format!("{} · Porthole", page.name()));
        if before.is_some_and(|before| before != page) {
            request_animation_frame(|| browser::focus("h1[tabindex]"));
        }
        page
    });
}

type LoadPage = Load<fn() -> El>;

/// Pages that are loaded when they are first looked at.
const LATER: [(Page, LoadPage); 15] = [
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
        None if page == Page::Logs => of_view(|| LogsPage().into_any()),
        None => pages::not_found(),
    }
}

fn shell(page: Derived<Page>) -> El {
    let has_context = move || page.get().has_context();
    let context = move || of_view(move || view! { <ContextBar page /> }.into_any());
    let shown = move || -> Vec<Keyed> {
        let page = page.get();
        vec![((page as u8).to_string(), Box::new(move || draw(page)))]
    };
    let body = el("div", "shell-body")
        .add(banners())
        .add(when(has_context, context))
        .add(tabs(page))
        .add(el("main", "shell-main").attr("id", "main").attr("tabindex", "-1").keyed(shown));
    el("div", "host")
        .add(el("div", "shell").add(navigation(page)).add(body))
        .add(palette())
        .add(key_help())
        .add(toast_line())
}
