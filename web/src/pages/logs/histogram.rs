//! The volume histogram: lines over time, stacked by level. Dragging zooms; so do the keys.
//!
//! Two canvases lie on each other: the bars are drawn when the counts change, the cursor when the pointer moves.

use std::sync::Arc;

use api::Histogram;
use leptos::ev::KeyboardEvent;
use leptos::html::{Canvas, Figure};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_logic::chart::Chart;
use web_logic::level::TIERS;
use web_logic::number::{compact, count, plural};
use web_logic::ticks::time_ticks;
use web_logic::time;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, PointerEvent, ResizeObserver};

use super::counts::Counts;
use crate::browser;
use crate::components::Notice;
use crate::state::{Preferences, View, shared};

/// Room for the words of the time axis.
const AXIS: f64 = 18.0;
/// A drag shorter than this is a click.
const DRAG_MIN: f64 = 4.0;
/// Words of the time axis need so much room each.
const TICK_WIDTH: f64 = 80.0;

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
    let view: View = shared();
    let preferences: Preferences = shared();
    let histogram = counts.histogram;
    let (bars, overlay) = (NodeRef::<Canvas>::new(), NodeRef::<Canvas>::new());
    let figure = NodeRef::<Figure>::new();
    let size = RwSignal::new((0.0, 0.0));
    let cursor = RwSignal::new(Cursor::default());
    watch_size(figure, size);
    let chart = Memo::new(move |_| {
        let (width, height) = size.get();
        histogram.value.with(|histogram| {
            let histogram = histogram.as_deref().filter(|_| width > 0.0);
            histogram.map(|histogram| Chart::new(histogram, width, height - AXIS)).unwrap_or_default()
        })
    });
    Effect::new(move |_| {
        preferences.repaint.track();
        if let Some(canvas) = bars.get() {
            chart.with(|chart| draw_bars(&canvas, size.get(), chart, view));
        }
    });
    Effect::new(move |_| {
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
        })
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
    let summary =
        move || histogram.value.with(|histogram| histogram.as_deref().map(summary).unwrap_or_default());
    view! {
        <figure class="histogram" node_ref=figure class:stale=move || histogram.busy.get()>
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
            <Readout histogram=histogram.value chart cursor width=Signal::derive(move || size.get().0) />
            <figcaption class="visually-hidden">{summary}</figcaption>
        </figure>
        {move || {
            let failure = histogram.failure.get();
            failure
                .filter(|failure| !matches!(failure, crate::client::Failure::Refused(_)))
                .map(|failure| view! { <Notice tone="warning">"The histogram is missing: " {failure.to_string()}</Notice> })
        }}
    }
}

/// What the bar under the cursor stands for.
#[component]
fn Readout(
    histogram: RwSignal<Option<Arc<Histogram>>>,
    chart: Memo<Chart>,
    cursor: RwSignal<Cursor>,
    width: Signal<f64>,
) -> impl IntoView {
    let view: View = shared();
    let pointed = move || {
        let x = cursor.with(|cursor| cursor.x)?;
        let bucket = chart.with(|chart| chart.bucket_at(x))?;
        let counts = histogram.with(|histogram| {
            histogram.as_ref().and_then(|histogram| histogram.buckets.get(bucket).cloned())
        })?;
        let (start, end) = chart.with(|chart| chart.span_of(bucket));
        Some((x, start, end, counts.counts))
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

fn watch_size(figure: NodeRef<Figure>, size: RwSignal<(f64, f64)>) {
    Effect::new(move |_| {
        let Some(figure) = figure.get() else { return };
        let watched = figure.clone();
        let measure = Closure::<dyn FnMut()>::new(move || {
            let _ = size.try_set((f64::from(watched.client_width()), f64::from(watched.client_height())));
        });
        let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) else { return };
        observer.observe(&figure);
        let kept = StoredValue::new_local((observer, measure));
        on_cleanup(move || kept.with_value(|(observer, _)| observer.disconnect()));
    });
}

/// The canvas, as sharp as the screen is, and empty.
fn prepare(canvas: &HtmlCanvasElement, (width, height): (f64, f64)) -> Option<CanvasRenderingContext2d> {
    let ratio = window().device_pixel_ratio();
    canvas.set_width((width * ratio) as u32);
    canvas.set_height((height * ratio) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.scale(ratio, ratio).ok()?;
    Some(context)
}

fn draw_bars(canvas: &HtmlCanvasElement, size: (f64, f64), chart: &Chart, view: View) {
    let Some(context) = prepare(canvas, size) else { return };
    let colours = TIERS.map(|tier| browser::theme_property(&format!("--level-{}", tier.name)));
    let floor = size.1 - AXIS;
    context.set_fill_style_str(&browser::theme_property("--line"));
    context.fill_rect(0.0, floor, size.0, 1.0);
    for bar in &chart.bars {
        for (tier, y, height) in &bar.segments {
            context.set_fill_style_str(&colours[*tier]);
            context.fill_rect(bar.x, *y, bar.width.max(0.5), *height);
        }
    }
    context.set_fill_style_str(&browser::theme_property("--muted"));
    context.set_font("11px system-ui, sans-serif");
    let most = (size.0 / TICK_WIDTH) as usize;
    for tick in time_ticks(chart.start, chart.end, most, view.clock()) {
        let x = chart.x_of(tick.at);
        context.fill_rect(x, floor, 1.0, 4.0);
        let _ = context.fill_text(&tick.label, x + 4.0, size.1 - 4.0);
    }
    if !chart.bars.is_empty() {
        let _ = context.fill_text(&compact(chart.value_max), 4.0, 11.0);
    }
}

fn draw_cursor(canvas: &HtmlCanvasElement, size: (f64, f64), chart: &Chart, cursor: Cursor) {
    let Some(context) = prepare(canvas, size) else { return };
    let Some(x) = cursor.x.filter(|x| chart.bucket_at(*x).is_some() || cursor.dragged_from.is_some()) else {
        return;
    };
    let floor = size.1 - AXIS;
    let x = x.clamp(0.0, size.0);
    context.set_fill_style_str(&browser::theme_property("--focus"));
    if let Some(from) = cursor.dragged_from {
        context.set_global_alpha(0.2);
        context.fill_rect(from.min(x), 0.0, (from - x).abs(), floor);
        context.set_global_alpha(1.0);
    }
    context.fill_rect(x.floor(), 0.0, 1.0, floor);
}
