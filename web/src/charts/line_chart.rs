//! The chart: lines and flags on one canvas, the cursor on another, and the values under it in words.

use std::sync::Arc;

use crate::prelude::*;
use api::{Mark, Millis};
use wasm_bindgen::JsCast;
use web_logic::flags::{Flag, flags, word};
use web_logic::plot::{Plot, greatest_first, value_at};
use web_logic::time::{self, NANOS_PER_MILLI};
use web_logic::unit::written;
use web_sys::{CanvasRenderingContext2d, Element, Event, HtmlCanvasElement, KeyboardEvent, PointerEvent};

use super::canvas::{AXIS, Size, draw_flags, draw_times, prepare};
use super::{Company, Lines};
use crate::browser;
use crate::dom::{El, el};
use crate::reactive::{Derived, derived, effect, observe_size};
use crate::state::{Shared, View, shared};

/// Above the greatest value.
const TOP: f64 = 10.0;
/// The words of the axis of values need so much for each character, and a little beside.
const LETTER: f64 = 6.3;
const BESIDE: f64 = 12.0;
/// A drag shorter than this is a click.
const DRAG_MIN: f64 = 4.0;
/// More values are not read at a glance.
const READ_MAX: usize = 12;
/// A flag is pointed at from so far.
const NEAR: f64 = 8.0;
/// More of what happened at once is only counted.
const MARKS_SHOWN: usize = 5;

/// What the chart is made of.
#[derive(Clone, Copy)]
struct Chart {
    lines: Lines,
    company: Company,
    view: View,
    size: RwSignal<Size>,
    /// Room for the words of the axis of values.
    left: Derived<f64>,
    plot: Derived<Plot>,
    flags: Derived<Vec<Flag>>,
    /// The pointer or the keys are here, and nowhere else on the page.
    is_pointed: RwSignal<bool>,
    /// When a drag began.
    dragged_from: RwSignal<Option<Millis>>,
}

/// The chart.
pub(crate) fn line_chart(lines: Lines, company: Company) -> El {
    let chart = Chart::new(lines, company);
    let (drawn, overlay) =
        (el("canvas", "plot-lines").attr("aria-hidden", "true"), el("canvas", "plot-overlay"));
    let canvas = |of: &El| -> HtmlCanvasElement { of.element().clone().unchecked_into() };
    let (line_canvas, over_canvas) = (canvas(&drawn), canvas(&overlay));
    let Shared { preferences, .. } = shared();
    effect(move || {
        preferences.repaint.track();
        if let Some(context) = prepare(&line_canvas, chart.size.get()) {
            chart.draw(&context);
        }
    });
    effect(move || {
        preferences.repaint.track();
        if let Some(context) = prepare(&over_canvas, chart.size.get()) {
            chart.draw_cursor(&context);
        }
    });
    let overlay = overlay
        .attr("tabindex", "0")
        .attr("role", "img")
        .attr("aria-label", "Numbers over time; the list below has them in figures. Drag, or arrows with Shift, and Enter: zoom")
        .on("pointermove", move |event| chart.point(chart.time_of(&event)))
        .on("pointerdown", move |event| chart.press(&event))
        .on("pointerup", move |event| chart.release(chart.time_of(&event)))
        .on("pointerleave", move |_| chart.leave())
        .on("blur", move |_| chart.leave())
        .on("keydown", move |event| chart.key(&event));
    let figure = el("figure", "plot").add(drawn).add(overlay).add(chart.readout());
    let measured = figure.html().clone();
    observe_size(figure.element(), move || {
        chart.size.set((f64::from(measured.client_width()), f64::from(measured.client_height())));
    });
    figure
}

