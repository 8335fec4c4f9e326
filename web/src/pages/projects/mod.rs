//! Projects: where SDKs send, and how they are told. `/projects` is the list, `/projects/<id>` one of them.

mod asks;
mod form;
mod one;
mod refused;
mod set_up;

use api::ProjectRow;
use web_logic::rows::projects::sections;

use super::things::{About, Known, first_steps, follow, things_page};
use crate::dom::{El, Keyed, el};
use crate::state::{Fetched, Shared, shared};

/// The page.
pub(crate) fn projects_page() -> El {
    let Shared { history, .. } = shared();
    let shown = move || -> Vec<Keyed> {
        let id = history.rest().first().and_then(|id| id.parse::<u64>().ok());
        let key = id.map(|id| id.to_string()).unwrap_or_default();
        vec![(key, Box::new(move || id.map_or_else(list, one::project)))]
    };
    el("div", "host").keyed(shown)
}

fn list() -> El {
    let Shared { client, view, ticker, session, .. } = shared();
    let answer: Fetched<Vec<ProjectRow>> = Fetched::new();
    follow(move || answer.ask(client.projects()));
    let known = Known::of(
        answer,
        move |projects| {
            ticker.now();
            view.state.with(|state| sections(projects, state, view.clock()))
        },
        Vec::len,
        |_| Vec::new(),
    );
    let about = About { name: "Projects", things: ("project", "projects"), trouble: "silent", empty };
    let add =
        el("details", "project-add")
            .class_of("gone", move || !session.is_admin())
            .add(el("summary", "").text("Add a project"))
            .add(el("p", "hint").text(
                "One for each program that is looked at by itself. It can also stand in porthole.toml.",
            ))
            .add(form::project_form(None));
    things_page(about, known).add(add)
}

const TOML: &str = "\
[[issues.project]]
name = \"shop\"
service = \"web\"
";

fn empty() -> El {
    first_steps(
        "There is no project",
        "A project is where the SDKs of a program send its errors, transactions and check-ins.",
        &[("In porthole.toml", TOML, "TOML snippet")],
    )
}
