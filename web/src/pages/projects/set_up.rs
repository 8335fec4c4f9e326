//! What to paste into a program so that its errors come, and an event to try it with.

use std::time::Duration;

use crate::prelude::*;
use api::{Millis, Project, ProjectSetup};
use web_logic::route::Page;

use super::super::things::snippet;
use crate::dom::{El, button, el};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

/// How often it is asked where the event is, and for how long.
const AGAIN: Duration = Duration::from_millis(500);
const TRIES: u32 = 40;

/// The kinds of programs as buttons, and what to paste for the one that is chosen; it stands in the address.
pub(super) fn set_up(answer: Fetched<Project>) -> El {
    let Shared { view, .. } = shared();
    let setups = derived(move || answer.get().map(|project| project.setups.clone()).unwrap_or_default());
    let chosen = derived(move || {
        let open = view.state.with(|state| state.open.clone());
        setups.with(|all| {
            let known = all.iter().find(|setup| Some(&setup.name) == open.as_ref());
            known.or(all.first()).cloned().unwrap_or_default()
        })
    });
    let kind = move |setup: &ProjectSetup| {
        let (name, meant) = (setup.name.clone(), setup.name.clone());
        button("segment", &setup.name)
            .pressed_of(move || chosen.with(|chosen| chosen.name == name))
            .click(move || view.adjust(|state| state.open = Some(meant.clone())))
    };
    let kinds = move || setups.with(|all| all.iter().map(kind).collect());
    el("section", "project-part")
        .add(el("h2", "things-title").text("Set-up"))
        .add(
            el("div", "segments")
                .attr("role", "group")
                .attr("aria-label", "Kind of program")
                .children_of(kinds),
        )
        .add(el("div", "host").children_of(move || chosen.with(steps)))
}

fn steps(setup: &ProjectSetup) -> Vec<El> {
    let mut steps = Vec::new();
    if !setup.install.is_empty() {
        steps.push(el("h3", "").text("Install"));
        steps.push(snippet(&setup.install, "Command"));
    }
    steps.push(el("h3", "").text(&setup.place));
    steps.push(snippet(&setup.code, "Snippet"));
    steps
}

/// How the event that was sent does.
#[derive(Clone, Debug, PartialEq)]
enum Sent {
    /// None was sent.
    Nothing,
    /// It is on its way.
    Waiting,
    /// It is there: the address of its page.
    There(String),
    /// It could not be sent, or did not come.
    Lost(String),
}

/// Sends an event and waits until it is seen.
pub(super) fn test(id: u64, answer: Fetched<Project>) -> El {
    let state = RwSignal::new(Sent::Nothing);
    let told = move || match state.get() {
        Sent::Nothing => Vec::new(),
        Sent::Waiting => vec![el("span", "hint").text("Sent; waiting until it is seen…")],
        Sent::There(href) => vec![
            el("span", "state state-ok").text("● It arrived. "),
            el("a", "").attr("href", &href).text("Look at it"),
        ],
        Sent::Lost(words) => vec![el("span", "fault").text(&words)],
    };
    let send = button("button button-main", "Send a test event")
        .enabled_of(move || state.with(|state| *state != Sent::Waiting))
        .click(move || send(id, answer, state));
    el("div", "project-test").add(send).add(el("p", "").attr("role", "status").children_of(told))
}

fn send(id: u64, answer: Fetched<Project>, state: RwSignal<Sent>) {
    let sent = shared().client.send_test(id);
    let before = untrack(|| answer.get()).and_then(|project| project.row.last_event);
    state.set(Sent::Waiting);
    spawn_local(async move {
        match sent.await {
            Ok(sent) => look(Awaited { project: id, event: sent.event, before, tried: 0 }, state),
            Err(failure) => {
                state.set(Sent::Lost(failure.to_string()));
            }
        }
    });
}

/// An event that is waited for.
struct Awaited {
    project: u64,
    event: String,
    /// When the project's last event came before it was sent.
    before: Option<Millis>,
    tried: u32,
}

/// Asks whether another event has come, and then where this one is, until it is somewhere.
fn look(awaited: Awaited, state: RwSignal<Sent>) {
    let Shared { client, view, .. } = shared();
    let project = client.project(awaited.project);
    spawn_local(async move {
        let has_come = project.await.is_ok_and(|project| project.row.last_event > awaited.before);
        if has_come && let Ok(place) = client.place_of(&awaited.event).await {
            let path = format!("{}/{}/events/{}", Page::Issues.path(), place.issue, place.event);
            let there = view.state.with_untracked(|view| view.carried_to(Page::Issues).on(&path));
            state.set(Sent::There(there));
            return;
        }
        if awaited.tried >= TRIES {
            let words =
                "It was taken, but is not to be seen after 20 seconds. Porthole’s own lines tell more.";
            state.set(Sent::Lost(words.to_owned()));
            return;
        }
        let again = move || {
            // Whoever has gone to another page waits no longer.
            if state.try_get_untracked().is_some() {
                look(Awaited { tried: awaited.tried + 1, ..awaited }, state);
            }
        };
        set_timeout(again, AGAIN);
    });
}
