//! The tokens of machines. A token's secret is shown once, when it is made.

use api::{NewToken, Token, TokenScope};
use leptos::ev::SubmitEvent;
use leptos::html::Form;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_logic::time;

use crate::components::{CopyButton, Notice};
use crate::reactive::{When, each, on};
use crate::state::{Fetched, Shared, shared};

const SCOPES: [(TokenScope, &str, &str); 3] = [
    (TokenScope::Ingest, "ingest", "ingest: send lines and samples"),
    (TokenScope::Read, "read", "read: every query"),
    (TokenScope::Release, "release", "release: what sentry-cli does"),
];

/// The list, and the form to make one.
#[component]
pub(super) fn Tokens() -> impl IntoView {
    let Shared { client, .. } = shared();
    let tokens: Fetched<Vec<Token>> = Fetched::new();
    let secret = RwSignal::new(String::new());
    let load = move || tokens.ask(client.tokens());
    load();
    let rows = move || {
        let tokens = tokens.get();
        let row = |token: &Token| view! { <TokenRow token=token.clone() changed=load /> };
        each(tokens.iter().flat_map(|tokens| tokens.iter()), row)
    };
    let is_empty = move || tokens.get().is_some_and(|tokens| tokens.is_empty());
    view! {
        <section class="card">
            <h2>"Tokens"</h2>
            <p class="hint">"For Promtail, Grafana, CI and other machines: as a bearer token, or as the password of Basic authentication."</p>
            {move || each(tokens.failure(), |failure| view! { <Notice tone="critical">{failure.to_string()}</Notice> })}
            <When when=move || !is_empty() fallback=|| view! { <p class="hint">"There are none yet."</p> }>
                <div class="table-scroll">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"For"</th>
                                <th scope="col">"May"</th>
                                <th scope="col">"Made"</th>
                                <th scope="col">"Last used"</th>
                                <th scope="col">
                                    <span class="visually-hidden">"Revoke"</span>
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            {rows}
                        </tbody>
                    </table>
                </div>
            </When>
            <NewSecret secret />
            <AddToken secret changed=load />
        </section>
    }
}

/// The secret of the token just made.
#[component]
fn NewSecret(secret: RwSignal<String>) -> impl IntoView {
    view! {
        <When when=move || secret.with(|secret| !secret.is_empty())>
            <div class="secret" role="status">
                <p>
                    <b>"This is the token. It is shown only now:"</b>
                </p>
                <div class="snippet-block">
                    <pre class="snippet">{move || secret.get()}</pre>
                    <CopyButton text=secret what="Token" label="Copy" />
                </div>
            </div>
        </When>
    }
}

#[component]
fn TokenRow(token: Token, changed: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let Shared { client, view, ticker, toast, .. } = shared();
    let sure = RwSignal::new(false);
    let id = token.id;
    let revoke = move |_| {
        if !sure.get_untracked() {
            sure.set(true);
            return;
        }
        spawn_local(async move {
            match client.revoke_token(id).await {
                Ok(()) => changed(),
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    };
    let used = token.last_used;
    let scopes = token.scopes.iter().filter_map(|scope| SCOPES.iter().find(|(known, ..)| known == scope));
    view! {
        <tr>
            <td>{token.name.clone()}</td>
            <td>{each(scopes, |(_, word, _)| view! { <span class="tag">{*word}</span> })}</td>
            <td>{move || time::day_and_time(token.created, view.clock())}</td>
            <td>{move || used.map_or_else(|| "never".to_owned(), |at| time::ago(at, ticker.now()))}</td>
            <td class="table-end">
                <button
                    type="button"
                    class="button"
                    class:button-danger=move || sure.get()
                    on:click=on(revoke)
                    on:blur=on(move |_| sure.set(false))
                >
                    {move || if sure.get() { "Really revoke" } else { "Revoke" }}
                </button>
            </td>
        </tr>
    }
}

#[component]
fn AddToken(secret: RwSignal<String>, changed: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let Shared { client, .. } = shared();
    let form = NodeRef::<Form>::new();
    let name = RwSignal::new(String::new());
    let scopes = RwSignal::new(vec![TokenScope::Ingest]);
    let fault = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        fault.set(String::new());
        secret.set(String::new());
        let token = NewToken { name: name.get_untracked(), scopes: scopes.get_untracked() };
        spawn_local(async move {
            match client.create_token(token).await {
                Ok(made) => {
                    secret.set(made.secret);
                    if let Some(form) = form.get_untracked() {
                        form.reset();
                    }
                    scopes.set(vec![TokenScope::Ingest]);
                    changed();
                }
                Err(failure) => fault.set(failure.to_string()),
            }
        });
    };
    let scope_box = move |(scope, _, words): (TokenScope, &'static str, &'static str)| {
        let toggle = move |event| {
            let on = event_target_checked(&event);
            scopes.update(|scopes| {
                scopes.retain(|other| *other != scope);
                if on {
                    scopes.push(scope);
                }
            });
        };
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || scopes.with(|scopes| scopes.contains(&scope))
                    on:change=on(toggle)
                />
                {words}
            </label>
        }
    };
    view! {
        <h3>"Make a token"</h3>
        <form class="form-row" node_ref=form on:submit=on(submit)>
            <label class="field">
                "What it is for"
                <input
                    class="input"
                    autocomplete="off"
                    placeholder="promtail on db-1"
                    required
                    on:input=on(move |event| name.set(event_target_value(&event)))
                />
            </label>
            <fieldset class="field">
                <legend>"It may"</legend>
                {each(SCOPES, scope_box)}
            </fieldset>
            <button class="button button-main">"Make"</button>
        </form>
        <p class="fault" role="alert">
            {move || fault.get()}
        </p>
    }
}
