//! Logs: a query, what there is of it by level, service and time, and the lines.

mod counts;
mod detail;
mod empty;
mod feed;
mod histogram;
mod list;
mod live_bar;
mod numbers;
mod patterns;
mod query_box;
mod sidebar;
mod strip;

use crate::prelude::*;
use web_logic::keys::Action;
use web_logic::logql::{Asked, compose};
use web_logic::time::Resolved;
use web_logic::view::Show;

use crate::browser;
use crate::components::toggle_live;
use crate::dom::{El, el, switch};
use crate::reactive::{Derived, derived, effect};
use crate::state::{Shared, View, shared};

pub(crate) use detail::around_row;

use counts::Counts;
use empty::empty;
use feed::Feed;
use histogram::volume_histogram;
use list::line_list;
use live_bar::live_bar;
use numbers::numbers_view;
use patterns::pattern_table;
use query_box::query_box;
use sidebar::sidebar;
use strip::{notices, strip};

/// What is asked: when it changes, everything is asked anew.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Question {
    asked: Asked,
    range: Resolved,
    live: bool,
}

/// The page.
pub(crate) fn logs_page() -> El {
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
        if question.asked.is_numbers {
            feed.stop();
            return;
        }
        let selected = view.state.with_untracked(|state| state.selected.clone());
        feed.ask(question, selected);
    });
    counts.follow(view, question);
    on_cleanup(move || feed.stop());
    act_on_keys(view, feed);
    let filters_open = RwSignal::new(false);
    let is_numbers = derived(move || question.with(|question| question.asked.is_numbers));
    let body = el("div", "logs-body").add(query_box(feed, filters_open)).add(switch(
        move || if is_numbers.get() { 2 } else { 1 },
        Box::new(move |what| if what == 2 { numbers_view(counts) } else { found(feed, counts, question) }),
        0,
    ));
    el("div", "logs")
        .class_of("logs-filters", move || filters_open.get())
        .class_of("logs-numbers", move || is_numbers.get())
        .add(el("h1", "visually-hidden").attr("tabindex", "-1").text("Logs"))
        .add(sidebar(counts, is_numbers, filters_open))
        .add(body)
}

/// Histogram, strip, and the lines or their patterns.
fn found(feed: Feed, counts: Counts, question: Derived<Question>) -> El {
    let Shared { view, .. } = shared();
    let lines = move |what| {
        if what == 2 {
            return pattern_table(counts);
        }
        el("div", "host").add(line_list(feed)).add(empty(feed)).add(live_bar(feed))
    };
    let shown = move || if view.state.with(|state| state.show == Show::Patterns) { 2 } else { 1 };
    el("div", "host")
        .add(volume_histogram(counts))
        .add(strip(feed, counts, question))
        .add(notices(feed, counts))
        .add(el("div", "logs-lines").add(switch(shown, Box::new(lines), 0)))
}

fn act_on_keys(view: View, feed: Feed) {
    let Shared { actions, .. } = shared();
    actions.handle(move |action| match action {
        Action::Query => browser::focus(".query-input"),
        Action::Down => feed.step(view, true),
        Action::Up => feed.step(view, false),
        Action::Open | Action::Pick => {
            if let Some(id) = view.state.with_untracked(|state| state.selected.clone()) {
                feed.toggle(&id);
            }
        }
        Action::Live if feed.is_paused() => feed.resume(),
        Action::Live => toggle_live(view),
        Action::Patterns => view.change(|state| state.show = state.show.other()),
        Action::Escape => feed.fold_all(),
        _ => {}
    });
}
