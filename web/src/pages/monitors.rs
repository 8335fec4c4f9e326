//! Monitors: jobs that report when they run. `/monitors` is the list, `/monitors/<slug>` one of them.

use crate::client::Method;
use crate::prelude::*;
use api::{Monitor, Monitors};
use web_logic::number::plural;
use web_logic::query_string::{of_segment, segment};
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::monitors::{one_sections, sections};
use web_logic::time::Resolved;
use web_logic::view::ViewState;

use super::performance::pairs;
use super::things::{
    About, Choices, Figure, Heading, Known, always, figures, first_steps, follow, one_page, one_tables,
    things_page,
};
use crate::client::{Ask, Client};
use crate::dom::{El, Keyed, careful_button, el};
use crate::history::Visit;
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

/// The page.
pub(crate) fn monitors_page() -> El {
    let Shared { history, .. } = shared();
    let shown = move || -> Vec<Keyed> {
        let slug = history.rest().first().map(|slug| of_segment(slug));
        let key = slug.clone().unwrap_or_default();
        vec![(key, Box::new(move || slug.map_or_else(list, one)))]
    };
    el("div", "host").keyed(shown)
}

impl Client {
    fn monitors(self, view: &ViewState, range: Resolved) -> Ask<Monitors> {
        self.get(format!("monitors?{}", pairs(view, range, &[])))
    }

    fn monitor(self, slug: &str, view: &ViewState, range: Resolved) -> Ask<Monitor> {
        self.get(format!("monitors/{}?{}", segment(slug), pairs(view, range, &[])))
    }

    fn remove_monitor(self, slug: &str, view: &ViewState, range: Resolved) -> Ask<()> {
        let path = format!("monitors/{}?{}", segment(slug), pairs(view, range, &[]));
        self.tell(Method::DELETE, path, None)
    }
}

fn list() -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<Monitors> = Fetched::new();
    follow(move || {
        let range = view.resolved.get();
        answer.ask(view.state.with(|state| client.monitors(state, range)));
    });
    let known = Known::of(
        answer,
        move |monitors| {
            ticker.now();
            view.state.with(|state| sections(monitors, state, view.clock()))
        },
        |monitors| monitors.rows.len() + monitors.environments.len(),
        |_| Vec::new(),
    )
    .narrowed(answer, |monitors| Choices::of(&monitors.projects, &monitors.environments));
    let strips = derived(move || answer.get().map_or((0, 0), |monitors| (monitors.start, monitors.step)));
    let about = About { name: "Monitors", things: ("monitor", "monitors"), trouble: "in trouble", empty };
    things_page(about, Known { strips, ..known })
}

fn one(slug: String) -> El {
    let Shared { client, view, ticker, session, .. } = shared();
    let answer: Fetched<Monitor> = Fetched::new();
    let (asked, meant) = (slug.clone(), slug.clone());
    follow(move || {
        let range = view.resolved.get();
        answer.ask(view.state.with(|state| client.monitor(&asked, state, range)));
    });
    let remove = careful_button(("Remove", "Really remove, with its runs"), move || remove(&meant))
        .class_of("gone", move || !session.may_edit());
    let heading =
        Heading { back: Page::Monitors, name: always(&slug), place: String::new(), links: vec![remove] };
    let sections = move |monitor: &Monitor| {
        ticker.now();
        view.state.with(|state| one_sections(monitor, state, view.clock()))
    };
    let body = move || {
        el("div", "service-body")
            .add(figures(move || answer.get().map(|monitor| numbers(&monitor)).unwrap_or_default()))
            .add(one_tables(answer, sections, |monitor| (monitor.start, monitor.step)))
    };
    one_page(heading, answer, |_| (Tone::Idle, ""), body)
}

fn numbers(monitor: &Monitor) -> Vec<Figure> {
    let minutes = |minutes: Option<u64>| minutes.map(|minutes| plural(minutes, "minute"));
    let runs = |runs: Option<u64>| runs.map(|runs| plural(runs, "run"));
    let all = [
        ("May begin late by", minutes(monitor.margin_minutes), ""),
        ("May take", minutes(monitor.runtime_minutes), ""),
        ("An issue after", runs(monitor.failures), "that failed"),
        ("Over after", runs(monitor.recoveries), "that went well"),
    ];
    let known = all.into_iter().filter_map(|(name, figure, note)| Some((name, figure?, note)));
    known.map(|(name, figure, note)| (name, figure, note.to_owned(), Tone::Idle)).collect()
}

fn remove(slug: &str) {
    let Shared { client, view, history, toast, .. } = shared();
    let range = view.resolved.get_untracked();
    let removed = view.state.with_untracked(|state| client.remove_monitor(slug, state, range));
    spawn_local(async move {
        match removed.await {
            Ok(()) => {
                history.go(&view.state.with_untracked(|state| state.on(Page::Monitors.path())), Visit::New);
            }
            Err(failure) => toast.show(failure.to_string()),
        }
    });
}

const CELERY: &str = "\
from sentry_sdk.integrations.celery import CeleryIntegration

sentry_sdk.init(
    dsn=\"…\",  # on the page of the project
    # Every task of beat's schedule becomes a monitor.
    integrations=[CeleryIntegration(monitor_beat_tasks=True)],
)
";

const CRON: &str = "\
# m h dom mon dow  command; the address is that of the DSN, the slug is yours
0 3 * * *  backup.sh && curl -fsS 'https://HOST/api/PROJECT/cron/nightly-backup/KEY/?status=ok' \\
           || curl -fsS 'https://HOST/api/PROJECT/cron/nightly-backup/KEY/?status=error'
";

const PYTHON: &str = "\
from sentry_sdk.crons import monitor

@monitor(monitor_slug=\"nightly-report\", monitor_config={
    \"schedule\": {\"type\": \"crontab\", \"value\": \"0 3 * * *\"},
    \"timezone\": \"Europe/Vienna\",
    \"checkin_margin\": 5,   # minutes
    \"max_runtime\": 30,
})
def report(): ...
";

fn empty() -> El {
    first_steps(
        "No job has reported yet",
        "A job that reports when it begins and ends is a monitor. Porthole says when one fails, takes too long, or \
         does not begin when its schedule says.",
        &[
            ("Celery beat", CELERY, "Snippet for Celery"),
            ("Any function in Python", PYTHON, "Python snippet"),
            ("cron", CRON, "Line for crontab"),
        ],
    )
}
