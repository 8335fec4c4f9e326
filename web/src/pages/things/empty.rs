//! Nothing to show: not yet, nothing of what was chosen, or nothing at all.

use web_logic::choice::Choice;

use crate::components::Sign;
use crate::dom::{El, button, el, sign};
use crate::reactive::Derived;
use crate::state::{Shared, shared};

/// The answer is on its way; after a failure there is nothing to wait for.
pub(super) fn waiting(failure: Derived<Option<String>>) -> El {
    let line = || el("div", "skeleton-line");
    el("div", "things-waiting")
        .attr("aria-hidden", "true")
        .class_of("gone", move || failure.with(Option::is_some))
        .add_all((0..6).map(|_| line()).collect())
}

/// There are some, and what is chosen or typed leaves none of them.
pub(super) fn none_left(things: &'static str) -> El {
    let Shared { view, .. } = shared();
    let words = move || {
        let query = view.state.with(|state| state.query.trim().to_owned());
        if query.is_empty() {
            format!("None of the {things} is left by what is chosen above.")
        } else {
            format!("None of the {things} holds “{query}”.")
        }
    };
    let all = move || {
        view.change(|state| {
            state.query.clear();
            state.environment = None;
            state.project = None;
            state.services = Choice::default();
        });
    };
    el("section", "empty")
        .add(el("p", "empty-words").text_of(words))
        .add(button("button", &format!("Show all {things}")).click(all))
}

/// A text to copy and paste; `what` is what the page says was copied.
pub(crate) fn snippet(text: &str, what: &'static str) -> El {
    let Shared { toast, .. } = shared();
    let copied = text.to_owned();
    let copy = el("button", "button")
        .attr("type", "button")
        .add(sign(Sign::Copy))
        .text("Copy")
        .click(move || toast.copy(copied.clone(), what));
    el("div", "snippet-block").add(el("pre", "snippet").text(text)).add(copy)
}

/// There is nothing at all: what feeds the page, and what to paste; each snippet with its heading and what the
/// page says was copied.
pub(crate) fn first_steps(title: &str, words: &str, snippets: &[(&str, &str, &'static str)]) -> El {
    let block = |(heading, text, what): &(&str, &str, &'static str)| {
        [el("h3", "").text(heading), snippet(text, what)]
    };
    el("section", "first-run")
        .add(el("h2", "").text(title))
        .add(el("p", "").text(words))
        .add_all(snippets.iter().flat_map(block).collect())
}
