//! Settings: one's own account; for admins users, tokens, what keeping things costs and the configuration in force;
//! projects and alerts, this browser, and what runs here.

mod about;
mod destinations;
mod in_force;
mod password;
mod retention;
mod tokens;
mod users;

use api::Configuration;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::components::{Sign, notice, theme_picker};
use crate::dom::{El, el, sign, switch, when};
use crate::reactive::effect;
use crate::state::{Fetched, Shared, Who, shared};

use about::about;
use destinations::{alerting, projects};
use in_force::in_force;
use password::password_form;
use retention::retention;
use tokens::tokens;
use users::users;

/// The page.
pub(crate) fn settings_page() -> El {
    let Shared { session, .. } = shared();
    el("div", "settings")
        .add(el("h1", "").attr("tabindex", "-1").text("Settings"))
        .add(account())
        .add(when(move || session.is_admin(), managed))
        .add(projects())
        .add(alerting())
        .add(this_browser())
        .add(about())
}

/// What only admins see.
fn managed() -> El {
    let Shared { client, .. } = shared();
    let answer: Fetched<Configuration> = Fetched::new();
    answer.ask(client.get("configuration".to_owned()));
    let failures =
        move || answer.failure().iter().map(|failure| notice("critical", &failure.to_string())).collect();
    el("div", "host")
        .add(users())
        .add(tokens())
        .add(el("div", "host").children_of(failures))
        .add(retention(answer))
        .add(in_force(answer))
}

fn account() -> El {
    let Shared { session, .. } = shared();
    let draw = |case| match case {
        1 => own_account(),
        _ => el("p", "").text("Nobody signs in here: whoever reaches this address may do everything."),
    };
    let case = move || if session.name().is_some() { 1 } else { 2 };
    el("section", "card").add(el("h2", "").text("Your account")).add(switch(case, Box::new(draw), 0))
}

fn own_account() -> El {
    let Shared { session, .. } = shared();
    let role = move || {
        session.who.with(|who| match who {
            Who::User(user) => users::role_word(user.role).to_owned(),
            _ => String::new(),
        })
    };
    let sign_out = el("button", "button")
        .attr("type", "button")
        .add(sign(Sign::Exit))
        .text("Sign out")
        .click(move || session.sign_out());
    let line = el("p", "account")
        .add(el("b", "").text_of(move || session.name().unwrap_or_default()))
        .add(el("span", "tag").text_of(role))
        .add(sign_out);
    el("div", "host").add(line).add(password_form())
}

fn this_browser() -> El {
    let Shared { preferences, .. } = shared();
    let check = el("input", "").attr("type", "checkbox");
    let input: HtmlInputElement = check.element().clone().unchecked_into();
    let shown = input.clone();
    effect(move || shown.set_checked(preferences.single_keys.get()));
    let keys = el("label", "check")
        .add(check)
        .text("Single keys act (press ? to see them; Ctrl K always works)")
        .on("change", move |_| preferences.set_single_keys(input.checked()));
    el("section", "card")
        .add(el("h2", "").text("This browser"))
        .add(el("div", "field").add(el("span", "").text("Theme")).add(theme_picker()))
        .add(keys)
}
