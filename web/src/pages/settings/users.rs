//! The users: who may see and do what.

use std::rc::Rc;

use crate::prelude::*;
use api::{NewUser, Role, User};
use wasm_bindgen::JsCast;
use web_logic::time;
use web_sys::{Event, HtmlFormElement, HtmlSelectElement};

use crate::components::notice;
use crate::dom::{El, button, careful_button, el, table, text_field};
use crate::state::{Fetched, Shared, shared};

const ROLES: [(Role, &str, &str); 3] = [
    (Role::Viewer, "viewer", "Viewer: sees everything"),
    (Role::Editor, "editor", "Editor: also changes what is made on the page"),
    (Role::Admin, "admin", "Admin: also manages users and tokens"),
];

/// The word for a role.
pub(super) fn role_word(role: Role) -> &'static str {
    ROLES.iter().find(|(known, ..)| *known == role).map_or("", |(_, word, _)| word)
}

/// The list, and the form to add one.
pub(super) fn users() -> El {
    let Shared { client, .. } = shared();
    let users: Fetched<Vec<User>> = Fetched::new();
    let load: Rc<dyn Fn()> = Rc::new(move || users.ask(client.users()));
    load();
    let again = Rc::clone(&load);
    let rows = move || {
        let users = users.get();
        users.iter().flat_map(|users| users.iter()).map(|user| user_row(user, Rc::clone(&again))).collect()
    };
    let failure =
        move || users.failure().iter().map(|failure| notice("critical", &failure.to_string())).collect();
    el("section", "card")
        .add(el("h2", "").text("Users"))
        .add(el("div", "host").children_of(failure))
        .add(table(&["Name", "Role", "Made", "Last seen", "Remove"], rows))
        .add(el("h3", "").text("Add a user"))
        .add(add_user(load))
}

fn user_row(user: &User, changed: Rc<dyn Fn()>) -> El {
    let Shared { client, session, view, ticker, toast, .. } = shared();
    let name = StoredValue::new(user.name.clone());
    let is_self = move || session.name() == Some(name.get_value());
    let remove = move || {
        let changed = Rc::clone(&changed);
        let removed = client.remove_user(&name.get_value());
        spawn_local(async move {
            match removed.await {
                Ok(()) => changed(),
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    };
    let (made, seen) = (user.created, user.last_seen);
    let remove = careful_button(("Remove", "Really remove"), remove)
        .enabled_of(move || !is_self())
        .attr_of("title", move || is_self().then(|| "One cannot remove oneself".to_owned()));
    el("tr", "")
        .add(el("td", "").text(&user.name))
        .add(el("td", "").text(role_word(user.role)))
        .add(el("td", "").text_of(move || time::day_and_time(made, view.clock())))
        .add(
            el("td", "")
                .text_of(move || seen.map_or_else(|| "never".to_owned(), |at| time::ago(at, ticker.now()))),
        )
        .add(el("td", "table-end").add(remove))
}

fn add_user(changed: Rc<dyn Fn()>) -> El {
    let Shared { client, toast, .. } = shared();
    let fault = RwSignal::new(String::new());
    let (name_field, name) = text_field(
        "Name",
        &[("autocomplete", "off"), ("autocapitalize", "none"), ("spellcheck", "false"), ("maxlength", "64")],
    );
    let (password_field, password) = text_field(
        "Password, at least ten characters",
        &[("type", "password"), ("autocomplete", "new-password"), ("minlength", "10")],
    );
    let option = |(_, word, words): (Role, &str, &str)| el("option", "").attr("value", word).text(words);
    let select = el("select", "select").add_all(ROLES.into_iter().map(option).collect());
    let chosen: HtmlSelectElement = select.element().clone().unchecked_into();
    let form = el("form", "form-row");
    let element: HtmlFormElement = form.element().clone().unchecked_into();
    let submit = move |event: Event| {
        event.prevent_default();
        fault.set(String::new());
        let word = chosen.value();
        let role = ROLES.iter().find(|(_, known, _)| *known == word).map_or(Role::Viewer, |(role, ..)| *role);
        let added = client.add_user(NewUser { name: name.value(), role, password: password.value() });
        let (element, changed) = (element.clone(), Rc::clone(&changed));
        spawn_local(async move {
            match added.await {
                Ok(()) => {
                    toast.show("User added");
                    element.reset();
                    changed();
                }
                Err(failure) => fault.set(failure.to_string()),
            }
        });
    };
    let form = form
        .add(name_field)
        .add(password_field)
        .add(el("label", "field").text("Role").add(select))
        .add(button("button button-main", "Add").attr("type", "submit"))
        .on("submit", submit);
    el("div", "host").add(form).add(el("p", "fault").attr("role", "alert").text_of(move || fault.get()))
}
