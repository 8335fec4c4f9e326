//! The volume histogram: lines over time, stacked by level. Dragging zooms; so do the keys.
//!
//! Two canvases lie on each other: the bars are drawn when the counts change, the cursor when the pointer moves.

mod paint;
mod readout;

use crate::prelude::*;
use api::Histogram;
use wasm_bindgen::JsCast;
use web_logic::chart::Chart;
use web_logic::decimal::within;
use web_logic::flags::flags;
use web_logic::level::TIERS;
use web_logic::number::{count, plural};
use web_sys::{Element, Event, HtmlCanvasElement, KeyboardEvent, PointerEvent};

use super::counts::Counts;
use crate::charts::AXIS;
use crate::client::Failure;
use crate::dom::{El, el};
use crate::reactive::{derived, effect, observe_size};
use crate::state::{Shared, shared};

use paint::{draw_bars, draw_cursor};
use readout::readout;

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
pub(super) fn volume_histogram(counts: Counts) -> El {
    let Shared { view, preferences, .. } = shared();
    let histogram = counts.histogram;
    let (bars, overlay) =
        (el("canvas", "histogram-bars").attr("aria-hidden", "true"), el("canvas", "histogram-overlay"));
    let canvas = |of: &El| -> HtmlCanvasElement { of.element().clone().unchecked_into() };
    let (bar_canvas, over_canvas) = (canvas(&bars), canvas(&overlay));
    let size = RwSignal::new((0.0, 0.0));
    let cursor = RwSignal::new(Cursor::default());
    let chart = derived(move || {
        let (width, height) = size.get();
        let histogram = histogram.get().filter(|_| width > 0.0);
        histogram.map(|histogram| Chart::new(&histogram, width, height - AXIS)).unwrap_or_default()
    });
    let flagged = derived(move || {
        let marks = counts.marks.get();
        chart.with(|chart| {
            marks.map(|marks| flags(&marks, (chart.start, chart.end), size.get().0)).unwrap_or_default()
        })
    });
    effect(move || {
        preferences.repaint.track();
        chart.with(|chart| flagged.with(|flags| draw_bars(&bar_canvas, size.get(), (chart, flags), view)));
    });
    effect(move || {
        preferences.repaint.track();
        chart.with(|chart| draw_cursor(&over_canvas, size.get(), chart, cursor.get()));
    });
    let zoom = move |one: i64, other: i64| {
        cursor.set(Cursor::default());
        view.set_range(view.resolved.get_untracked().zoomed(one, other));
    };
    let place = |event: &Event| f64::from(event.unchecked_ref::<PointerEvent>().offset_x());
    let down = move |event: Event| {
        let pointer: &PointerEvent = event.unchecked_ref();
        if pointer.button() != 0 {
            return;
        }
        let x = place(&event);
        cursor.set(Cursor { x: Some(x), dragged_from: Some(x) });
        if let Some(canvas) = event.target() {
            let _ = canvas.unchecked_ref::<Element>().set_pointer_capture(pointer.pointer_id());
        }
    };
    let moved = move |event: Event| cursor.update(|cursor| cursor.x = Some(place(&event)));
    let up = move |event: Event| {
        let x = place(&event);
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
    let pressed = move |event: Event| {
        let event: KeyboardEvent = event.unchecked_into();
        let width = size.get_untracked().0;
        let step = chart.with_untracked(|chart| chart.pitch());
        let x = cursor.with_untracked(|cursor| cursor.x);
        match event.key().as_str() {
            "ArrowLeft" | "ArrowRight" => {
                let by = if event.key() == "ArrowLeft" { -step } else { step };
                let middle = width - step / 2.0;
                let next = within(x.map_or(middle, |x| x + by), step / 2.0, middle.max(step / 2.0));
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
    let overlay = overlay
        .attr("tabindex", "0")
        .attr("role", "img")
        .attr_of("aria-label", move || Some(summary()))
        .on("pointerdown", down)
        .on("pointermove", moved)
        .on("pointerup", up)
        .on("pointerleave", left)
        .on("keydown", pressed);
    let figure = el("figure", "histogram")
        .class_of("stale", move || histogram.is_busy())
        .add(bars)
        .add(overlay)
        .add(readout(histogram, chart, flagged, cursor, size))
        .add(el("figcaption", "visually-hidden").text_of(summary));
    let measured = figure.html().clone();
    observe_size(figure.element(), move || {
        size.set((f64::from(measured.client_width()), f64::from(measured.client_height())));
    });
    figure
}

/// Why there is no histogram.
pub(super) fn missing(counts: Counts) -> Option<String> {
    let failure = counts.histogram.failure().filter(|failure| matches!(failure, Failure::Broken(_)));
    failure.map(|failure| format!("The histogram is missing: {failure}"))
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
