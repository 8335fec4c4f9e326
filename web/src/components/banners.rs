//! Bars above every page: the server does not answer, or is another build than the page.

use leptos::prelude::*;

use super::notice::Notice;
use crate::reactive::{When, each, effect, on};
use crate::state::{Reach, Shared, Trouble, shared};

/// Bars above every page.
#[component]
pub(crate) fn Banners() -> impl IntoView {
    let Shared { reach, session, .. } = shared();
    // While something is wrong the server is asked again and again; its answer takes the bar away.
    effect(move || {
        if reach.trouble.get().is_some() {
            let ask = move || {
                if reach.trouble.get_untracked().is_some() {
                    session.ask();
                }
            };
            if let Ok(handle) = set_interval_with_handle(ask, Reach::RETRY) {
                on_cleanup(move || handle.clear());
            }
        }
    });
    view! {
        {move || each(reach.trouble.get(), |trouble| view! { <Notice tone="critical">{words(trouble)}</Notice> })}
        <When when=move || reach.outdated.get()>
            <Notice tone="info">
                "Porthole was updated while this page was open. "
                <button type="button" class="button" on:click=on(|_| drop(window().location().reload()))>
                    "Load the new page"
                </button>
            </Notice>
        </When>
    }
}

fn words(trouble: Trouble) -> String {
    match trouble {
        Trouble::Offline => {
            "This computer is offline. What is shown is from before; the page tries again by itself."
                .to_owned()
        }
        Trouble::Away => {
            "Porthole does not answer. What is shown is from before; the page tries again by itself."
                .to_owned()
        }
        Trouble::Failing(status) => {
            format!(
                "Porthole answers with errors (status {status}). Its own log says why; the page tries again by itself."
            )
        }
    }
}
