//! A line unfolded: its fields with where they come from, labels and metadata, and what to do with it.

mod around;
mod fields;
mod json_tree;

use std::sync::Arc;

use crate::prelude::*;
use web_logic::issues::query::{of_trace, write};
use web_logic::level;
use web_logic::line::{Line, fields as logfmt_fields, parse_json, plain, shown};
use web_logic::number::bytes;
use web_logic::route::Page;
use web_logic::time::{self, NANOS_PER_MILLI};

use super::feed::Feed;
use crate::components::{Sign, pieced};
use crate::dom::{El, el, icon_button, sign, when};
use crate::reactive::observe_size;
use crate::state::{Shared, shared};

pub(crate) use around::around_row;

use around::around;
use fields::{labels, logfmt_table, made_table};
use json_tree::json_tree;

/// More of a line is only copied.
const TEXT_MAX: usize = 64 * 1024;

/// The details of a line.
pub(super) fn detail(feed: Feed, line: Arc<Line>) -> El {
    let is_around = RwSignal::new(false);
    let (body, id) = (Arc::clone(&line), line.id.clone());
    let content = el("div", "detail-body")
        .attr("role", "cell")
        .add(actions(feed, &line, is_around))
        .add(when(move || is_around.get(), move || around(id.clone())))
        .add(when(move || !is_around.get(), move || content(&body)))
        .add(labels(&line));
    let root = el("div", "detail").attr("role", "row").add(content);
    report_height(feed, &root, line.id.clone());
    root
}

/// The list must know how much room the details take.
fn report_height(feed: Feed, root: &El, id: String) {
    let element = root.html().clone();
    observe_size(root.element(), move || feed.measured(&id, Some(f64::from(element.offset_height()))));
}

fn actions(feed: Feed, line: &Arc<Line>, is_around: RwSignal<bool>) -> El {
    let Shared { view, toast, .. } = shared();
    let at = line.time.div_euclid(NANOS_PER_MILLI);
    let action =
        |picture, words: &str| el("button", "button").attr("type", "button").add(sign(picture)).text(words);
    let trace = line.trace_id().map(|trace| {
        let query = of_trace(trace);
        let issues = move || {
            let mut state = view.state.with(|state| state.carried_to(Page::Issues));
            write(&mut state, &query);
            Some(state.on(Page::Issues.path()))
        };
        el("a", "button").add(sign(Sign::Issues)).text("Issues of its trace").attr_of("href", issues)
    });
    let (text, id, close) = (line.text.clone(), line.id.clone(), line.id.clone());
    let tier = level::TIERS[level::tier(line.level)].name;
    el("div", "detail-actions")
        .add(el("time", "detail-time").text_of(move || time::full(at, view.clock().zone)))
        .add(el("span", &format!("level-word level-{tier}")).text(level::name(line.level)))
        .add(action(Sign::Copy, "Copy line").click(move || toast.copy(text.clone(), "Line")))
        .add(
            action(Sign::Link, "Link to this line")
                .click(move || toast.copy(view.frozen_link(Some(id.clone())), "Link to this line")),
        )
        .add(
            action(Sign::Around, "Context around this line")
                .pressed_of(move || is_around.get())
                .click(move || is_around.update(|around| *around = !*around)),
        )
        .add_all(trace.into_iter().collect())
        .add(icon_button(Sign::Close, "Fold").attr("title", "Fold (x)").click(move || feed.toggle(&close)))
}

/// JSON as a tree, logfmt as a table, anything else as it is; then what the query made of it.
fn content(line: &Arc<Line>) -> El {
    let content = el("div", "detail-content");
    if let Some(json) = parse_json(&line.text) {
        return content.add(json_tree(json, line)).add_all(made_table(line).into_iter().collect());
    }
    let (pieces, left_out) = shown(&line.text, &line.marks, TEXT_MAX);
    let content = content.add(pieced(el("pre", "detail-text"), &pieces));
    let content = if left_out > 0 {
        let told = format!("{} more are not shown; Copy line takes all.", bytes(left_out as u64));
        content.add(el("p", "hint").text(&told))
    } else {
        content
    };
    let table = logfmt_table(logfmt_fields(&plain(&line.text)));
    content.add_all(table.into_iter().chain(made_table(line)).collect())
}
