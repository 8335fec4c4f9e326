//! One issue in a line: what, where, how it does, how often and to how many, since when, whose.

use api::IssueRow;
use wasm_bindgen::JsCast;
use web_logic::issues::words::{level, standing};
use web_logic::number::{compact, plural};
use web_logic::rows::Tone;
use web_logic::spark::bars;
use web_logic::time::{ago, full};
use web_sys::HtmlInputElement;

use super::super::href;
use super::super::parts::{tag, toned};
use super::List;
use crate::dom::{El, drawing, el};
use crate::reactive::effect;
use crate::state::{Shared, shared};

/// The box of the bars.
const BOX: (f64, f64) = (120.0, 24.0);

pub(super) fn row(list: List, row: &IssueRow) -> El {
    let Shared { view, .. } = shared();
    let id = row.id;
    let (tone, word) = standing(row);
    let link = el("a", "issue-link")
        .attr_of("href", move || Some(view.state.with(|state| href(state, id, ""))))
        .add(el("b", "").text(&row.title))
        .add(el("span", "").text(&row.message));
    let main = el("div", "issue-main").add(link).add(below(row));
    el("li", "issue-row")
        .attr("data-tone", tone.class())
        .class_of("thing-marked", move || {
            view.state.with(|state| state.selected.as_deref() == Some(id.to_string().as_str()))
        })
        .add(pick(list, row))
        .add(main)
        .add(el("span", "issue-state").add(toned((tone, word))))
        .add(spark(&row.spark).attr("data-of", "spark"))
        .add(figure("events", row.events, "event"))
        .add(figure("users", row.users, "user"))
        .add(seen(row))
        .add(el("span", "issue-whose").attr("title", &row.assignee).text(&row.assignee))
}

fn below(row: &IssueRow) -> El {
    let word = |class: &str, text: &str| el("span", class).text(text);
    let mut parts = vec![word("issue-id", &row.short_id)];
    if level(&row.level) != Tone::Idle || row.level != "error" {
        parts.push(tag(&row.level).attr("class", &format!("tag state-{}", level(&row.level).class())));
    }
    if row.unhandled {
        parts.push(tag("unhandled"));
    }
    parts.push(word("issue-culprit", &row.culprit));
    if !row.release.is_empty() {
        parts.push(word("issue-release", &row.release).attr("title", "The release of its last event"));
    }
    if row.comments > 0 {
        parts.push(word("", &plural(u64::from(row.comments), "comment")));
    }
    el("div", "issue-below").each(parts)
}

fn pick(list: List, row: &IssueRow) -> El {
    let id = row.id;
    let check =
        el("input", "").attr("type", "checkbox").attr("aria-label", &format!("Choose {}", row.short_id));
    let input: HtmlInputElement = check.element().clone().unchecked_into();
    effect(move || input.set_checked(list.all.get() || list.chosen.with(|chosen| chosen.contains(&id))));
    el("label", "issue-pick").add(check.on("change", move |_| list.toggle(id)))
}

/// Bars of events over time.
pub(in super::super) fn spark(values: &[u64]) -> El {
    let short: Vec<u32> = values.iter().map(|value| u32::try_from(*value).unwrap_or(u32::MAX)).collect();
    let most = short.iter().copied().max().unwrap_or(0);
    drawing("issue-spark", "0 0 120 24", &bars(&short, most, 1.5, BOX))
}

fn figure(name: &str, number: u64, word: &str) -> El {
    let class = if number == 0 { "issue-figure things-quiet" } else { "issue-figure" };
    el("span", class).attr("data-of", name).attr("title", &plural(number, word)).text(&compact(number))
}

fn seen(row: &IssueRow) -> El {
    let Shared { view, ticker, .. } = shared();
    let (first, last) = (row.first_seen, row.last_seen);
    let hover = move || {
        let zone = view.clock().zone;
        Some(format!("Last {}\nFirst {}", full(last, zone), full(first, zone)))
    };
    el("span", "issue-seen")
        .attr_of("title", hover)
        .add(el("span", "").text_of(move || ago(last, ticker.now())))
        .add(el("span", "things-note").text_of(move || format!("first {}", ago(first, ticker.now()))))
}
