//! The set-up link: makes the first user.

use crate::prelude::*;
use api::Setup;
use web_sys::Event;

use super::sign_in::gate_card;
use crate::dom::{El, button, el, switch, text_field};
use crate::history::Visit;
use crate::state::{Shared, Who, shared};

/// Makes the first user, or says where the link is.
pub(crate) fn set_up_page() -> El {
    let Shared { session, .. } = shared();
    // The secret stands behind the `#`, which browsers send to nobody.
    let secret = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let has_users =
        move || session.who.with(|who| !matches!(who, Who::Unknown | Who::Nobody { setup_needed: true }));
    let draw = move |case| match case {
        1 => done(),
        _ if secret.is_empty() => where_is_the_link(),
        _ => first_user(secret.clone()),
    };
    el("main", "gate").add(switch(move || if has_users() { 1 } else { 2 }, Box::new(draw), 0))
}

fn done() -> El {
    let words = "There are users already. Further ones are made in Settings by an admin.";
    gate_card("Porthole is set up", "section")
        .add(el("p", "").text(words))
        .add(el("a", "button button-main").attr("href", "/sign-in").text("Sign in"))
}

fn where_is_the_link() -> El {
    let words = "Nobody has an account yet. When Porthole started, it printed a set-up link; open that one.";
    let hint =
        "The link works once, for an hour. A restart prints a new one; so does making a user on the server: ";
    gate_card("Set Porthole up", "section")
        .add(el("p", "").text(words))
        .add(el("pre", "snippet").text("docker compose logs porthole | grep setup"))
        .add(el("p", "hint").text(hint).add(el("code", "").text("porthole user add <name> --role admin")))
}

fn first_user(secret: String) -> El {
    let Shared { client, session, history, .. } = shared();
    let fault = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let password = |words: &str| {
        let attributes = [("type", "password"), ("autocomplete", "new-password"), ("minlength", "10")];
        text_field(words, &attributes)
    };
    let (name_field, name) = text_field(
        "Name",
        &[
            ("autocomplete", "username"),
            ("autocapitalize", "none"),
            ("spellcheck", "false"),
            ("maxlength", "64"),
            ("autofocus", ""),
        ],
    );
    let (first_field, first) = password("Password, at least ten characters");
    let (again_field, again) = password("The same password again");
    let submit = move |event: Event| {
        event.prevent_default();
        if first.value() != again.value() {
            fault.set("The two passwords differ.".to_owned());
            return;
        }
        busy.set(true);
        fault.set(String::new());
        let setup = Setup { secret: secret.clone(), name: name.value(), password: first.value() };
        let answer = client.set_up(setup);
        spawn_local(async move {
            match answer.await {
                Ok(answer) => {
                    session.take(answer);
                    history.go("/", Visit::Same);
                }
                Err(failure) => fault.set(failure.to_string()),
            }
            busy.set(false);
        });
    };
    gate_card("Set Porthole up", "form")
        .add(el("p", "").text("You make the first account; it is an admin and can make others."))
        .add(name_field)
        .add(first_field)
        .add(again_field)
        .add(el("p", "fault").attr("role", "alert").text_of(move || fault.get()))
        .add(
            button("button button-main", "Make the account")
                .attr("type", "submit")
                .enabled_of(move || !busy.get()),
        )
        .on("submit", submit)
}