impl Chart {
    fn new(lines: Lines, company: Company) -> Self {
        let Shared { view, .. } = shared();
        let size = RwSignal::new((0.0, 0.0));
        let layout = move |width: f64| {
            let range = view.resolved.get();
            let height = (size.get().1 - AXIS - TOP).max(0.0);
            let named = lines.named.get();
            lines.unit.with(|unit| {
                Plot::new(
                    &named,
                    |index| lines.is_shown(index),
                    unit,
                    (range.start, range.end),
                    (width, height),
                )
            })
        };
        let left = derived(move || {
            let ticks = layout(0.0).ticks;
            let letters = ticks.iter().map(|(_, words)| words.chars().count()).max().unwrap_or(0);
            letters as f64 * LETTER + BESIDE
        });
        let width = move || (size.get().0 - left.get()).max(0.0);
        let plot = derived(move || layout(width()));
        let flags = derived(move || {
            let range = view.resolved.get();
            let marks: Option<Arc<Vec<Mark>>> = company.marks.get();
            marks.map(|marks| flags(&marks, (range.start, range.end), width())).unwrap_or_default()
        });
        let (is_pointed, dragged_from) = (RwSignal::new(false), RwSignal::new(None));
        Self { lines, company, view, size, left, plot, flags, is_pointed, dragged_from }
    }

    fn time_of(self, event: &Event) -> Millis {
        let x = f64::from(event.unchecked_ref::<PointerEvent>().offset_x());
        self.plot.with_untracked(|plot| plot.time_at(x - self.left.get_untracked()))
    }

    fn x_of(self, at: Millis) -> f64 {
        self.plot.with(|plot| plot.x_of(at))
    }

    fn point(self, at: Millis) {
        self.is_pointed.maybe_update(|is| !std::mem::replace(is, true));
        self.company.cursor.set(Some(at));
    }

    fn press(self, event: &Event) {
        let pointer: &PointerEvent = event.unchecked_ref();
        if pointer.button() != 0 {
            return;
        }
        let at = self.time_of(event);
        self.point(at);
        self.dragged_from.set(Some(at));
        if let Some(canvas) = event.target() {
            let _ = canvas.unchecked_ref::<Element>().set_pointer_capture(pointer.pointer_id());
        }
    }

    fn release(self, at: Millis) {
        let from = self.dragged_from.get_untracked();
        self.dragged_from.set(None);
        if let Some(from) = from
            && untrack(|| (self.x_of(from) - self.x_of(at)).abs()) >= DRAG_MIN
        {
            self.zoom(from, at);
        }
    }

    fn leave(self) {
        if self.dragged_from.get_untracked().is_none() && self.is_pointed.get_untracked() {
            self.is_pointed.set(false);
            self.company.cursor.set(None);
        }
    }

    fn zoom(self, one: Millis, other: Millis) {
        self.dragged_from.set(None);
        self.is_pointed.set(false);
        self.company.cursor.set(None);
        self.view.set_range(self.view.resolved.get_untracked().zoomed(one, other));
    }

