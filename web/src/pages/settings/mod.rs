//! Settings: one's own account, users and tokens for admins, this browser, and what runs here.

mod about;
mod password;
mod tokens;
mod users;

use leptos::prelude::*;

use crate::components::{Sign, ThemePicker, icon};
use crate::reactive::{When, derived, on};
use crate::state::{Shared, Who, shared};

use about::About;
use password::password_form;
use tokens::tokens;
use users::users;

/// The page.
#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    let Shared { session, .. } = shared();
    let is_admin = derived(move || session.is_admin());
    view! {
        <div class="settings">
            <h1 tabindex="-1">"Settings"</h1>
            <Account />
            <When when=move || is_admin.get()>
                {users().view()}
                {tokens().view()}
            </When>
            <ThisBrowser />
            <About />
        </div>
    }
}

#[component]
fn Account() -> impl IntoView {
    let Shared { session, .. } = shared();
    let role = move || {
        session.who.with(|who| match who {
            Who::User(user) => users::role_word(user.role),
            _ => "",
        })
    };
    view! {
        <section class="card">
            <h2>"Your account"</h2>
            <When
                when=move || session.name().is_some()
                fallback=|| view! { <p>"Nobody signs in here: whoever reaches this address may do everything."</p> }
            >
                <p class="account">
                    <b>{move || session.name()}</b>
                    <span class="tag">{role}</span>
                    <button type="button" class="button" on:click=on(move |_| session.sign_out())>
                        {icon(Sign::Exit)}
                        "Sign out"
                    </button>
                </p>
                {password_form().view()}
            </When>
        </section>
    }
}

#[component]
fn ThisBrowser() -> impl IntoView {
    let Shared { preferences, .. } = shared();
    view! {
        <section class="card">
            <h2>"This browser"</h2>
            <div class="field">
                <span>"Theme"</span>
                <ThemePicker />
            </div>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || preferences.single_keys.get()
                    on:change=on(move |event| preferences.set_single_keys(event_target_checked(&event)))
                />
                "Single keys act (press ? to see them; Ctrl K always works)"
            </label>
        </section>
    }
}
