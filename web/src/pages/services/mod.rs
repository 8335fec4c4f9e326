//! Services: what each of them uses, and one of them with all that is known of it.

mod charts;
mod deploy;
mod lanes;
mod one;
mod own;
mod summary;

use api::{Millis, ServiceRow};
use web_logic::query_string;
use web_logic::rows::services::{Which, sections};

pub(super) use charts::charts;

use super::now::first_run;
use super::things::{About, Known, follow, things_page};
use crate::dom::{El, Keyed, el};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

/// The page: all services, the one that the address names, or one of its deploys.
pub(crate) fn services_page() -> El {
    let Shared { history, view, .. } = shared();
    let asked = derived(move || {
        let named = view.state.with(|state| (state.one.clone(), state.environment.clone()));
        let mut rest = history.rest().into_iter().map(|part| decoded(&part));
        let (service, below) = (rest.next(), rest.next());
        match (service, named) {
            (Some(service), (_, environment)) => {
                let which = Which::of(&environment.unwrap_or_default(), "", &service);
                (Some(which), below.is_some_and(|below| below == "deploy"))
            }
            (None, (one, _)) => (one.map(|one| Which::from_text(&one)), false),
        }
    });
    let shown = move || -> Vec<Keyed> {
        let (which, is_deploy) = asked.get();
        let at = if is_deploy { deploy_at(&history.search()) } else { 0 };
        let key = which.as_ref().map(|which| format!("{} {is_deploy} {at}", which.to_text()));
        let draw = move || match which {
            None => all(),
            Some(which) if is_deploy => deploy::deploy(which, at),
            Some(which) => one::service(which),
        };
        vec![(key.unwrap_or_default(), Box::new(draw))]
    };
    el("div", "host").keyed(shown)
}

/// When the deploy was that the address names; 0: it names none.
fn deploy_at(search: &str) -> Millis {
    let pairs = query_string::read(search);
    pairs.iter().find(|(name, _)| name == "at").and_then(|(_, at)| at.parse().ok()).unwrap_or(0)
}

fn decoded(part: &str) -> String {
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_owned(), String::from)
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
