//! The lines around a line: of its container, or of all containers of its service.

use std::sync::Arc;

use crate::prelude::*;
use api::ContextRequest;
use web_logic::level;
use web_logic::line::{Line, summary};
use web_logic::time;

use crate::components::pieced;
use crate::dom::{El, button, el};
use crate::reactive::effect;
use crate::state::{Fetched, Shared, shared};

/// So many lines before and after, and after each "More".
const LINES: [u32; 4] = [10, 30, 100, 500];

/// The lines around a line.
pub(super) fn around(id: String) -> El {
    let Shared { client, .. } = shared();
    let (step, service) = (RwSignal::new(0_usize), RwSignal::new(false));
    let fetched: Fetched<Vec<Arc<Line>>> = Fetched::new();
    let wanted = id.clone();
    effect(move || {
        let request = ContextRequest { id: wanted.clone(), lines: LINES[step.get()], service: service.get() };
        fetched.ask_as(client.context(request), Line::of_page);
    });
    let choice = move |all: bool, words: &str| {
        button("segment", words).pressed_of(move || service.get() == all).click(move || service.set(all))
    };
    let more = button("button", "More lines")
        .enabled_of(move || step.get() + 1 < LINES.len())
        .click(move || step.update(|step| *step += 1));
    let segments = el("div", "segments")
        .attr("role", "group")
        .attr("aria-label", "Whose lines")
        .add(choice(false, "This container"))
        .add(choice(true, "The whole service"));
    let lines = move || {
        let lines = fetched.get();
        lines.iter().flat_map(|lines| lines.iter()).map(|line| around_row(line, line.id == id)).collect()
    };
    el("section", "around")
        .attr("aria-label", "Context around this line")
        .class_of("stale", move || fetched.is_busy())
        .add(el("div", "around-head").add(segments).add(more))
        .add(
            el("p", "fault")
                .text_of(move || fetched.failure().map(|why| why.to_string()).unwrap_or_default()),
        )
        .add(
            el("ol", "around-lines")
                .attr("tabindex", "0")
                .attr("aria-label", "Lines around this line")
                .children_of(lines),
        )
}

/// One of the lines around something; `is_it`: the one that they stand around.
pub(crate) fn around_row(line: &Line, is_it: bool) -> El {
    let Shared { view, .. } = shared();
    let tier = level::TIERS[level::tier(line.level)].name;
    let at = line.time;
    let row = el("li", &format!("around-row level-{tier}"))
        .add(el("span", "row-time").text_of(move || time::row_time(at, view.clock().zone, false)))
        .add(el("span", "row-level").text(level::glyph(line.level)))
        .add(pieced(el("span", "row-text"), &summary(&line.text, &line.marks)));
    if is_it {
        row.attr("class", &format!("around-row around-it level-{tier}")).attr("aria-current", "true")
    } else {
        row
    }
}
