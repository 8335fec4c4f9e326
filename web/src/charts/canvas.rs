//! Drawing that all charts over time have in common.

use crate::prelude::*;
use api::Millis;
use wasm_bindgen::JsCast;
use web_logic::flags::{Flag, Gravity};
use web_logic::ticks::time_ticks;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::browser;
use crate::state::View;

/// Width and height.
pub(crate) type Size = (f64, f64);

/// Room for the words of the time axis.
pub(crate) const AXIS: f64 = 18.0;

/// Words of the time axis need so much room each.
const TICK_WIDTH: f64 = 80.0;

/// Half the width of a flag's head.
const FLAG: f64 = 4.0;

/// The canvas, as sharp as the screen is, and empty.
pub(crate) fn prepare(canvas: &HtmlCanvasElement, (width, height): Size) -> Option<CanvasRenderingContext2d> {
    let ratio = window().device_pixel_ratio();
    canvas.set_width((width * ratio) as u32);
    canvas.set_height((height * ratio) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.scale(ratio, ratio).ok()?;
    Some(context)
}

/// The axis of time.
pub(crate) fn draw_times(
    context: &CanvasRenderingContext2d,
    (width, height): Size,
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

/// Thin lines down to `floor`, each with a head on top: a full one for what is grave, so that colour is not alone.
pub(crate) fn draw_flags(context: &CanvasRenderingContext2d, flags: &[Flag], floor: f64) {
    for flag in flags {
        let x = f64::from(flag.x);
        let colour = match flag.gravity {
            Gravity::Grave => "--critical",
            Gravity::Notable => "--info",
            Gravity::Quiet => "--muted",
        };
        let colour = browser::theme_property(colour);
        context.set_fill_style_str(&colour);
        context.set_stroke_style_str(&colour);
        context.set_global_alpha(0.4);
        context.fill_rect(x, FLAG * 2.0, 1.0, floor - FLAG * 2.0);
        context.set_global_alpha(1.0);
        context.begin_path();
        context.move_to(x - FLAG + 0.5, 0.5);
        context.line_to(x + FLAG + 0.5, 0.5);
        context.line_to(x + 0.5, FLAG * 2.0);
        context.close_path();
        match flag.gravity {
            Gravity::Quiet => context.stroke(),
            Gravity::Notable | Gravity::Grave => context.fill(),
        }
    }
}
