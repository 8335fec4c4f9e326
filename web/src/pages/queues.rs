//! Queues: what waits, who works on it, and the tasks by name.

use api::Queues;
use web_logic::rows::queues::sections;

use super::things::{About, Known, first_steps, follow, things_page};
use crate::dom::El;
use crate::state::{Fetched, Shared, shared};

/// The page.
pub(crate) fn queues_page() -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<Queues> = Fetched::new();
    follow(move || answer.ask(client.queues()));
    let known = Known::of(
        answer,
        move |queues| {
            ticker.now();
            view.state.with(|state| sections(queues, state, view.clock()))
        },
        |queues| queues.brokers.len() + queues.queues.len(),
        |queues| queues.faults.clone(),
    );
    let about = About { name: "Queues", things: ("queue", "queues"), trouble: "not worked on", empty };
    things_page(about, known)
}

const TOML: &str = "\
[[queue]]
kind = \"celery\"
url = \"redis://redis:6379/0\"
";

const CELERY: &str = "\
app.conf.worker_send_task_events = True
app.conf.task_send_sent_event = True
";

fn empty() -> El {
    first_steps(
        "No queue is known yet",
        "Porthole finds the brokers of Celery and RQ by the commands and the environment of their workers’ \
         containers. A queue that it does not find is named:",
        &[
            ("In porthole.toml", TOML, "TOML snippet"),
            ("For tasks by name, let Celery’s workers send events", CELERY, "Snippet for Celery"),
        ],
    )
}
