//! What the bar under the cursor stands for.

use api::{Histogram, Millis};
use leptos::prelude::*;
use web_logic::chart::Chart;
use web_logic::level::TIERS;
use web_logic::number::count;
use web_logic::time;

use super::Cursor;
use crate::reactive::{Derived, each};
use crate::state::{Fetched, Shared, View, shared};

/// What the bar under the cursor stands for.
#[component]
pub(super) fn Readout(
    histogram: Fetched<Histogram>,
    chart: Derived<Chart>,
    cursor: RwSignal<Cursor>,
    width: Signal<f64>,
) -> impl IntoView {
    let Shared { view, .. } = shared();
    let pointed = move || {
        let x = cursor.with(|cursor| cursor.x)?;
        let bucket = chart.with(|chart| chart.bucket_at(x))?;
        let counts = histogram.get()?.buckets.get(bucket)?.counts;
        let (start, end) = chart.with(|chart| chart.span_of(bucket));
        Some((x, start, end, counts))
    };
    view! {
        {move || {
            each(pointed(), |(x, start, end, counts)| {
                let is_right = move || x > width.get() / 2.0;
                view! {
                    <div class="readout" role="status" class:readout-left=is_right>
                        <p>{span(start, end, view)}</p>
                        <ul>{each(lines_by_tier(&counts), tier_row)}</ul>
                    </div>
                }
            })
        }}
    }
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

/// The tiers that have lines, most severe first.
fn lines_by_tier(counts: &[u64; 8]) -> impl Iterator<Item = (&'static str, u64)> {
    TIERS.iter().rev().filter_map(|tier| {
        let lines: u64 = tier.levels.iter().map(|level| counts[usize::from(*level)]).sum();
        (lines > 0).then_some((tier.name, lines))
    })
}

fn tier_row((name, lines): (&'static str, u64)) -> AnyView {
    view! {
        <li>
            <span class=format!("key level-{name}") aria-hidden="true"></span>
            {name}
            <b>{count(lines)}</b>
        </li>
    }
    .into_any()
}
