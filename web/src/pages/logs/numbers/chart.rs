//! The chart: lines on one canvas, the cursor on another, and what stands under it in words.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::number::short;
use web_logic::plot::{Plot, greatest_first, value_at};
use web_logic::time;
use web_sys::{HtmlCanvasElement, PointerEvent};

use super::super::histogram::{AXIS, draw_times, prepare};
use super::Legend;
use crate::browser;
use crate::dom::{El, el};
use crate::reactive::{derived, effect, observe_size};
use crate::state::{Shared, shared};

/// Room for the words of the axis of values.
const LEFT: f64 = 44.0;
/// Above the greatest value.
const TOP: f64 = 8.0;
/// A drag shorter than this is a click.
const DRAG_MIN: f64 = 4.0;
/// More values are not read at a glance.
const READ_MAX: usize = 12;

/// The chart.
pub(super) fn chart(legend: Legend) -> El {
    let Shared { view, preferences, .. } = shared();
    let size = RwSignal::new((0.0, 0.0));
    let cursor = RwSignal::new((None::<f64>, None::<f64>));
    let (lines, overlay) = (el("canvas", "plot-lines"), el("canvas", "plot-overlay"));
    let (line_canvas, over_canvas): (HtmlCanvasElement, HtmlCanvasElement) =
        (lines.element().clone().unchecked_into(), overlay.element().clone().unchecked_into());
    let plot = derived(move || {
        let (width, height) = size.get();
        let range = view.resolved.get();
        let room = ((width - LEFT).max(0.0), (height - AXIS - TOP).max(0.0));
        legend.numbers.with(|numbers| {
            Plot::new(numbers, |index| legend.is_shown(index), (range.start, range.end), room)
        })
    });
    effect(move || {
        preferences.repaint.track();
        plot.with(|plot| draw(&line_canvas, size.get(), plot, legend));
    });
    effect(move || {
        let Some(context) = prepare(&over_canvas, size.get()) else { return };
        let (Some(x), from) = cursor.get() else { return };
        let floor = size.get().1 - AXIS;
        context.set_fill_style_str(&browser::theme_property("--focus"));
        if let Some(from) = from {
            context.set_global_alpha(0.2);
            context.fill_rect(from.min(x), 0.0, (from - x).abs(), floor);
            context.set_global_alpha(1.0);
        }
        context.fill_rect(x.floor(), 0.0, 1.0, floor);
    });
    let place =
        |event: &web_sys::Event| f64::from(event.unchecked_ref::<PointerEvent>().offset_x()).max(LEFT);
    let overlay = overlay
        .attr("role", "img")
        .attr("aria-label", "Numbers over time; the table below has them in figures. Drag to zoom.")
        .attr("title", "Drag to zoom")
        .on("pointermove", move |event| cursor.update(|cursor| cursor.0 = Some(place(&event))))
        .on("pointerdown", move |event| cursor.set((Some(place(&event)), Some(place(&event)))))
        .on("pointerleave", move |_| cursor.set((None, None)))
        .on("pointerup", move |event| {
            let x = place(&event);
            let from = cursor.get_untracked().1.filter(|from| (from - x).abs() >= DRAG_MIN);
            cursor.set((Some(x), None));
            if let Some(from) = from {
                let (one, other) =
                    plot.with_untracked(|plot| (plot.time_at(from - LEFT), plot.time_at(x - LEFT)));
                view.set_range(view.resolved.get_untracked().zoomed(one, other));
            }
        });
    let read = move || {
        let x = cursor.get().0?;
        Some((x, plot.with(|plot| plot.time_at(x - LEFT))))
    };
    let readout = el("div", "readout")
        .class_of("gone", move || read().is_none())
        .class_of("readout-left", move || read().is_some_and(|(x, _)| x > size.get().0 / 2.0))
        .children_of(move || read().map(|(_, at)| readings(legend, at)).unwrap_or_default());
    let figure = el("figure", "plot").add(lines).add(overlay).add(readout);
    let measured = figure.html().clone();
    observe_size(figure.element(), move || {
        size.set((f64::from(measured.client_width()), f64::from(measured.client_height())));
    });
    figure
}

/// The values at an instant, greatest first.
fn readings(legend: Legend, at: api::Millis) -> Vec<El> {
    let zone = shared().view.clock().zone;
    let found: Vec<(usize, api::Millis, f64)> = legend.numbers.with(|numbers| {
        let one = |(index, series)| value_at(series, at, numbers.step).map(|(at, value)| (index, at, value));
        let shown = numbers.series.iter().enumerate().filter(|(index, _)| legend.is_shown(*index));
        shown.filter_map(one).collect()
    });
    let found = greatest_first(found, |found| found.2);
    let when = found.first().map_or(at, |(_, at, _)| *at);
    let mut readings =
        vec![el("p", "").text(&format!("{} {}", time::day(when, zone), time::time_of_day(when, zone, true)))];
    for (index, _, value) in found.into_iter().take(READ_MAX) {
        let name = legend.names.with(|names| names.get(index).cloned().unwrap_or_default());
        let row = el("div", "reading").add(legend.key(index)).add(el("span", "").text(&name));
        readings.push(row.add(el("b", "").text(&short(value))));
    }
    readings
}

fn draw(canvas: &HtmlCanvasElement, size: (f64, f64), plot: &Plot, legend: Legend) {
    let Shared { view, .. } = shared();
    let Some(context) = prepare(canvas, size) else { return };
    context.set_font("11px system-ui, sans-serif");
    let _ = context.translate(LEFT, TOP);
    for (y, words) in &plot.ticks {
        context.set_fill_style_str(&browser::theme_property("--line"));
        context.fill_rect(0.0, y.floor(), size.0 - LEFT, 1.0);
        context.set_fill_style_str(&browser::theme_property("--muted"));
        let _ = context.fill_text(words, 4.0 - LEFT, y + 4.0);
    }
    draw_times(&context, (size.0 - LEFT, size.1 - TOP), plot.span, view);
    context.set_line_width(1.5);
    for (index, runs) in &plot.lines {
        let colour = legend.colours.with_untracked(|colours| colours.get(*index).copied().flatten());
        let name = colour.map_or_else(|| "--muted".to_owned(), |colour| format!("--series-{colour}"));
        let colour = browser::theme_property(&name);
        context.set_stroke_style_str(&colour);
        context.set_fill_style_str(&colour);
        for run in runs {
            // A point without neighbours would not be seen as a line.
            if let [(x, y)] = run.as_slice() {
                context.fill_rect(x - 1.5, y - 1.5, 3.0, 3.0);
                continue;
            }
            context.begin_path();
            for (at, (x, y)) in run.iter().enumerate() {
                if at == 0 { context.move_to(*x, *y) } else { context.line_to(*x, *y) }
            }
            context.stroke();
        }
    }
}