    fn key(self, event: &Event) {
        let key: &KeyboardEvent = event.unchecked_ref();
        let range = self.view.resolved.get_untracked();
        let step = self.lines.named.with_untracked(|named| named.step).max(range.millis() / 200).max(1);
        let at = self.company.cursor.get_untracked();
        match key.key().as_str() {
            name @ ("ArrowLeft" | "ArrowRight") => {
                let by = if name == "ArrowLeft" { -step } else { step };
                let from = self.dragged_from.get_untracked().or(at).filter(|_| key.shift_key());
                self.dragged_from.set(from);
                self.point(at.map_or(range.end, |at| at + by).clamp(range.start, range.end));
            }
            "Enter" => match (self.dragged_from.get_untracked(), at) {
                (Some(from), Some(at)) => self.zoom(from, at),
                _ => return,
            },
            "Escape" if self.is_pointed.get_untracked() => {
                self.dragged_from.set(None);
                self.leave();
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn draw(self, context: &CanvasRenderingContext2d) {
        let (size, left) = (self.size.get(), self.left.get());
        let room = (size.0 - left, size.1 - TOP);
        context.set_font("11px system-ui, sans-serif");
        let _ = context.translate(left, TOP);
        self.plot.with(|plot| {
            for (y, words) in &plot.ticks {
                context.set_fill_style_str(&browser::theme_property("--line"));
                context.fill_rect(0.0, y.floor(), room.0, 1.0);
                context.set_fill_style_str(&browser::theme_property("--muted"));
                context.set_text_align("right");
                let _ = context.fill_text(words, -6.0, y + 4.0);
            }
            context.set_text_align("left");
            draw_times(context, room, plot.span, self.view);
            context.set_line_width(1.5);
            for (index, runs) in &plot.lines {
                self.draw_line(context, *index, runs);
            }
        });
        let _ = context.translate(0.0, -TOP);
        self.flags.with(|flags| draw_flags(context, flags, size.1 - AXIS));
    }

    fn draw_line(self, context: &CanvasRenderingContext2d, index: usize, runs: &[Vec<(f64, f64)>]) {
        let colour = browser::theme_property(&self.lines.colour(index));
        context.set_stroke_style_str(&colour);
        context.set_fill_style_str(&colour);
        if self.lines.named.with(|named| named.bars) {
            return self.draw_bars(context, runs);
        }
        let is_limit = self.lines.named.with(|named| named.is_limit(index));
        let dashes = js_sys::Array::new();
        if is_limit {
            dashes.push(&5.into());
            dashes.push(&4.into());
        }
        let _ = context.set_line_dash(&dashes);
        for run in runs {
            // A point alone would be a line without length.
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

    fn draw_bars(self, context: &CanvasRenderingContext2d, runs: &[Vec<(f64, f64)>]) {
        let floor = self.size.get().1 - TOP - AXIS;
        let (start, _) = self.plot.with(|plot| plot.span);
        let width = self.x_of(start + self.lines.named.with(|named| named.step));
        // What is no number of pixels wide would be blurred.
        let gap = if width > 3.0 { 1.0 } else { 0.0 };
        for (x, y) in runs.iter().flatten().filter(|(_, y)| *y < floor) {
            let top = y.min(floor - 1.0);
            context.fill_rect((x - width / 2.0).max(0.0), top, (width - gap).max(1.0), floor - top);
        }
    }

    fn draw_cursor(self, context: &CanvasRenderingContext2d) {
        let Some(at) = self.company.cursor.get() else { return };
        let (floor, left) = (self.size.get().1 - AXIS, self.left.get());
        let x = left + self.x_of(at);
        context.set_fill_style_str(&browser::theme_property("--focus"));
        if let Some(from) = self.dragged_from.get() {
            let from = left + self.x_of(from);
            context.set_global_alpha(0.2);
            context.fill_rect(from.min(x), 0.0, (from - x).abs(), floor);
            context.set_global_alpha(1.0);
        }
        context.fill_rect(x.floor(), 0.0, 1.0, floor);
    }

    /// The values at the cursor, greatest first, and what happened near it.
    fn readout(self) -> El {
        let pointed = move || self.company.cursor.get().filter(|_| self.is_pointed.get());
        el("div", "readout")
            .attr("role", "status")
            .class_of("readout-left", move || {
                pointed().is_some_and(|at| self.left.get() + self.x_of(at) > self.size.get().0 / 2.0)
            })
            .children_of(move || pointed().map(|at| self.told(at)).unwrap_or_default())
    }

    fn told(self, at: Millis) -> Vec<El> {
        let zone = self.view.clock().zone;
        let named = self.lines.named.get();
        let one = |(index, series)| value_at(series, at, named.step).map(|(at, value)| (index, at, value));
        let shown = named.series.iter().enumerate().filter(|(index, _)| self.lines.is_shown(*index));
        let found = greatest_first(shown.filter_map(one).collect(), |found: &(usize, Millis, f64)| found.2);
        let when = found.first().map_or(at, |(_, at, _)| *at);
        let heading = format!("{} {}", time::day(when, zone), time::time_of_day(when, zone, true));
        let mut told = vec![el("p", "").text(&heading)];
        for (index, _, value) in found.into_iter().take(READ_MAX) {
            let row = el("div", "reading").add(self.lines.key(index));
            let value = self.lines.unit.with(|unit| written(value, unit));
            told.push(row.add(el("span", "").text(&named.names[index])).add(el("b", "").text(&value)));
        }
        let x = self.x_of(at);
        let near = |flag: &Flag| (f64::from(flag.x) - x).abs() <= NEAR;
        let marks =
            self.flags.with(|flags| flags.iter().find(|flag| near(flag)).map(|flag| flag.marks.clone()));
        let marks = marks.unwrap_or_default();
        for mark in marks.iter().rev().take(MARKS_SHOWN) {
            let at = time::time_of_day(mark.at / NANOS_PER_MILLI, zone, true);
            let title = format!("{at} {}: {}", mark.service, word(mark.kind));
            let row = el("div", "readout-mark").add(el("b", "").text(&title));
            told.push(row.add(el("span", "").text(&mark.text)));
        }
        told
    }
}
