//! Nothing to show: not yet, nothing ever, nothing then, or nothing of what was asked.

use api::{IssuePage, Millis};
use web_logic::issues::query::{DEFAULT, asked, write};
use web_logic::route::Page;
use web_logic::time::{DAY, Range, ago};

use super::super::super::things::first_steps;
use super::List;
use crate::dom::{El, button, el};
use crate::state::{Shared, shared};

/// The answer is on its way; after a failure there is nothing to wait for.
pub(super) fn waiting(list: List) -> El {
    el("div", "things-waiting")
        .attr("aria-hidden", "true")
        .class_of("gone", move || list.answer.failure().is_some())
        .each((0..8).map(|_| el("div", "skeleton-line")))
}

pub(super) fn empty(list: List) -> El {
    el("div", "host").children_of(move || {
        let Some(page) = list.answer.get() else { return Vec::new() };
        vec![if page.any { nothing_found(&page) } else { nothing_ever(&page) }]
    })
}

fn nothing_found(page: &IssuePage) -> El {
    let Shared { view, ticker, .. } = shared();
    let (query, narrowed) = view
        .state
        .with(|state| (asked(state).to_owned(), state.project.is_some() || state.environment.is_some()));
    let start = view.resolved.get_untracked().start;
    let section = |words: &str| el("section", "empty").add(el("p", "empty-words").text(words));
    if let Some(latest) = page.latest.filter(|latest| *latest < start) {
        let words = format!("No event in this time. The last one came {}.", ago(latest, ticker.now()));
        return section(&words).add(button("button", "Show that time").click(move || show(latest)));
    }
    if query == DEFAULT && !narrowed {
        return section("Nothing unresolved in this time.")
            .add(button("button", "Show resolved and archived ones").click(|| everything(false)));
    }
    section("None of the issues of this time fits what is asked above.")
        .add(button("button", "Show all issues").click(|| everything(true)))
}

/// The week up to an instant.
fn show(latest: Millis) {
    let range = web_logic::time::Resolved { start: latest - 7 * DAY, end: latest + 60_000 };
    let range: Range = range.frozen();
    shared().view.set_range(range);
}

fn everything(everywhere: bool) {
    shared().view.change(|state| {
        write(state, "");
        if everywhere {
            state.project = None;
            state.environment = None;
        }
    });
}

/// No event ever: what to paste.
fn nothing_ever(page: &IssuePage) -> El {
    let Shared { view, .. } = shared();
    let dsn = page.projects.first().map(|project| project.dsn.as_str()).unwrap_or("https://…");
    let python = format!(
        "import sentry_sdk\n\nsentry_sdk.init(\n    dsn=\"{dsn}\",\n    traces_sample_rate=0.1,\n)\n"
    );
    let steps = first_steps(
        "No error has come yet",
        "Porthole understands what the official SDKs of Sentry send. Give your program this address, and its errors \
         are grouped here, each beside the lines of the container that it came from.",
        &[
            ("The address (DSN)", dsn, "DSN"),
            ("Python: Django, Celery, FastAPI, Flask", &python, "Python snippet"),
        ],
    );
    let more = el("a", "button")
        .text("Node, browser, Go, and a test event")
        .attr_of("href", move || Some(view.href(Page::Projects)));
    steps.add(el("p", "").add(more))
}
