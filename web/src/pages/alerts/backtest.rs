//! What a rule would have done: a sentence, a small chart, and each time.

use api::Backtest;
use web_logic::rows::alerts::{drawn, spans, told};
use web_logic::rows::capitalised;
use web_logic::time;
use web_logic::wire::Object;

use crate::client::{Ask, Client};
use crate::components::notice;
use crate::dom::{El, button, drawings, el};
use crate::prelude::*;
use crate::state::{Fetched, Shared, shared};

const VIEW_BOX: &str = "0 0 600 80";

impl Client {
    fn backtest(self, toml: &str) -> Ask<Backtest> {
        self.post("rules/backtest".to_owned(), Some(Object::default().text("toml", toml)))
    }
}

/// The button, and what comes of it; `text` gives the rule.
pub(super) fn backtest(text: impl Fn() -> String + 'static) -> El {
    let Shared { client, session, .. } = shared();
    let answer: Fetched<Backtest> = Fetched::new();
    let try_it = button("button", "Try it on the last 7 days")
        .enabled_of(move || !answer.is_busy())
        .class_of("gone", move || !session.may_edit())
        .click(move || answer.ask(client.backtest(&text())));
    let shown = move || {
        if answer.is_busy() {
            return vec![el("p", "hint").text("It is tried on seven days…")];
        }
        match (answer.failure(), answer.get()) {
            (Some(failure), _) => vec![notice("critical", &failure.to_string())],
            (None, Some(tried)) => outcome(&tried),
            (None, None) => Vec::new(),
        }
    };
    el("div", "backtest").add(try_it).add(el("div", "host").attr("role", "status").children_of(shown))
}

fn outcome(tried: &Backtest) -> Vec<El> {
    let Shared { view, .. } = shared();
    let (tone, words) = told(tried);
    let clock = untrack(|| view.clock());
    let mark = el("span", "things-mark").attr("aria-hidden", "true").text(tone.mark());
    let sentence = el("p", &format!("things-verdict state-{}", tone.class())).add(mark).text(&words);
    let [fired, line, threshold] = drawn(tried);
    let chart =
        drawings("backtest-chart", VIEW_BOX, &[("fired", fired), ("line", line), ("threshold", threshold)]);
    let ends = el("p", "hint backtest-ends")
        .add(el("span", "").text(&time::day_and_time(tried.start, clock)))
        .add(el("span", "").text(&time::day_and_time(tried.end, clock)));
    let notes = tried.notes.iter().map(|note| el("p", "hint").text(&capitalised(note)));
    let times = spans(tried, clock);
    let times = el("ul", "backtest-times").add_all(times.iter().map(|one| el("li", "").text(one)).collect());
    [sentence, chart, ends].into_iter().chain(notes).chain([times]).collect()
}
