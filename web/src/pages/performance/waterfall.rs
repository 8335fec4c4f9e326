//! The steps of a transaction, each a bar where it happened.

use api::Span;
use web_logic::decimal::{percent, px};
use web_logic::rows::performance::{colour, took};
use web_logic::trace::{Bar, bars, slowest};
use web_logic::unit::written;

use super::example::section;
use crate::dom::{El, el};

/// Deeper steps are drawn no further to the right.
const DEPTH_MAX: u32 = 12;
/// How far each depth is moved in, in pixels.
const INDENT: u32 = 12;

/// What took the time: a sentence for each, the most first.
pub(super) fn slowest_list(spans: &[Span]) -> El {
    let one = |slow: &web_logic::trace::Slow| {
        let span = &spans[slow.at];
        let times = if slow.count > 1 { format!(", {} times", slow.count) } else { String::new() };
        let told = format!("{} · {}{times}", took(slow.own_ms), written(slow.share, "ratio"));
        el("li", "").add(key(&span.op)).add(el("b", "").text(&told)).add(what(span))
    };
    let named = slowest(spans);
    if named.is_empty() {
        return el("div", "");
    }
    section("What took the time").add(el("ol", "slowest").add_all(named.iter().map(one).collect()))
}

fn key(op: &str) -> El {
    let class = colour(op).map_or_else(|| "key".to_owned(), |look| format!("key series-{look}"));
    el("span", &class).attr("aria-hidden", "true")
}

fn what(span: &Span) -> El {
    let words = el("span", "span-words").add(el("span", "span-op").text(&span.op));
    words.text(" ").text(&span.description)
}

pub(super) fn waterfall(spans: &[Span]) -> El {
    let rows = spans.iter().zip(bars(spans)).map(|(span, bar)| row(span, bar)).collect();
    section("Every step").add(el("div", "waterfall").add_all(rows))
}

/// A step; it unfolds to all that is known of it.
fn row(span: &Span, bar: Bar) -> El {
    let words = what(span).attr("title", &span.description);
    let indent = px(f64::from(span.depth.min(DEPTH_MAX) * INDENT));
    let _ = words.html().style().set_property("padding-left", &indent);
    let look =
        colour(&span.op).map_or_else(|| "span-fill".to_owned(), |look| format!("span-fill series-{look}"));
    let fill = el("span", &look).class_if("span-failed", span.failed);
    let style = fill.html().style();
    let _ = style.set_property("left", &percent(bar.left));
    let _ = style.set_property("width", &percent(bar.width));
    let duration = el("span", "span-took").text(&took(span.duration_ms));
    let duration = if span.failed { duration.text(" ✕") } else { duration };
    let summary = el("summary", "span-row")
        .add(words)
        .add(el("span", "span-bar").attr("aria-hidden", "true").add(fill))
        .add(duration);
    el("details", "span").add(summary).add(facts(span))
}

fn facts(span: &Span) -> El {
    let fact = |name: &str, value: &str| {
        let value = el("dd", "").add(el("code", "").text(value));
        el("div", "").add(el("dt", "").text(name)).add(value)
    };
    let mut all = vec![fact("What", &span.description), fact("Began after", &took(span.start_ms))];
    if !span.status.is_empty() {
        all.push(fact("Status", &span.status));
    }
    all.extend(span.data.iter().map(|(name, value)| fact(name, value)));
    el("dl", "facts").add_all(all)
}
