//! One's own password.

use api::PasswordChange;
use leptos::ev::SubmitEvent;
use leptos::html::Form;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::reactive::on;
use crate::state::{Shared, shared};

/// The password until now, and twice the one from now on.
#[component]
pub(super) fn PasswordForm() -> impl IntoView {
    let Shared { client, toast, .. } = shared();
    let form = NodeRef::<Form>::new();
    let (current, new, again) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let fault = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if new.get_untracked() != again.get_untracked() {
            fault.set("The two new passwords differ.".to_owned());
            return;
        }
        fault.set(String::new());
        let change = PasswordChange { current: current.get_untracked(), new: new.get_untracked() };
        spawn_local(async move {
            match client.change_password(change).await {
                Ok(()) => {
                    toast.show("Password changed; other sessions have ended");
                    if let Some(form) = form.get_untracked() {
                        form.reset();
                    }
                }
                Err(failure) => fault.set(failure.to_string()),
            }
        });
    };
    let field = move |words: &'static str, autocomplete: &'static str, value: RwSignal<String>| {
        view! {
            <label class="field">
                {words}
                <input
                    class="input"
                    type="password"
                    autocomplete=autocomplete
                    required
                    on:input=on(move |event| value.set(event_target_value(&event)))
                />
            </label>
        }
    };
    view! {
        <details class="fold">
            <summary>"Change password"</summary>
            <form class="form-row" node_ref=form on:submit=on(submit)>
                {field("Current password", "current-password", current)}
                {field("New password, at least ten characters", "new-password", new)}
                {field("The same again", "new-password", again)}
                <button class="button button-main">"Change"</button>
            </form>
            <p class="fault" role="alert">
                {move || fault.get()}
            </p>
        </details>
    }
}
