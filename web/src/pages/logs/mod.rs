//! Logs: a query, what there is of it by level, service and time, and the lines.

mod asked_line;
mod context;
mod counts;
mod detail;
mod empty;
mod feed;
mod fields;
mod histogram;
mod json_tree;
mod list;
mod live_bar;
mod query_box;
mod row;
mod sidebar;
mod strip;

use leptos::prelude::*;
use web_logic::keys::Action;
use web_logic::logql::{Asked, compose};
use web_logic::time::Resolved;

use crate::browser;
use crate::components::toggle_live;
use crate::reactive::{derived, effect};
use crate::state::{Shared, View, shared};

use counts::Counts;
use empty::Empty;
use feed::Feed;
use histogram::VolumeHistogram;
use list::LineList;
use live_bar::LiveBar;
use query_box::QueryBox;
use sidebar::Sidebar;
use strip::Strip;

/// What is asked: when it changes, everything is asked anew.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Question {
    asked: Asked,
    range: Resolved,
    live: bool,
}

/// The page.
#[component]
pub(crate) fn LogsPage() -> impl IntoView {
    let Shared { view, reach, .. } = shared();
    let feed = Feed::new();
    let counts = Counts::new();
    let question = derived(move || {
        let (asked, live) = view.state.with(|state| (compose(state, None), state.live));
        Question { asked, range: view.resolved.get(), live }
    });
    effect(move || {
        reach.recovered.track();
        let question = question.get();
        let selected = view.state.with_untracked(|state| state.selected.clone());
        feed.ask(question, selected);
    });
    counts.follow(view, question);
    on_cleanup(move || feed.stop());
    act_on_keys(view, feed);
    let filters_open = RwSignal::new(false);
    view! {
        <div class="logs" class:logs-filters=move || filters_open.get()>
            <h1 class="visually-hidden" tabindex="-1">
                "Logs"
            </h1>
            <Sidebar counts open=filters_open />
            <div class="logs-body">
                <QueryBox feed filters_open />
                <VolumeHistogram counts />
                <Strip feed counts question />
                <div class="logs-lines">
                    <LineList feed />
                    <Empty feed />
                    <LiveBar feed />
                </div>
            </div>
        </div>
    }
}

fn act_on_keys(view: View, feed: Feed) {
    let Shared { actions, .. } = shared();
    actions.handle(move |action| match action {
        Action::Query => browser::focus(".query-input"),
        Action::Down => feed.step(view, true),
        Action::Up => feed.step(view, false),
        Action::Open => {
            if let Some(id) = view.state.with_untracked(|state| state.selected.clone()) {
                feed.toggle(&id);
            }
        }
        Action::Live if feed.is_paused() => feed.resume(),
        Action::Live => toggle_live(view),
        Action::Escape => feed.fold_all(),
        _ => {}
    });
}
