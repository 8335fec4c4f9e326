//! What these pages ask of the server.

use api::{Example, Performance, Transaction};
use web_logic::query_string;
use web_logic::rows::performance::which;
use web_logic::time::Resolved;
use web_logic::view::ViewState;

use crate::client::{Ask, Client};

impl Client {
    /// Transactions by name, as the page is narrowed.
    pub(super) fn performance(self, view: &ViewState, range: Resolved) -> Ask<Performance> {
        self.get(format!("performance?{}", pairs(view, range, &[])))
    }

    /// One name; `one`: as it stands in the address.
    pub(super) fn transaction(self, one: &str, view: &ViewState, range: Resolved) -> Ask<Transaction> {
        let (project, op, name) = which(one);
        let view = ViewState { project: Some(project.to_owned()), ..view.clone() };
        let more = [("name", name.to_owned()), ("op", op.to_owned())];
        self.get(format!("performance/transaction?{}", pairs(&view, range, &more)))
    }

    /// One that was kept whole.
    pub(super) fn example(self, id: &str) -> Ask<Example> {
        self.get(format!("performance/example/{}", query_string::segment(id)))
    }
}

/// What every question carries: where, and when.
pub(in super::super) fn pairs(view: &ViewState, range: Resolved, more: &[(&str, String)]) -> String {
    let mut pairs = vec![
        ("project", view.project.clone().unwrap_or_default()),
        ("environment", view.environment.clone().unwrap_or_default()),
        ("start", range.start.to_string()),
        ("end", range.end.to_string()),
    ];
    pairs.extend_from_slice(more);
    query_string::write(&pairs)
}
