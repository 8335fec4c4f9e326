//! The line above the rows: what the columns are; while some are chosen, what can be done with them.

use std::rc::Rc;

use api::IssueSort;
use wasm_bindgen::JsCast;
use web_logic::issues::change::chosen;
use web_logic::number::count;
use web_sys::HtmlInputElement;

use super::super::asks::{Which, sort_word};
use super::super::deeds::Deeds;
use super::{List, SORTS, sort};
use crate::dom::{El, button, el, switch};
use crate::reactive::effect;
use crate::state::{Shared, shared};

pub(super) fn bar(list: List, deeds: Deeds) -> El {
    let acts = move || usize::from(list.all.get() || list.chosen.with(|chosen| !chosen.is_empty()));
    let draw = move |case| if case == 1 { actions(list, deeds) } else { heads() };
    el("div", "issue-bar").add(pick(list)).add(switch(acts, Box::new(draw), usize::MAX))
}

/// All rows of the page, or none.
fn pick(list: List) -> El {
    let check = el("input", "").attr("type", "checkbox").attr("aria-label", "Choose all issues of this page");
    let input: HtmlInputElement = check.element().clone().unchecked_into();
    let (shown, clicked) = (input.clone(), input);
    effect(move || {
        let (of, all) = (list.rows().len(), list.chosen.with(Vec::len));
        shown.set_checked(list.all.get() || all > 0 && all >= of);
        shown.set_indeterminate(!list.all.get() && all > 0 && all < of);
    });
    let changed = move |_| {
        list.all.set(false);
        let ids = if clicked.checked() { list.rows().iter().map(|row| row.id).collect() } else { Vec::new() };
        list.chosen.set(ids);
    };
    el("label", "issue-pick").add(check.on("change", changed))
}

fn heads() -> El {
    let word = |class: &str, words: &str| el("span", class).text(words);
    el("div", "host")
        .add(word("issue-main", "Issue"))
        .add(word("issue-state", "State"))
        .add(word("", "Events over time").attr("data-of", "spark"))
        .add(head("events", IssueSort::Events, "Events"))
        .add(head("users", IssueSort::Users, "Users"))
        .add(head("", IssueSort::LastSeen, "Seen"))
        .add(word("issue-whose", "Whose"))
}

fn head(of: &str, by: IssueSort, words: &str) -> El {
    let Shared { view, .. } = shared();
    let is_it = move || view.state.with(|state| sort(&state.sort)) == by;
    button("things-sort", words)
        .attr("data-of", of)
        .attr_of("aria-pressed", move || Some(is_it().to_string()))
        .add(
            el("span", "")
                .attr("aria-hidden", "true")
                .text_of(move || if is_it() { " ↓" } else { "" }.to_owned()),
        )
        .click(move || order(by))
}

/// Another order.
pub(super) fn order(by: IssueSort) {
    shared().view.adjust(|state| {
        state.sort = if by == SORTS[0].0 { String::new() } else { sort_word(by).to_owned() };
        state.cursor.clear();
    });
}

fn actions(list: List, deeds: Deeds) -> El {
    let total = move || list.answer.get().and_then(|page| page.total).unwrap_or_default();
    let told = move || {
        let all = list.all.get().then(total);
        chosen(list.chosen.with(Vec::len), all)
    };
    let rest = move || {
        let (total, page) = (total(), list.rows().len());
        let offers = !list.all.get() && list.chosen.with(Vec::len) == page && total > page as u64;
        let words = format!("Choose all {}", count(total));
        let rest = offers.then(|| button("button-link", &words).click(move || list.all.set(true)));
        rest.into_iter().collect()
    };
    let merge = move || {
        let several = !list.all.get() && list.chosen.with(Vec::len) > 1;
        let merge = several.then(|| button("button", "Merge").click(move || merge(deeds)));
        merge.into_iter().collect()
    };
    let people = move || list.answer.get().map(|page| page.people.clone()).unwrap_or_default();
    el("div", "issue-actions")
        .attr("role", "toolbar")
        .attr("aria-label", "What to do with the issues that are chosen")
        .add(el("b", "").text_of(told))
        .add(el("span", "host").children_of(rest))
        .add(deeds.resolve())
        .add(deeds.archive())
        .add(deeds.assign(Rc::new(people), Rc::new(|| "Assign".to_owned())))
        .add(el("span", "host").children_of(merge))
        .add(deeds.unresolve())
        .add(deeds.delete())
}

/// The one with most events stays.
fn merge(deeds: Deeds) {
    let meant = deeds.meant();
    let Which::Ids(ids) = meant.which else { return };
    let Some(into) = meant.rows.iter().max_by_key(|row| row.events).map(|row| row.id) else { return };
    let rest: Vec<i64> = ids.into_iter().filter(|id| *id != into).collect();
    deeds.ask(
        shared().client.merge_issues(into, &rest),
        "Merged into the one with most events. Its page can take them apart again.",
    );
}
