//! Signing in.

use api::Credentials;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_logic::query_string;

use crate::client::Failure;
use crate::components::{Sign, icon};
use crate::history::Visit;
use crate::reactive::{effect, on};
use crate::state::{Shared, shared};

/// Name and password.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let Shared { client, session, history, .. } = shared();
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let fault = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    // Whoever is signed in already, or just now, goes on to where they wanted to be.
    effect(move || {
        if session.may_read() {
            history.go(&next(&untrack(|| history.search())), Visit::Same);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        fault.set(String::new());
        spawn_local(async move {
            let credentials = Credentials { name: name.get_untracked(), password: password.get_untracked() };
            match client.sign_in(credentials).await {
                Ok(answer) => session.take(answer),
                Err(failure) => fault.set(explain(&failure)),
            }
            busy.set(false);
        });
    };
    view! {
        <main class="gate">
            <form class="gate-card" on:submit=on(submit)>
                <h1>
                    {icon(Sign::Porthole)}
                    "Porthole"
                </h1>
                <label class="field">
                    "Name"
                    <input
                        class="input"
                        name="name"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        autofocus
                        on:input=on(move |event| name.set(event_target_value(&event)))
                    />
                </label>
                <label class="field">
                    "Password"
                    <input
                        class="input"
                        name="password"
                        type="password"
                        autocomplete="current-password"
                        required
                        on:input=on(move |event| password.set(event_target_value(&event)))
                    />
                </label>
                <p class="fault" role="alert">
                    {move || fault.get()}
                </p>
                <button class="button button-main" disabled=move || busy.get()>
                    {move || if busy.get() { "Signing in…" } else { "Sign in" }}
                </button>
                <p class="hint">"A forgotten password is set anew on the server: " <code>"porthole user passwd <name>"</code></p>
            </form>
        </main>
    }
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
