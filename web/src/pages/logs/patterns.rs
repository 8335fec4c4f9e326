//! What the lines look like: those that differ only in numbers, names and times as one pattern, with how many
//! there are, when they came, and two buttons: only these, or all but these.

use std::sync::Arc;

use crate::prelude::*;
use api::{Pattern, Patterns};
use web_logic::decimal::percent;
use web_logic::level;
use web_logic::line::plain;
use web_logic::logql::with_pattern;
use web_logic::number::{compact, count, plural};
use web_logic::spark;
use web_logic::view::Show;

use super::counts::Counts;
use crate::components::Sign;
use crate::dom::{El, drawing, el, icon_button};
use crate::state::{Shared, shared};

/// Size of a small chart.
const SPARK: (f64, f64) = (120.0, 18.0);
const SPARK_BOX: &str = "0 0 120 18";

/// The table.
pub(super) fn pattern_table(counts: Counts) -> El {
    let patterns = counts.patterns;
    let rows = move || patterns.get().map(|all| rows(&all)).unwrap_or_default();
    let told = move || {
        match (patterns.get(), patterns.failure()) {
        (_, Some(failure)) => failure.to_string(),
        (None, None) => "Looking for patterns…".to_owned(),
        (Some(all), None) if all.patterns.is_empty() => {
            "No patterns: too few lines in this range look alike. A longer range or fewer filters may show some."
                .to_owned()
        }
        (Some(all), None) if all.one_in > 1 => format!(
            "{} in a sample of {}: one line in {} was looked at.",
            plural(all.patterns.len() as u64, "pattern"),
            plural(all.sampled, "line"),
            count(all.one_in)
        ),
        (Some(all), None) => {
            format!("{} in {}", plural(all.patterns.len() as u64, "pattern"), plural(all.sampled, "line"))
        }
    }
    };
    el("div", "patterns")
        .class_of("stale", move || patterns.is_busy() && patterns.is_known())
        .add(el("p", "hint patterns-told").attr("role", "status").text_of(told))
        .add(el("ul", "pattern-list").children_of(rows))
}

fn rows(all: &Arc<Patterns>) -> Vec<El> {
    let most = all.patterns.iter().map(|pattern| pattern.lines).max().unwrap_or(0).max(1);
    all.patterns.iter().map(|pattern| row(pattern, most)).collect()
}

fn row(pattern: &Pattern, most: u64) -> El {
    let Shared { view, .. } = shared();
    let tier = level::TIERS[level::tier(pattern.level)].name;
    let text = StoredValue::new(pattern.pattern.clone());
    // Who wants only these wants to see them; who leaves some out goes on looking at the rest.
    let narrow = move |exclude: bool| {
        view.change(|state| {
            *state = text.with_value(|text| with_pattern(state, text, exclude));
            state.selected = None;
            if !exclude {
                state.show = Show::Lines;
            }
        });
    };
    let bar = el("span", "pattern-bar").attr("aria-hidden", "true");
    let share = pattern.lines as f64 / most as f64;
    let _ = bar.html().style().set_property("width", &percent(share));
    let words = el("button", "pattern-text")
        .attr("type", "button")
        .attr("title", &format!("For example:\n{}", pattern.example))
        .add_all(pieces(&pattern.pattern))
        .click(move || narrow(false));
    el("li", &format!("pattern level-{tier}"))
        .add(
            el("span", "row-level")
                .attr("title", level::name(pattern.level))
                .text(level::glyph(pattern.level)),
        )
        .add(
            el("span", "pattern-count")
                .attr("title", &count(pattern.lines))
                .text(&compact(pattern.lines))
                .add(bar),
        )
        .add(sparkline(&pattern.buckets))
        .add(words)
        .add(
            el("span", "filter-buttons")
                .add(icon_button(Sign::Plus, "Only lines of this pattern").click(move || narrow(false)))
                .add(icon_button(Sign::Minus, "Leave lines of this pattern out").click(move || narrow(true))),
        )
}

/// What differs from line to line is less conspicuous than what they share.
fn pieces(pattern: &str) -> Vec<El> {
    let mut pieces = Vec::new();
    for (at, part) in pattern.split("<_>").enumerate() {
        if at > 0 {
            pieces.push(el("i", "pattern-gap").text("…"));
        }
        if !part.is_empty() {
            pieces.push(el("span", "").text(&plain(part)));
        }
    }
    pieces
}

fn sparkline(buckets: &[u64]) -> El {
    let values: Vec<u32> = buckets.iter().map(|lines| u32::try_from(*lines).unwrap_or(u32::MAX)).collect();
    let most = values.iter().copied().max().unwrap_or(0);
    let path = spark::bars(&values, most, 1.0, SPARK);
    drawing("pattern-spark", SPARK_BOX, &path)
}
