//! What changed within the last day: deploys, restarts, new issues, incidents that ended.

use api::Change;
use web_logic::{time, told};

use super::Known;
use crate::dom::{El, el};
use crate::reactive::derived;
use crate::state::{Shared, shared};

/// So many are seen at once.
const SHOWN_MAX: usize = 12;

/// The list, newest first.
pub(super) fn changes(known: Known) -> El {
    let Shared { view, .. } = shared();
    let all = derived(move || {
        let admitted = |change: &&Change| {
            change.service.is_empty() || view.state.with(|state| state.services.admits(&change.service))
        };
        known.situation.with(|situation| {
            let all = situation.as_ref().map(|situation| situation.changes.as_slice());
            all.map(|all| all.iter().filter(admitted).take(SHOWN_MAX).cloned().collect::<Vec<_>>())
        })
    });
    let items = move || {
        all.with(|all| match all {
            None => (0..4).map(|_| el("li", "").add(el("div", "skeleton-line"))).collect(),
            Some(all) if all.is_empty() => vec![el("li", "hint").text("Nothing, within the last day.")],
            Some(all) => all.iter().map(row).collect(),
        })
    };
    el("section", "")
        .attr("aria-label", "What changed")
        .add(el("h2", "group-title").text("What changed"))
        .add(el("ul", "changes").children_of(items))
}

fn row(change: &Change) -> El {
    let Shared { view, ticker, .. } = shared();
    let at = change.at;
    let words = told::times(&change.text, view.clock());
    let what = match change.href.as_str() {
        "" => el("span", "change-text").text(&words),
        href => el("a", "change-text").attr("href", href).text(&words),
    };
    el("li", "change")
        .add(
            el("time", "change-time")
                .attr("title", &time::full(at, view.clock().zone))
                .text_of(move || time::ago(at, ticker.now())),
        )
        .add(el("span", "tag").text(told::change(change.kind)))
        .add(el("b", "").text(&change.service))
        .add(what)
}
