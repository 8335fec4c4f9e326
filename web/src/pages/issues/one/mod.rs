//! One issue: what happened, to how many, since when; what is done about it; and one of its events.

mod chart;
mod events;
mod head;
mod side;

pub(super) use chart::release_link;

use crate::prelude::*;
use api::{Event, Issue, IssueChange};
use web_logic::issues::change::UNTIL_ESCALATING;
use web_logic::keys::Action;
use web_logic::route::Page;

use super::super::things::{follow, name_window};
use super::asks::Which;
use super::deeds::{Deeds, Meant};
use super::{event, href};
use crate::components::notice;
use crate::dom::{El, el, when};
use crate::history::Visit;
use crate::reactive::{Derived, derived, effect};
use crate::state::{Fetched, Shared, shared};

/// An issue and the event of it that is looked at.
#[derive(Clone, Copy)]
pub(super) struct One {
    pub(super) id: i64,
    pub(super) issue: Fetched<Issue>,
    pub(super) event: Fetched<Event>,
    /// Which event: its id, `latest`, `oldest`.
    pub(super) which: Derived<String>,
    /// The stacks as the language prints them.
    pub(super) raw: RwSignal<bool>,
    /// Something was done with it.
    pub(super) again: RwSignal<u32>,
}

/// The page of one issue.
pub(super) fn issue(id: i64) -> El {
    let Shared { history, .. } = shared();
    let which = derived(move || match history.rest().as_slice() {
        [_, _, event] => event.clone(),
        _ => "latest".to_owned(),
    });
    let one = One {
        id,
        issue: Fetched::new(),
        event: Fetched::new(),
        which,
        raw: RwSignal::new(false),
        again: RwSignal::new(0),
    };
    one.ask();
    let deeds = Deeds::new(move || one.meant(), move || one.again.update(|again| *again += 1));
    one.listen(deeds);
    let known = move || one.issue.is_known();
    let failures = move || {
        let failure = one.issue.failure().map(|failure| notice("critical", &failure.to_string()));
        failure.into_iter().collect()
    };
    let body = move || {
        el("div", "issue-body")
            .add(el("div", "issue-event").add(event::event(one)).add(events::events(one)))
            .add(side::side(one, deeds))
    };
    el("div", "things issue")
        .add(head::head(one, deeds))
        .add(el("div", "host").children_of(failures))
        .add(when(known, move || chart::impact(one)))
        .add(when(known, body))
        .add(deeds.told())
}

impl One {
    fn ask(self) {
        let Shared { client, view, reach, .. } = shared();
        let environment =
            derived(move || view.state.with(|state| state.environment.clone()).unwrap_or_default());
        follow(move || {
            self.again.track();
            self.issue.ask(client.issue(self.id, &environment.get(), view.resolved.get()));
        });
        effect(move || {
            reach.recovered.track();
            self.event.ask(client.issue_event(self.id, &self.which.get()));
        });
        let name = derived(move || {
            self.issue.get().map(|issue| format!("{} {}", issue.row.short_id, issue.row.title))
        });
        effect(move || {
            if let Some(name) = name.get() {
                name_window(&name);
            }
        });
    }

    fn meant(self) -> Meant {
        let rows = self.issue.get().map(|issue| issue.row.clone()).into_iter().collect();
        Meant { which: Which::Ids(vec![self.id]), rows }
    }

    /// Looks at another of its events.
    pub(super) fn go(self, event: &str) {
        let Shared { history, view, .. } = shared();
        history.go(&view.state.with_untracked(|state| href(state, self.id, event)), Visit::New);
    }

    fn listen(self, deeds: Deeds) {
        let Shared { view, actions, .. } = shared();
        actions.handle(move |action| {
            let event = untrack(|| self.event.get());
            match action {
                Action::Before => {
                    if let Some(before) = event.and_then(|event| event.previous.clone()) {
                        self.go(&before);
                    }
                }
                Action::After => {
                    if let Some(after) = event.and_then(|event| event.next.clone()) {
                        self.go(&after);
                    }
                }
                Action::Refresh => self.raw.update(|raw| *raw = !*raw),
                Action::Resolve => deeds.act(IssueChange::Resolve),
                Action::Archive => deeds.act(UNTIL_ESCALATING),
                Action::Query => view.show(Page::Issues, &view.state.get_untracked(), Visit::New),
                _ => {}
            }
        });
    }
}
