//! Drawing the histogram on its two canvases.

use api::Millis;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::chart::Chart;
use web_logic::flags::{Flag, Gravity};
use web_logic::level::TIERS;
use web_logic::number::compact;
use web_logic::ticks::time_ticks;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{AXIS, Cursor};
use crate::browser;
use crate::state::View;

/// Words of the time axis need so much room each.
const TICK_WIDTH: f64 = 80.0;

/// Half the width of a flag's head.
const FLAG: f64 = 4.0;

/// The canvas, as sharp as the screen is, and empty.
pub(in crate::pages::logs) fn prepare(
    canvas: &HtmlCanvasElement,
    (width, height): (f64, f64),
) -> Option<CanvasRenderingContext2d> {
    let ratio = window().device_pixel_ratio();
    canvas.set_width((width * ratio) as u32);
    canvas.set_height((height * ratio) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.scale(ratio, ratio).ok()?;
    Some(context)
}

/// The bars, both axes, and flags where something happened.
pub(super) fn draw_bars(
    canvas: &HtmlCanvasElement,
    size: (f64, f64),
    (chart, flags): (&Chart, &[Flag]),
    view: View,
) {
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
    draw_times(&context, size, (chart.start, chart.end), view);
    if !chart.bars.is_empty() {
        let _ = context.fill_text(&compact(chart.value_max), 4.0, 11.0);
    }
    for flag in flags {
        draw_flag(&context, f64::from(flag.x), floor, flag.gravity);
    }
}

/// The axis of time.
pub(in crate::pages::logs) fn draw_times(
    context: &CanvasRenderingContext2d,
    (width, height): (f64, f64),
    (start, end): (Millis, Millis),
    view: View,
) {
    context.set_fill_style_str(&browser::theme_property("--muted"));
    context.set_font("11px system-ui, sans-serif");
    for tick in time_ticks(start, end, (width / TICK_WIDTH) as usize, view.clock()) {
        let x = (tick.at - start) as f64 / (end - start).max(1) as f64 * width;
        context.fill_rect(x, height - AXIS, 1.0, 4.0);
        if x + TICK_WIDTH / 2.0 < width {
            let _ = context.fill_text(&tick.label, x + 4.0, height - 4.0);
        }
    }
}

/// A thin line, and a head on top: a full one for what is grave, so that colour is not alone.
fn draw_flag(context: &CanvasRenderingContext2d, x: f64, floor: f64, gravity: Gravity) {
    let colour = match gravity {
        Gravity::Grave => "--critical",
        Gravity::Notable => "--info",
        Gravity::Quiet => "--muted",
    };
    let colour = browser::theme_property(colour);
    context.set_fill_style_str(&colour);
    context.set_stroke_style_str(&colour);
    context.set_global_alpha(0.55);
    context.fill_rect(x, FLAG * 2.0, 1.0, floor - FLAG * 2.0);
    context.set_global_alpha(1.0);
    context.begin_path();
    context.move_to(x - FLAG + 0.5, 0.5);
    context.line_to(x + FLAG + 0.5, 0.5);
    context.line_to(x + 0.5, FLAG * 2.0);
    context.close_path();
    match gravity {
        Gravity::Quiet => context.stroke(),
        Gravity::Notable | Gravity::Grave => context.fill(),
    }
}

/// The cursor, and what a drag has covered.
pub(super) fn draw_cursor(canvas: &HtmlCanvasElement, size: (f64, f64), chart: &Chart, cursor: Cursor) {
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
