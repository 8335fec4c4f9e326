//! What fired.

use api::AlertHistory;
use web_logic::rows::alerts::changes;
use web_logic::time::Resolved;

use super::super::routes::span;
use super::super::things::{About, Known, first_steps, follow, things_page};
use crate::client::{Ask, Client};
use crate::dom::El;
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

impl Client {
    fn alert_history(self, range: Resolved) -> Ask<AlertHistory> {
        self.get(format!("history?{}", span(range)))
    }
}

pub(super) fn history() -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<AlertHistory> = Fetched::new();
    follow(move || answer.ask(client.alert_history(view.resolved.get())));
    let known = Known::of(
        answer,
        move |history| {
            ticker.now();
            view.state.with(|state| vec![changes("", &history.rows, state, view.clock())])
        },
        |history| history.rows.len(),
        |_| Vec::new(),
    );
    let about = About { name: "History", things: ("change", "changes"), trouble: "bad", empty };
    // Neither good nor bad: it is over.
    things_page(about, Known { told: Some(derived(|| None)), ..known })
}

fn empty() -> El {
    first_steps(
        "Nothing fired in this time",
        "Choose a longer time above. What fires is kept for a year.",
        &[],
    )
}
