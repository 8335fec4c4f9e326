//! The set-up link: makes the first user.

use api::Setup;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Sign, icon};
use crate::history::Visit;
use crate::reactive::{When, on};
use crate::state::{Shared, Who, shared};

/// Makes the first user, or says where the link is.
#[component]
pub(crate) fn SetUpPage() -> impl IntoView {
    let Shared { session, .. } = shared();
    // The secret stands behind the `#`, which browsers send to nobody.
    let secret = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let has_users =
        move || session.who.with(|who| !matches!(who, Who::Unknown | Who::Nobody { setup_needed: true }));
    view! {
        <main class="gate">
            <When when=has_users fallback=move || first_user(secret.clone())>
                <section class="gate-card">
                    <h1>
                        {icon(Sign::Porthole)}
                        "Porthole is set up"
                    </h1>
                    <p>"There are users already. Further ones are made in Settings by an admin."</p>
                    <a class="button button-main" href="/sign-in">
                        "Sign in"
                    </a>
                </section>
            </When>
        </main>
    }
}

fn first_user(secret: String) -> AnyView {
    if secret.is_empty() {
        view! { <WhereIsTheLink /> }.into_any()
    } else {
        view! { <FirstUser secret /> }.into_any()
    }
}

#[component]
fn WhereIsTheLink() -> impl IntoView {
    view! {
        <section class="gate-card">
            <h1>
                {icon(Sign::Porthole)}
                "Set Porthole up"
            </h1>
            <p>"Nobody has an account yet. When Porthole started, it printed a set-up link; open that one."</p>
            <pre class="snippet">"docker compose logs porthole | grep setup"</pre>
            <p class="hint">
                "The link works once, for an hour. A restart prints a new one; so does making a user on the server: "
                <code>"porthole user add <name> --role admin"</code>
            </p>
        </section>
    }
}

#[component]
fn FirstUser(secret: String) -> impl IntoView {
    let Shared { client, session, history, .. } = shared();
    let (name, password, again) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let fault = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if password.get_untracked() != again.get_untracked() {
            fault.set("The two passwords differ.".to_owned());
            return;
        }
        busy.set(true);
        fault.set(String::new());
        let setup =
            Setup { secret: secret.clone(), name: name.get_untracked(), password: password.get_untracked() };
        spawn_local(async move {
            match client.set_up(setup).await {
                Ok(answer) => {
                    session.take(answer);
                    history.go("/", Visit::Same);
                }
                Err(failure) => fault.set(failure.to_string()),
            }
            busy.set(false);
        });
    };
    let secret_field = move |words: &'static str, value: RwSignal<String>| {
        view! {
            <label class="field">
                {words}
                <input
                    class="input"
                    type="password"
                    autocomplete="new-password"
                    minlength="10"
                    required
                    on:input=on(move |event| value.set(event_target_value(&event)))
                />
            </label>
        }
    };
    view! {
        <form class="gate-card" on:submit=on(submit)>
            <h1>
                {icon(Sign::Porthole)}
                "Set Porthole up"
            </h1>
            <p>"You make the first account; it is an admin and can make others."</p>
            <label class="field">
                "Name"
                <input
                    class="input"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="64"
                    required
                    autofocus
                    on:input=on(move |event| name.set(event_target_value(&event)))
                />
            </label>
            {secret_field("Password, at least ten characters", password)}
            {secret_field("The same password again", again)}
            <p class="fault" role="alert">
                {move || fault.get()}
            </p>
            <button class="button button-main" disabled=move || busy.get()>
                "Make the account"
            </button>
        </form>
    }
}
