//! The choice of the time range: presets, typed, or two dates.

use std::rc::Rc;

use crate::prelude::*;
use web_logic::time::{self, Clock, PRESETS, Range, from_local, to_local};

use super::icon::Sign;
use super::popover::{Opener, popover};
use crate::browser;
use crate::dom::{El, button, el, field};
use crate::reactive::effect;
use crate::state::{Shared, shared};

/// What is done with the chosen range.
type Choose = Rc<dyn Fn(Range)>;

/// The choice of the time range.
pub(crate) fn time_picker() -> El {
    let Shared { view, ticker, .. } = shared();
    let open = RwSignal::new(false);
    let text = move || {
        let (range, utc) = view.state.with(|state| (state.range, state.utc));
        let now = if range.is_relative() { ticker.now() } else { browser::now() };
        time::range_label(range, Clock { now, zone: browser::zone(utc) })
    };
    let opener = Opener { label: "Time range", sign: Sign::Clock, class: "time" };
    popover(opener, text, open, move || time_panel(open))
}

fn time_panel(open: RwSignal<bool>) -> El {
    let Shared { view, .. } = shared();
    let choose: Choose = Rc::new(move |range| {
        view.set_range(range);
        open.set(false);
    });
    let preset = |(words, range): (&'static str, Range)| {
        let choose = Rc::clone(&choose);
        let chosen = move || view.state.with(|state| state.range == range);
        el("li", "").add(button("preset", words).pressed_of(chosen).click(move || choose(range)))
    };
    let own = el("div", "time-own")
        .add(typed(Rc::clone(&choose)))
        .add(dates(Rc::clone(&choose)))
        .add(zone_switch());
    el("div", "time-panel").add(own).add(el("ul", "presets").each(PRESETS.into_iter().map(preset)))
}

/// A range as one types it.
fn typed(choose: Choose) -> El {
    let Shared { view, .. } = shared();
    let fault = RwSignal::new(String::new());
    let (label, input) = field(
        "Range",
        &[
            ("placeholder", "15m, now-1d/d, 02:00-02:30"),
            ("autocomplete", "off"),
            ("spellcheck", "false"),
            ("aria-describedby", "time-fault"),
        ],
    );
    let range = input.clone();
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        match Range::parse(&range.value(), view.clock()) {
            Ok(range) => choose(range),
            Err(wrong) => fault.set(wrong.to_string()),
        }
    };
    request_animation_frame(move || drop(input.focus()));
    let told = el("p", "fault").attr("id", "time-fault").attr("role", "alert").text_of(move || fault.get());
    el("form", "").add(label.on("input", move |_| fault.set(String::new()))).add(told).on("submit", submit)
}

/// Two dates.
fn dates(choose: Choose) -> El {
    let Shared { view, .. } = shared();
    let zone = move || browser::zone(view.state.with(|state| state.utc));
    let written = move |at: i64| time::iso(to_local(at, zone())).chars().take(19).collect::<String>();
    let date = |words: &str| field(words, &[("type", "datetime-local"), ("step", "1"), ("required", "")]);
    let ((from_label, from), (to_label, to)) = (date("From"), date("To"));
    let shown = (from.clone(), to.clone());
    effect(move || {
        let resolved = view.resolved.get();
        shown.0.set_value(&written(resolved.start));
        shown.1.set_value(&written(resolved.end));
    });
    let read = move |text: String| {
        let zoneless = time::Moment::from_address(&text);
        zoneless.map(|moment| from_local(moment.start(Clock { now: 0, zone: &time::Utc }), zone()))
    };
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if let (Some(start), Some(end)) = (read(from.value()), read(to.value()))
            && start < end
        {
            choose(Range::between(start, end));
        }
    };
    let use_these = button("button button-main", "Use these times").attr("type", "submit");
    el("form", "dates").add(from_label).add(to_label).add(use_these).on("submit", submit)
}

fn zone_switch() -> El {
    let Shared { view, .. } = shared();
    let zone = |(words, utc): (&str, bool)| {
        button("segment", words)
            .pressed_of(move || view.state.with(|state| state.utc) == utc)
            .click(move || view.adjust(|state| state.utc = utc))
    };
    el("div", "segments")
        .attr("role", "group")
        .attr("aria-label", "Times are shown in")
        .each([("This browser’s zone", false), ("UTC", true)].into_iter().map(zone))
}
