//! Drawing the histogram on its two canvases.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::chart::Chart;
use web_logic::level::TIERS;
use web_logic::number::compact;
use web_logic::ticks::time_ticks;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{AXIS, Cursor};
use crate::browser;
use crate::state::View;

/// Words of the time axis need so much room each.
const TICK_WIDTH: f64 = 80.0;

/// The canvas, as sharp as the screen is, and empty.
fn prepare(canvas: &HtmlCanvasElement, (width, height): (f64, f64)) -> Option<CanvasRenderingContext2d> {
    let ratio = window().device_pixel_ratio();
    canvas.set_width((width * ratio) as u32);
    canvas.set_height((height * ratio) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.scale(ratio, ratio).ok()?;
    Some(context)
}

/// The bars and both axes.
pub(super) fn draw_bars(canvas: &HtmlCanvasElement, size: (f64, f64), chart: &Chart, view: View) {
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
        if x + TICK_WIDTH / 2.0 < size.0 {
            let _ = context.fill_text(&tick.label, x + 4.0, size.1 - 4.0);
        }
    }
    if !chart.bars.is_empty() {
        let _ = context.fill_text(&compact(chart.value_max), 4.0, 11.0);
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
