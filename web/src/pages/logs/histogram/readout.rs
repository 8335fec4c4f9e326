//! What the bar under the cursor stands for, and what happened there.

use crate::prelude::*;
use api::{Histogram, Mark, Millis};
use web_logic::chart::Chart;
use web_logic::flags::{Flag, word};
use web_logic::level::{TIERS, Tier};
use web_logic::number::count;
use web_logic::time;

use super::Cursor;
use crate::dom::{El, el};
use crate::reactive::Derived;
use crate::state::{Fetched, Shared, View, shared};

/// A flag is pointed at from so far.
const NEAR: f64 = 8.0;
/// More of what happened at once is only counted.
const MARKS_SHOWN: usize = 5;

/// What the bar under the cursor stands for.
pub(super) fn readout(
    histogram: Fetched<Histogram>,
    chart: Derived<Chart>,
    flagged: Derived<Vec<Flag>>,
    cursor: RwSignal<Cursor>,
    size: RwSignal<(f64, f64)>,
) -> El {
    let Shared { view, .. } = shared();
    let told = move || {
        let x = cursor.with(|cursor| cursor.x)?;
        let bucket = chart.with(|chart| chart.bucket_at(x))?;
        let counts = histogram.get()?.buckets.get(bucket)?.counts;
        let (start, end) = chart.with(|chart| chart.span_of(bucket));
        let near = |flag: &Flag| (f64::from(flag.x) - x).abs() <= NEAR;
        let marks = flagged.with(|flags| flags.iter().find(|flag| near(flag)).map(|flag| flag.marks.clone()));
        let mut told =
            vec![el("p", "").text(&span(start, end, view)), el("ul", "").add_all(tier_rows(&counts))];
        told.extend(marks_told(&marks.unwrap_or_default(), view));
        Some(told)
    };
    el("div", "readout")
        .attr("role", "status")
        .class_of("readout-left", move || cursor.with(|cursor| cursor.x) > Some(size.get().0 / 2.0))
        .children_of(move || told().unwrap_or_default())
}

/// `22 Nov 02:07:00 – 02:07:30`
fn span(start: Millis, end: Millis, view: View) -> String {
    let zone = view.clock().zone;
    let seconds = end - start < time::HOUR;
    format!(
        "{} {} – {}",
        time::day(start, zone),
        time::time_of_day(start, zone, seconds),
        time::time_of_day(end, zone, seconds),
    )
}

/// `02:07:12 web: out of memory`, and the words that are stored with it.
fn marks_told(marks: &[Mark], view: View) -> Vec<El> {
    let zone = view.clock().zone;
    let one = |mark: &Mark| {
        let at = time::time_of_day(mark.at / time::NANOS_PER_MILLI, zone, true);
        let title = format!("{at} {}: {}", mark.service, word(mark.kind));
        el("div", "readout-mark").add(el("b", "").text(&title)).add(el("span", "").text(&mark.text))
    };
    let mut told: Vec<El> = marks.iter().rev().take(MARKS_SHOWN).map(one).collect();
    let left = marks.len().saturating_sub(MARKS_SHOWN);
    if left > 0 {
        told.push(el("p", "").text(&format!("and {left} more")));
    }
    told
}

/// The tiers that have lines, most severe first.
fn tier_rows(counts: &[u64; 8]) -> Vec<El> {
    let row = |tier: &Tier| {
        let lines: u64 = tier.levels.iter().map(|level| counts[usize::from(*level)]).sum();
        let key = el("span", &format!("key level-{}", tier.name)).attr("aria-hidden", "true");
        (lines > 0).then(|| el("li", "").add(key).text(tier.name).add(el("b", "").text(&count(lines))))
    };
    TIERS.iter().rev().filter_map(row).collect()
}
