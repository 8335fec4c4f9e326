//! What a project refused, with the reason, the size and the SDK; and what the SDKs did not even send.

use api::{Project, Refused};
use web_logic::rows::projects::refusals;

use super::super::things::{follow, one_tables};
use crate::dom::{El, el};
use crate::state::{Fetched, Shared, shared};

pub(super) fn refused(id: u64, project: Fetched<Project>) -> El {
    let Shared { client, view, ticker, .. } = shared();
    let answer: Fetched<Refused> = Fetched::new();
    follow(move || answer.ask(client.refused(id)));
    let nothing = move || {
        let nothing = answer.get().is_some_and(|refused| {
            refused.counts.is_empty() && refused.last.is_empty() && refused.unsent.is_empty()
        });
        if nothing { "Nothing was refused in the last 24 hours.".to_owned() } else { String::new() }
    };
    let sections = move |refused: &Refused| {
        ticker.now();
        refusals(refused, view.clock())
    };
    el("section", "project-part")
        .add(el("h2", "things-title").text("Refused"))
        .add(
            el("p", "hint")
                .text_of(move || project.get().map(|one| one.limits.join(" ")).unwrap_or_default()),
        )
        .add(el("p", "hint").text_of(nothing))
        .add(one_tables(answer, sections, |_| (0, 0)))
}
