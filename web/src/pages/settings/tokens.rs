//! The tokens of machines. A token's secret is shown once, when it is made.

use std::rc::Rc;

use crate::prelude::*;
use api::{NewToken, Token, TokenScope};
use wasm_bindgen::JsCast;
use web_logic::time;
use web_sys::{Event, HtmlFormElement, HtmlInputElement};

use crate::components::{Sign, notice};
use crate::dom::{El, button, careful_button, el, sign, table, text_field, when};
use crate::state::{Fetched, Shared, shared};

const SCOPES: [(TokenScope, &str, &str); 3] = [
    (TokenScope::Ingest, "ingest", "ingest: send lines and samples"),
    (TokenScope::Read, "read", "read: every query"),
    (TokenScope::Release, "release", "release: what sentry-cli does"),
];

/// The list, and the form to make one.
pub(super) fn tokens() -> El {
    let Shared { client, .. } = shared();
    let tokens: Fetched<Vec<Token>> = Fetched::new();
    let secret = RwSignal::new(String::new());
    let load: Rc<dyn Fn()> = Rc::new(move || tokens.ask(client.tokens()));
    load();
    let again = Rc::clone(&load);
    let rows = move || {
        let tokens = tokens.get();
        tokens
            .iter()
            .flat_map(|tokens| tokens.iter())
            .map(|token| token_row(token, Rc::clone(&again)))
            .collect()
    };
    let is_empty = move || tokens.get().is_some_and(|tokens| tokens.is_empty());
    let failure =
        move || tokens.failure().iter().map(|failure| notice("critical", &failure.to_string())).collect();
    let about = "For Promtail, Grafana, CI and other machines: as a bearer token, or as the password of Basic authentication.";
    el("section", "card")
        .add(el("h2", "").text("Tokens"))
        .add(el("p", "hint").text(about))
        .add(el("div", "host").children_of(failure))
        .add(when(is_empty, || el("p", "hint").text("There are none yet.")))
        .add(table(&["For", "May", "Made", "Last used", "Revoke"], rows).class_of("gone", is_empty))
        .add(when(move || secret.with(|secret| !secret.is_empty()), move || new_secret(secret)))
        .add(el("h3", "").text("Make a token"))
        .add(add_token(secret, load))
}

/// The secret of the token just made.
fn new_secret(secret: RwSignal<String>) -> El {
    let Shared { toast, .. } = shared();
    let copy = el("button", "button")
        .attr("type", "button")
        .add(sign(Sign::Copy))
        .text("Copy")
        .click(move || toast.copy(secret.get_untracked(), "Token"));
    let block = el("div", "snippet-block").add(el("pre", "snippet").text_of(move || secret.get())).add(copy);
    el("div", "secret")
        .attr("role", "status")
        .add(el("p", "").add(el("b", "").text("This is the token. It is shown only now:")))
        .add(block)
}

fn token_row(token: &Token, changed: Rc<dyn Fn()>) -> El {
    let Shared { client, view, ticker, toast, .. } = shared();
    let id = token.id;
    let revoke = move || {
        let changed = Rc::clone(&changed);
        let revoked = client.revoke_token(id);
        spawn_local(async move {
            match revoked.await {
                Ok(()) => changed(),
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    };
    let (made, used) = (token.created, token.last_used);
    let known = token.scopes.iter().filter_map(|scope| SCOPES.iter().find(|(known, ..)| known == scope));
    let scopes = known.map(|(_, word, _)| el("span", "tag").text(word)).collect();
    el("tr", "")
        .add(el("td", "").text(&token.name))
        .add(el("td", "").add_all(scopes))
        .add(el("td", "").text_of(move || time::day_and_time(made, view.clock())))
        .add(
            el("td", "")
                .text_of(move || used.map_or_else(|| "never".to_owned(), |at| time::ago(at, ticker.now()))),
        )
        .add(el("td", "table-end").add(careful_button(("Revoke", "Really revoke"), revoke)))
}

fn add_token(secret: RwSignal<String>, changed: Rc<dyn Fn()>) -> El {
    let Shared { client, .. } = shared();
    let fault = RwSignal::new(String::new());
    let (name_field, name) =
        text_field("What it is for", &[("autocomplete", "off"), ("placeholder", "promtail on db-1")]);
    let mut boxes: Vec<(TokenScope, HtmlInputElement)> = Vec::new();
    let mut scopes = el("fieldset", "field").add(el("legend", "").text("It may"));
    for (scope, _, words) in SCOPES {
        let check = el("input", "").attr("type", "checkbox");
        // What is checked at first is checked again when the form is emptied.
        let check = if scope == TokenScope::Ingest { check.attr("checked", "") } else { check };
        boxes.push((scope, check.element().clone().unchecked_into()));
        scopes = scopes.add(el("label", "check").add(check).text(words));
    }
    let form = el("form", "form-row");
    let element: HtmlFormElement = form.element().clone().unchecked_into();
    let submit = move |event: Event| {
        event.prevent_default();
        fault.set(String::new());
        secret.set(String::new());
        let checked = boxes.iter().filter(|(_, field)| field.checked()).map(|(scope, _)| *scope);
        let made = client.create_token(NewToken { name: name.value(), scopes: checked.collect() });
        let (element, changed) = (element.clone(), Rc::clone(&changed));
        spawn_local(async move {
            match made.await {
                Ok(made) => {
                    secret.set(made.secret);
                    element.reset();
                    changed();
                }
                Err(failure) => fault.set(failure.to_string()),
            }
        });
    };
    let form = form
        .add(name_field)
        .add(scopes)
        .add(button("button button-main", "Make").attr("type", "submit"))
        .on("submit", submit);
    el("div", "host").add(form).add(el("p", "fault").attr("role", "alert").text_of(move || fault.get()))
}
