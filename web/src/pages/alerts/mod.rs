//! Alerts: what fires and what to do about it, what was, what is kept quiet, what is watched, and who is told.
//! `/alerts/<id>` is one alert, `/rules/<name>` one rule.

mod backtest;
mod card;
mod history;
mod list;
mod one;
mod receivers;
mod report;
mod rule;
mod rules;
mod silences;

use web_logic::query_string::of_segment;
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::wire::Object;

use crate::client::{Ask, Client, Method};
use crate::dom::{El, Keyed, el};
use crate::prelude::*;
use crate::state::{Shared, shared};

/// All pages of the family.
pub(crate) fn alerts_page() -> El {
    let Shared { history, .. } = shared();
    let shown = move || -> Vec<Keyed> {
        let (page, name) = (history.page(), history.rest().first().map(|name| of_segment(name)));
        let key = format!("{page:?} {}", name.as_deref().unwrap_or_default());
        let draw = move || match (page, name) {
            (Page::History, _) => history::history(),
            (Page::Silences, _) => silences::silences(),
            (Page::Rules, None) => rules::rules(),
            (Page::Rules, Some(name)) => rule::rule(name),
            (Page::Receivers, _) => receivers::receivers(),
            (Page::Report, _) => report::report(),
            (_, Some(id)) => one::one(id),
            (_, None) => list::list(),
        };
        vec![(key, Box::new(draw))]
    };
    el("div", "host").keyed(shown)
}

/// The line above a page: what it is, and a sentence.
fn head(name: &str, verdict: impl Fn() -> Option<(Tone, String)> + 'static) -> El {
    let told = move || {
        let Some((tone, words)) = verdict() else { return Vec::new() };
        let mark = el("span", "things-mark").attr("aria-hidden", "true").text(tone.mark());
        vec![el("span", &format!("things-verdict state-{}", tone.class())).add(mark).text(&words)]
    };
    el("header", "things-head")
        .add(el("h1", "").attr("tabindex", "-1").text(name))
        .add(el("p", "host").attr("role", "status").children_of(told))
}

/// Does something, says how it ended, and asks again how things are.
fn act(deed: Ask<()>, done: &'static str, again: impl Fn() + 'static) {
    let Shared { toast, .. } = shared();
    spawn_local(async move {
        match deed.await {
            Ok(()) => {
                toast.show(done.to_owned());
                again();
            }
            Err(failure) => toast.show(failure.to_string()),
        }
    });
}

impl Client {
    /// Does something about alerting, with a body if there is one.
    fn post<T: web_logic::wire::Read>(self, path: String, body: Option<Object>) -> Ask<T> {
        self.send(Method::POST, path, body)
    }
}
