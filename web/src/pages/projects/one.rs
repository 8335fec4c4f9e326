//! One project: its address for SDKs, what to paste, its keys, what it receives and refuses.

use api::{Project, ProjectKey};
use web_logic::number::{compact, count};
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::projects::standing;
use web_logic::time;

use super::super::things::{Figure, Heading, figures, follow, one_page, snippet};
use super::form::project_form;
use super::refused::refused;
use super::set_up::{set_up, test};
use crate::client::Ask;
use crate::components::Sign;
use crate::dom::{El, button, careful_button, el, sign, table};
use crate::history::Visit;
use crate::prelude::*;
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

pub(super) fn project(id: u64) -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<Project> = Fetched::new();
    follow(move || answer.ask(client.project(id)));
    let name = derived(move || answer.get().map(|project| project.row.slug.clone()).unwrap_or_default());
    let issues = el("a", "button").add(sign(Sign::Issues)).text("Its issues").attr_of("href", move || {
        let mut there = view.state.with(|state| state.carried_to(Page::Issues));
        there.project = Some(name.get());
        Some(there.on(Page::Issues.path()))
    });
    let heading = Heading { back: Page::Projects, name, place: String::new(), links: vec![issues] };
    let standing = |project: &Project| standing(project.row.last_event, project.row.refused);
    one_page(heading, answer, standing, move || body(id, answer))
}

fn body(id: u64, answer: Fetched<Project>) -> El {
    let Shared { ticker, session, .. } = shared();
    let numbers = move || answer.get().map(|project| numbers(&project, ticker.now())).unwrap_or_default();
    let address = derived(move || answer.get().map(|project| project.row.dsn.clone()).unwrap_or_default());
    let dsn = move || vec![address.with(|dsn| snippet(dsn, "DSN"))];
    el("div", "service-body project")
        .add(figures(numbers))
        .add(
            el("section", "project-part")
                .add(el("h2", "things-title").text("Address for SDKs (DSN)"))
                .add(el("div", "host").children_of(dsn))
                .add(test(id, answer).class_of("gone", move || !session.may_edit())),
        )
        .add(set_up(answer))
        .add(refused(id, answer))
        .add(keys(id, answer))
        .add(sdks(answer))
        .add(changes(id, answer))
}

fn numbers(project: &Project, now: api::Millis) -> Vec<Figure> {
    let row = &project.row;
    let a_day = |name, number: u64| (name, compact(number), "in 24 h".to_owned(), Tone::Idle);
    let refused = if row.refused > 0 { Tone::Warning } else { Tone::Idle };
    let last = row.last_event.map_or_else(|| "none yet".to_owned(), |at| time::ago(at, now));
    vec![
        ("Name", row.slug.clone(), row.service.clone(), Tone::Idle),
        a_day("Events", row.events),
        a_day("Transactions", row.transactions),
        ("Refused", compact(row.refused), "in 24 h".to_owned(), refused),
        ("Unresolved", compact(row.issues), "issues".to_owned(), Tone::Idle),
        ("Last event", last, String::new(), Tone::Idle),
    ]
}

fn keys(id: u64, answer: Fetched<Project>) -> El {
    let Shared { client, session, .. } = shared();
    let rows = move || {
        let project = answer.get();
        let keys = project.iter().flat_map(|project| &project.keys);
        keys.map(|key| key_row(id, key, answer)).collect()
    };
    let make = button("button", "Make another key")
        .class_of("gone", move || !session.is_admin())
        .click(move || then_ask(client.add_key(id), id, answer));
    el("section", "project-part")
        .add(el("h2", "things-title").text("Keys"))
        .add(el("p", "hint").text(
            "To change keys, make another one, give it to the programs, and revoke the old one when it is no longer \
             used: until then both are taken.",
        ))
        .add(table(&["Key", "Made", "Last used", "Revoke"], rows))
        .add(make)
}

fn key_row(id: u64, key: &ProjectKey, answer: Fetched<Project>) -> El {
    let Shared { client, session, view, ticker, .. } = shared();
    let (made, used, name) = (key.made, key.last_used, key.key.clone());
    let made =
        move || made.map_or_else(|| "in the settings".to_owned(), |at| time::day_and_time(at, view.clock()));
    let used =
        move || used.map_or_else(|| "not since the start".to_owned(), |at| time::ago(at, ticker.now()));
    let fixed = key.fixed;
    let revoke = careful_button(("Revoke", "Really revoke"), move || {
        then_ask(client.revoke_key(id, &name), id, answer);
    });
    let revoke = revoke.class_of("gone", move || fixed || !session.is_admin());
    el("tr", "")
        .add(el("td", "").add(el("code", "").text(&key.key)))
        .add(el("td", "").text_of(made))
        .add(el("td", "").text_of(used))
        .add(el("td", "table-end").add(revoke))
}

/// Does something, and asks how the project is then.
fn then_ask(deed: Ask<()>, id: u64, answer: Fetched<Project>) {
    let Shared { client, toast, .. } = shared();
    spawn_local(async move {
        match deed.await {
            Ok(()) => answer.ask(client.project(id)),
            Err(failure) => toast.show(failure.to_string()),
        }
    });
}

fn sdks(answer: Fetched<Project>) -> El {
    let rows = move || {
        let project = answer.get();
        let sdks = project.iter().flat_map(|project| &project.sdks);
        let row = |sdk: &api::SdkRow| {
            el("tr", "")
                .add(el("td", "").text(&sdk.name))
                .add(el("td", "").text(&format!("{} envelopes", count(sdk.envelopes))))
                .add(el("td", ""))
        };
        sdks.map(row).collect()
    };
    el("section", "project-part")
        .class_of("gone", move || answer.get().is_none_or(|project| project.sdks.is_empty()))
        .add(el("h2", "things-title").text("SDKs that send"))
        .add(table(&["SDK", "In 24 hours", ""], rows))
}

/// What can be changed of a project that was made on the page; and how it would stand in the settings.
fn changes(id: u64, answer: Fetched<Project>) -> El {
    let Shared { client, session, history, view, toast, .. } = shared();
    let known = derived(move || {
        answer.get().map(|project| {
            let row = &project.row;
            (row.slug.clone(), row.service.clone(), row.origin.clone(), project.toml.clone())
        })
    });
    let remove = move || {
        let removed = client.remove_project(id);
        spawn_local(async move {
            match removed.await {
                Ok(()) => history
                    .go(&view.state.with_untracked(|state| state.on(Page::Projects.path())), Visit::New),
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    };
    let parts = move || {
        let Some((slug, service, origin, toml)) = known.get() else { return Vec::new() };
        if !origin.is_empty() {
            return vec![el("p", "hint").text(&format!("It is set in {origin} and changed there."))];
        }
        let mut parts = Vec::new();
        if session.is_admin() {
            parts.push(project_form(Some((id, &slug, &service))));
            parts.push(careful_button(("Remove the project", "Really remove it, with its issues"), remove));
        }
        if !toml.is_empty() {
            parts.push(el("h3", "").text("The same for porthole.toml"));
            parts.push(snippet(&toml, "TOML snippet"));
        }
        parts
    };
    el("section", "project-part")
        .add(el("h2", "things-title").text("Name and service"))
        .add(el("div", "host").children_of(parts))
}
