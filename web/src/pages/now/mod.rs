//! Now: one sentence on what is wrong, the incidents behind it, then how each service does, what changed, and the
//! numbers that count.

mod changes;
mod first_run;
mod group;
mod incidents;
mod sentence;
mod state_mark;
mod tile;
mod week;

use std::sync::Arc;

use api::{Now, Situation};
use web_logic::verdict::troubles;

use crate::components::{notice, notice_with};
use crate::dom::{El, el, switch, when};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

use changes::changes;
pub(crate) use first_run::first_run;
use group::groups;
use incidents::incidents;
pub(crate) use incidents::{incident_card, step};
use sentence::sentence;
use week::week;

/// What is known of the page: how containers do, and what follows from all that is measured.
#[derive(Clone, Copy)]
struct Known {
    now: Derived<Arc<Now>>,
    /// `None`: it has not come yet.
    situation: Derived<Option<Arc<Situation>>>,
}

/// The page.
pub(crate) fn now_page() -> El {
    let Shared { live, .. } = shared();
    let is_known = derived(move || live.now.with(Option::is_some));
    let now = derived(move || live.now.get().unwrap_or_default());
    let known = Known { now, situation: derived(move || live.situation.get()) };
    let has_services = derived(move || now.with(|now| !now.services.is_empty()));
    let has_lines = derived(move || now.with(|now| now.intake.newest.is_some()));
    let services = move |has: usize| if has == 1 { groups(known) } else { first_run(now) };
    let judged = move || el("div", "host").add(sentence(known)).add(incidents(known));
    let is_watching = move || has_services.get() || has_lines.get();
    let page = move || {
        el("div", "now")
            .add(when(is_watching, judged))
            .add(told_troubles(now))
            .add(switch(move || usize::from(has_services.get()), Box::new(services), usize::MAX))
            .add(el("div", "now-below").add(week(known)).add(changes(known)))
            .add(unreadable(now))
    };
    let page = move |is_known: usize| if is_known == 1 { page() } else { waiting() };
    el("div", "host").add(el("h1", "visually-hidden").attr("tabindex", "-1").text("Now")).add(switch(
        move || usize::from(is_known.get()),
        Box::new(page),
        usize::MAX,
    ))
}

fn waiting() -> El {
    el("div", "now")
        .attr("aria-hidden", "true")
        .add(el("div", "skeleton-line skeleton-wide"))
        .add(el("div", "skeleton-tiles").add_all((0..6).map(|_| el("div", "")).collect()))
}

/// What is wrong with what feeds the page.
fn told_troubles(now: Derived<Arc<Now>>) -> El {
    let Shared { view, .. } = shared();
    let all = derived(move || now.with(|now| troubles(now, view.clock())));
    el("div", "host")
        .children_of(move || all.with(|all| all.iter().map(|one| notice("warning", one)).collect()))
}

/// Containers whose logs cannot be read, and why.
fn unreadable(now: Derived<Arc<Now>>) -> El {
    let unreadable = derived(move || now.with(|now| now.docker.unreadable.clone()));
    el("div", "host").children_of(move || {
        let all = unreadable.get();
        if all.is_empty() {
            return Vec::new();
        }
        let line = |fault: &api::Fault| {
            el("li", "").add(el("code", "").text(&fault.subject)).text(" ").text(&fault.message)
        };
        let list = el("ul", "plain").add_all(all.iter().map(line).collect());
        vec![notice_with("info", "Logs of these containers cannot be read", Some(list))]
    })
}
