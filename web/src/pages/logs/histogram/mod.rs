//! The volume histogram: lines over time, stacked by level. Dragging zooms; so do the keys.
//!
//! Two canvases lie on each other: the bars are drawn when the counts change, the cursor when the pointer moves.

mod paint;
mod readout;

use api::Histogram;
use leptos::ev::KeyboardEvent;
use leptos::html::{Canvas, Figure};
use leptos::prelude::*;
use web_logic::chart::Chart;
use web_logic::level::TIERS;
use web_logic::number::{count, plural};
use web_sys::PointerEvent;

use super::counts::Counts;
use crate::client::Failure;
use crate::components::Notice;
use crate::reactive::{derived, each, effect, on_resize};
use crate::state::{Shared, shared};

use paint::{draw_bars, draw_cursor};
use readout::Readout;

/// Room for the words of the time axis.
const AXIS: f64 = 18.0;
/// A drag shorter than this is a click.
const DRAG_MIN: f64 = 4.0;

/// What the pointer or the keys point at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cursor {
    /// Where, in pixels from the left.
    x: Option<f64>,
    /// Where a drag began.
    dragged_from: Option<f64>,
}

/// The histogram.
#[component]
pub(super) fn VolumeHistogram(counts: Counts) -> impl IntoView {
    let Shared { view, preferences, .. } = shared();
    let histogram = counts.histogram;
    let (bars, overlay) = (NodeRef::<Canvas>::new(), NodeRef::<Canvas>::new());
    let figure = NodeRef::<Figure>::new();
    let size = RwSignal::new((0.0, 0.0));
    let cursor = RwSignal::new(Cursor::default());
    on_resize(
        move || figure.get().map(Into::into),
        move || {
            if let Some(figure) = figure.get_untracked() {
                size.set((f64::from(figure.client_width()), f64::from(figure.client_height())));
            }
        },
    );
    let chart = derived(move || {
        let (width, height) = size.get();
        let histogram = histogram.get().filter(|_| width > 0.0);
        histogram.map(|histogram| Chart::new(&histogram, width, height - AXIS)).unwrap_or_default()
    });
    effect(move || {
        preferences.repaint.track();
        if let Some(canvas) = bars.get() {
            chart.with(|chart| draw_bars(&canvas, size.get(), chart, view));
        }
    });
    effect(move || {
        preferences.repaint.track();
        if let Some(canvas) = overlay.get() {
            chart.with(|chart| draw_cursor(&canvas, size.get(), chart, cursor.get()));
        }
    });
    let zoom = move |one: i64, other: i64| {
        cursor.set(Cursor::default());
        view.set_range(view.resolved.get_untracked().zoomed(one, other));
    };
    let down = move |event: PointerEvent| {
        if event.button() == 0 {
            let x = f64::from(event.offset_x());
            cursor.set(Cursor { x: Some(x), dragged_from: Some(x) });
            if let Some(canvas) = overlay.get_untracked() {
                let _ = canvas.set_pointer_capture(event.pointer_id());
            }
        }
    };
    let moved =
        move |event: PointerEvent| cursor.update(|cursor| cursor.x = Some(f64::from(event.offset_x())));
    let up = move |event: PointerEvent| {
        let x = f64::from(event.offset_x());
        let from = cursor.with_untracked(|cursor| cursor.dragged_from);
        cursor.set(Cursor { x: Some(x), dragged_from: None });
        let dragged = from.filter(|from| (from - x).abs() >= DRAG_MIN);
        if let Some(from) = dragged {
            let (one, other) = chart.with_untracked(|chart| (chart.time_at(from), chart.time_at(x)));
            zoom(one, other);
        }
    };
    let left = move |_| {
        cursor.update(|cursor| {
            if cursor.dragged_from.is_none() {
                cursor.x = None;
            }
        });
    };
    let pressed = move |event: KeyboardEvent| {
        let width = size.get_untracked().0;
        let step = chart.with_untracked(|chart| chart.pitch());
        let x = cursor.with_untracked(|cursor| cursor.x);
        match event.key().as_str() {
            "ArrowLeft" | "ArrowRight" => {
                let by = if event.key() == "ArrowLeft" { -step } else { step };
                let middle = width - step / 2.0;
                let next = x.map_or(middle, |x| x + by).clamp(step / 2.0, middle.max(step / 2.0));
                cursor.update(|cursor| {
                    cursor.dragged_from = if event.shift_key() { cursor.dragged_from.or(x) } else { None };
                    cursor.x = Some(next);
                });
            }
            "Enter" => {
                let Some(x) = x else { return };
                let from = cursor.with_untracked(|cursor| cursor.dragged_from);
                let span = chart.with_untracked(|chart| match from {
                    Some(from) => Some((chart.time_at(from), chart.time_at(x))),
                    None => chart.bucket_at(x).map(|bucket| chart.span_of(bucket)),
                });
                if let Some((one, other)) = span {
                    zoom(one, other);
                }
            }
            "Escape" => cursor.set(Cursor::default()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let summary = move || histogram.get().map(|histogram| summary(&histogram)).unwrap_or_default();
    view! {
        <figure class="histogram" node_ref=figure class:stale=move || histogram.is_busy()>
            <canvas class="histogram-bars" node_ref=bars aria-hidden="true"></canvas>
            <canvas
                class="histogram-overlay"
                node_ref=overlay
                tabindex="0"
                role="img"
                aria-label=summary
                title="Drag to zoom"
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=up
                on:pointerleave=left
                on:keydown=pressed
            ></canvas>
            <Readout histogram chart cursor width=Signal::derive(move || size.get().0) />
            <figcaption class="visually-hidden">{summary}</figcaption>
        </figure>
        {move || {
            let failure = histogram.failure().filter(|failure| matches!(failure, Failure::Broken(_)));
            each(failure, |failure| {
                view! { <Notice tone="warning">"The histogram is missing: " {failure.to_string()}</Notice> }
            })
        }}
    }
}

/// The whole chart in a sentence.
fn summary(histogram: &Histogram) -> String {
    let sum = |levels: &[u8]| -> u64 {
        let bucket = |bucket: &api::HistogramBucket| {
            levels.iter().map(|level| bucket.counts[usize::from(*level)]).sum::<u64>()
        };
        histogram.buckets.iter().map(bucket).sum()
    };
    let all = sum(&[0, 1, 2, 3, 4, 5, 6, 7]);
    format!(
        "Volume: {}, of them {} errors and {} warnings.",
        plural(all, "line"),
        count(sum(TIERS[4].levels)),
        count(sum(TIERS[3].levels))
    )
}
