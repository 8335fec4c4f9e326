//! The application: who sees which page.

use leptos::prelude::*;
use web_logic::query_string;
use web_logic::route::Page;

use crate::browser;
use crate::components::{Banners, ContextBar, Navigation, ToastLine, key_help, palette, tabs};
use crate::dom::El;
use crate::history::{History, Visit};
use crate::later::{Load, later};
use crate::pages::{self, LogsPage, NotFound, NowPage};
use crate::reactive::{Derived, When, derived, effect};
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
            Frame::SignIn => page_of(|| Box::pin(pages::sign_in())),
            Frame::SetUp => page_of(|| Box::pin(pages::set_up())),
            Frame::Shell => view! { <Shell page /> }.into_any(),
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

/// A page that is loaded when it is first looked at.
fn page_of(load: Load<fn() -> El>) -> AnyView {
    later(load, |draw| draw()).view()
}

#[component]
fn Shell(page: Derived<Page>) -> impl IntoView {
    let has_context = move || page.get().has_context();
    view! {
        <div class="shell">
            <Navigation page />
            <div class="shell-body">
                <Banners />
                <When when=has_context>
                    <ContextBar page />
                </When>
                {tabs(page).view()}
                <main id="main" class="shell-main" tabindex="-1">
                    {move || match page.get() {
                        Page::Now => view! { <NowPage /> }.into_any(),
                        Page::Logs => view! { <LogsPage /> }.into_any(),
                        Page::Services => page_of(|| Box::pin(pages::services())),
                        Page::Uptime => page_of(|| Box::pin(pages::uptime())),
                        Page::Queues => page_of(|| Box::pin(pages::queues())),
                        Page::Targets => page_of(|| Box::pin(pages::targets())),
                        Page::Issues => page_of(|| Box::pin(pages::issues())),
                        Page::Performance => page_of(|| Box::pin(pages::performance())),
                        Page::Releases => page_of(|| Box::pin(pages::releases())),
                        Page::Monitors => page_of(|| Box::pin(pages::monitors())),
                        Page::Projects => page_of(|| Box::pin(pages::projects())),
                        Page::Metrics => page_of(|| Box::pin(pages::metrics())),
                        Page::Dashboards => page_of(|| Box::pin(pages::dashboards())),
                        Page::Settings => page_of(|| Box::pin(pages::settings())),
                        _ => view! { <NotFound /> }.into_any(),
                    }}
                </main>
            </div>
        </div>
        {palette().view()}
        {key_help().view()}
        <ToastLine />
    }
}
