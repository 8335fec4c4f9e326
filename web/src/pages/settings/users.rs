//! The users: who may see and do what.

use api::{NewUser, Role, User};
use leptos::ev::SubmitEvent;
use leptos::html::Form;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_logic::time;

use crate::components::Notice;
use crate::reactive::{each, on};
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
#[component]
pub(super) fn Users() -> impl IntoView {
    let Shared { client, .. } = shared();
    let users: Fetched<Vec<User>> = Fetched::new();
    let load = move || users.ask(client.users());
    load();
    let rows = move || {
        let users = users.get();
        let row = |user: &User| view! { <UserRow user=user.clone() changed=load /> };
        each(users.iter().flat_map(|users| users.iter()), row)
    };
    view! {
        <section class="card">
            <h2>"Users"</h2>
            {move || each(users.failure(), |failure| view! { <Notice tone="critical">{failure.to_string()}</Notice> })}
            <div class="table-scroll">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Made"</th>
                            <th scope="col">"Last seen"</th>
                            <th scope="col">
                                <span class="visually-hidden">"Remove"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows}
                    </tbody>
                </table>
            </div>
            <AddUser changed=load />
        </section>
    }
}

#[component]
fn UserRow(user: User, changed: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let Shared { client, session, view, ticker, toast, .. } = shared();
    let sure = RwSignal::new(false);
    let name = StoredValue::new(user.name.clone());
    let is_self = move || session.name() == Some(name.get_value());
    let remove = move |_| {
        if !sure.get_untracked() {
            sure.set(true);
            return;
        }
        spawn_local(async move {
            match client.remove_user(&name.get_value()).await {
                Ok(()) => changed(),
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    };
    let seen = user.last_seen;
    view! {
        <tr>
            <td>{user.name.clone()}</td>
            <td>{role_word(user.role)}</td>
            <td>{move || time::day_and_time(user.created, view.clock())}</td>
            <td>{move || seen.map_or_else(|| "never".to_owned(), |at| time::ago(at, ticker.now()))}</td>
            <td class="table-end">
                <button
                    type="button"
                    class="button"
                    class:button-danger=move || sure.get()
                    disabled=is_self
                    title=move || if is_self() { "One cannot remove oneself" } else { "" }
                    on:click=on(remove)
                    on:blur=on(move |_| sure.set(false))
                >
                    {move || if sure.get() { "Really remove" } else { "Remove" }}
                </button>
            </td>
        </tr>
    }
}

#[component]
fn AddUser(changed: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let Shared { client, toast, .. } = shared();
    let form = NodeRef::<Form>::new();
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let role = RwSignal::new(Role::Viewer);
    let fault = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        fault.set(String::new());
        let user = NewUser {
            name: name.get_untracked(),
            role: role.get_untracked(),
            password: password.get_untracked(),
        };
        spawn_local(async move {
            match client.add_user(user).await {
                Ok(()) => {
                    toast.show("User added");
                    if let Some(form) = form.get_untracked() {
                        form.reset();
                    }
                    role.set(Role::Viewer);
                    changed();
                }
                Err(failure) => fault.set(failure.to_string()),
            }
        });
    };
    let chosen = move |event| {
        let word = event_target_value(&event);
        if let Some((found, ..)) = ROLES.iter().find(|(_, known, _)| *known == word) {
            role.set(*found);
        }
    };
    view! {
        <h3>"Add a user"</h3>
        <form class="form-row" node_ref=form on:submit=on(submit)>
            <label class="field">
                "Name"
                <input
                    class="input"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="64"
                    required
                    on:input=on(move |event| name.set(event_target_value(&event)))
                />
            </label>
            <label class="field">
                "Password, at least ten characters"
                <input
                    class="input"
                    type="password"
                    autocomplete="new-password"
                    minlength="10"
                    required
                    on:input=on(move |event| password.set(event_target_value(&event)))
                />
            </label>
            <label class="field">
                "Role"
                <select class="select" on:change=on(chosen)>
                    {each(ROLES, |(_, word, words)| view! { <option value=word>{words}</option> })}
                </select>
            </label>
            <button class="button button-main">"Add"</button>
        </form>
        <p class="fault" role="alert">
            {move || fault.get()}
        </p>
    }
}
