//! Drawing the histogram on its two canvases.

use web_logic::chart::Chart;
use web_logic::decimal::within;
use web_logic::flags::Flag;
use web_logic::level::TIERS;
use web_logic::number::compact;
use web_sys::HtmlCanvasElement;

use super::Cursor;
use crate::browser;
use crate::charts::{AXIS, draw_flags, draw_times, prepare};
use crate::state::View;

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
    draw_flags(&context, flags, floor);
}

/// The cursor, and what a drag has covered.
pub(super) fn draw_cursor(canvas: &HtmlCanvasElement, size: (f64, f64), chart: &Chart, cursor: Cursor) {
    let Some(context) = prepare(canvas, size) else { return };
    let Some(x) = cursor.x.filter(|x| chart.bucket_at(*x).is_some() || cursor.dragged_from.is_some()) else {
        return;
    };
    let floor = size.1 - AXIS;
    let x = within(x, 0.0, size.0);
    context.set_fill_style_str(&browser::theme_property("--focus"));
    if let Some(from) = cursor.dragged_from {
        context.set_global_alpha(0.2);
        context.fill_rect(from.min(x), 0.0, (from - x).abs(), floor);
        context.set_global_alpha(1.0);
    }
    context.fill_rect(x.floor(), 0.0, 1.0, floor);
}
