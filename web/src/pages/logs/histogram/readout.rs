//! What the bar under the cursor stands for.

use api::Histogram;
use leptos::prelude::*;
use web_logic::chart::Chart;
use web_logic::level::TIERS;
use web_logic::number::count;
use web_logic::time;

use super::Cursor;
use crate::reactive::Derived;
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
        {move || pointed().map(|(x, start, end, counts)| {
            let zone = view.clock().zone;
            let seconds = end - start < time::HOUR;
            let when = format!(
                "{} {} – {}",
                time::day(start, zone),
                time::time_of_day(start, zone, seconds),
                time::time_of_day(end, zone, seconds),
            );
            let tiers = TIERS.iter().rev().filter_map(|tier| {
                let lines: u64 = tier.levels.iter().map(|level| counts[usize::from(*level)]).sum();
                (lines > 0).then(|| view! {
                    <li>
                        <span class=format!("key level-{}", tier.name) aria-hidden="true"></span>
                        {tier.name}
                        <b>{count(lines)}</b>
                    </li>
                })
            });
            let is_right = move || x > width.get() / 2.0;
            view! {
                <div class="readout" role="status" class:readout-left=is_right>
                    <p>{when}</p>
                    <ul>{tiers.collect_view()}</ul>
                </div>
            }
        })}
    }
}
