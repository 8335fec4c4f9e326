//! Signing in.

use crate::prelude::*;
use api::Credentials;
use web_logic::query_string;
use web_sys::Event;

use crate::client::Failure;
use crate::components::Sign;
use crate::dom::{El, button, el, sign, text_field};
use crate::history::Visit;
use crate::reactive::effect;
use crate::state::{Shared, shared};

/// Name and password.
pub(crate) fn sign_in_page() -> El {
    let Shared { client, session, history, .. } = shared();
    let fault = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    // Whoever is signed in already, or just now, goes on to where they wanted to be.
    effect(move || {
        if session.may_read() {
            history.go(&next(&untrack(|| history.search())), Visit::Same);
        }
    });
    let (name_field, name) = text_field(
        "Name",
        &[
            ("name", "name"),
            ("autocomplete", "username"),
            ("autocapitalize", "none"),
            ("spellcheck", "false"),
            ("autofocus", ""),
        ],
    );
    let (password_field, password) = text_field(
        "Password",
        &[("name", "password"), ("type", "password"), ("autocomplete", "current-password")],
    );
    let submit = move |event: Event| {
        event.prevent_default();
        busy.set(true);
        fault.set(String::new());
        let answer = client.sign_in(Credentials { name: name.value(), password: password.value() });
        spawn_local(async move {
            match answer.await {
                Ok(answer) => session.take(answer),
                Err(failure) => fault.set(explain(&failure)),
            }
            busy.set(false);
        });
    };
    let forgotten = el("p", "hint")
        .text("A forgotten password is set anew on the server: ")
        .add(el("code", "").text("porthole user passwd <name>"));
    let words = move || if busy.get() { "Signing in…" } else { "Sign in" }.to_owned();
    let form = gate_card("Porthole", "form")
        .add(name_field)
        .add(password_field)
        .add(el("p", "fault").attr("role", "alert").text_of(move || fault.get()))
        .add(
            button("button button-main", "")
                .attr("type", "submit")
                .text_of(words)
                .enabled_of(move || !busy.get()),
        )
        .add(forgotten)
        .on("submit", submit);
    el("main", "gate").add(form)
}

/// A card in the middle of the window, under the name and a heading.
pub(super) fn gate_card(heading: &str, element: &str) -> El {
    el(element, "gate-card").add(el("h1", "").add(sign(Sign::Porthole)).text(heading))
}

fn explain(failure: &Failure) -> String {
    match failure {
        Failure::SignedOut => "The name or the password is wrong.".to_owned(),
        other => other.to_string(),
    }
}

/// Where to go afterwards: an address of this page, never one elsewhere.
fn next(search: &str) -> String {
    let wanted =
        query_string::read(search).into_iter().find(|(name, _)| name == "next").map(|(_, value)| value);
    wanted
        .filter(|address| address.starts_with('/') && !address.starts_with("//") && !address.contains('\\'))
        .unwrap_or_else(|| "/".to_owned())
}
