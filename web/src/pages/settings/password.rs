//! One's own password.

use crate::prelude::*;
use api::PasswordChange;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlFormElement};

use crate::dom::{El, button, el, text_field};
use crate::state::{Shared, shared};

/// The password until now, and twice the one from now on.
pub(super) fn password_form() -> El {
    let Shared { client, toast, .. } = shared();
    let fault = RwSignal::new(String::new());
    let field = |words: &str, autocomplete: &str| {
        text_field(words, &[("type", "password"), ("autocomplete", autocomplete)])
    };
    let (current_field, current) = field("Current password", "current-password");
    let (new_field, new) = field("New password, at least ten characters", "new-password");
    let (again_field, again) = field("The same again", "new-password");
    let form = el("form", "form-row");
    let element: HtmlFormElement = form.element().clone().unchecked_into();
    let submit = move |event: Event| {
        event.prevent_default();
        if new.value() != again.value() {
            fault.set("The two new passwords differ.".to_owned());
            return;
        }
        fault.set(String::new());
        let changed = client.change_password(PasswordChange { current: current.value(), new: new.value() });
        let element = element.clone();
        spawn_local(async move {
            match changed.await {
                Ok(()) => {
                    toast.show("Password changed; other sessions have ended");
                    element.reset();
                }
                Err(failure) => fault.set(failure.to_string()),
            }
        });
    };
    let form = form
        .add(current_field)
        .add(new_field)
        .add(again_field)
        .add(button("button button-main", "Change").attr("type", "submit"))
        .on("submit", submit);
    el("details", "fold")
        .add(el("summary", "").text("Change password"))
        .add(form)
        .add(el("p", "fault").attr("role", "alert").text_of(move || fault.get()))
}
