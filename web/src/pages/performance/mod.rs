//! Performance: what is done again and again, and how long it takes. `/performance` is the list,
//! `/performance/transaction` one name, `/performance/example` one that was kept whole.

mod asks;
mod example;
mod transaction;
mod waterfall;

pub(super) use asks::pairs;

use api::Performance;
use web_logic::rows::performance::sections;

use super::things::{About, Choices, Known, first_steps, follow, things_page};
use crate::dom::{El, Keyed, el};
use crate::state::{Fetched, Shared, shared};

/// The page.
pub(crate) fn performance_page() -> El {
    let Shared { history, view, .. } = shared();
    let shown = move || -> Vec<Keyed> {
        let kind = history.rest().into_iter().next().unwrap_or_default();
        let one = view.state.with(|state| state.one.clone()).unwrap_or_default();
        let key = format!("{kind} {one}");
        let draw: Box<dyn FnOnce() -> El> = match kind.as_str() {
            "transaction" => Box::new(move || transaction::transaction(&one)),
            "example" => Box::new(move || example::example(&one)),
            _ => Box::new(list),
        };
        vec![(key, draw)]
    };
    el("div", "host").keyed(shown)
}

fn list() -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<Performance> = Fetched::new();
    follow(move || {
        let range = view.resolved.get();
        answer.ask(view.state.with(|state| client.performance(state, range)));
    });
    let known = Known::of(
        answer,
        move |performance| view.state.with(|state| sections(performance, state)),
        // Where transactions come from is known for longer than the time that is looked at.
        |performance| performance.rows.len() + performance.environments.len(),
        |_| Vec::new(),
    )
    .narrowed(answer, |performance| Choices::of(&performance.projects, &performance.environments));
    let about =
        About { name: "Performance", things: ("transaction", "transactions"), trouble: "failing", empty };
    things_page(about, known)
}

const PYTHON: &str = "\
sentry_sdk.init(
    dsn=\"…\",                # on the page of the project
    traces_sample_rate=0.1,   # a tenth of all requests and tasks
)
";

const JAVASCRIPT: &str = "\
Sentry.init({
  dsn: \"…\",
  tracesSampleRate: 0.1,
});
";

fn empty() -> El {
    first_steps(
        "No transaction has come yet",
        "A transaction is one request, task or page load with its steps. The SDKs that send errors send them too, as \
         soon as they are told what share of them: Django, Celery, FastAPI, Node and browsers need nothing else.",
        &[("Python", PYTHON, "Python snippet"), ("Node and browsers", JAVASCRIPT, "JavaScript snippet")],
    )
}
