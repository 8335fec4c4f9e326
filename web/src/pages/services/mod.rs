//! Services: what each of them uses, and one of them with all that is known of it.

mod charts;
mod one;
mod own;
mod summary;

use api::ServiceRow;
use leptos::prelude::*;
use web_logic::rows::services::{Which, sections};

pub(super) use charts::charts;

use super::now::first_run;
use super::things::{About, Known, follow, things_page};
use crate::dom::{El, Keyed, el};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

/// The page: all services, or the one that the address names.
pub(crate) fn services_page() -> El {
    let Shared { view, .. } = shared();
    let one = derived(move || view.state.with(|state| state.one.clone()));
    let shown = move || -> Vec<Keyed> {
        let one = one.get();
        let key = one.clone().unwrap_or_default();
        vec![(key, Box::new(move || one.map_or_else(all, |one| one::service(Which::from_text(&one)))))]
    };
    el("div", "host").keyed(shown)
}

fn all() -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<Vec<ServiceRow>> = Fetched::new();
    follow(move || answer.ask(client.services()));
    let known = Known::of(
        answer,
        move |services| view.state.with(|state| sections(services, state)),
        Vec::len,
        |_| Vec::new(),
    );
    let about = About { name: "Services", things: ("service", "services"), trouble: "in trouble", empty };
    things_page(about, known)
}

fn empty() -> El {
    let Shared { live, .. } = shared();
    let now = derived(move || live.now.get().unwrap_or_default());
    first_run(now)
}
