//! The choice of the time range: presets, typed, or two dates.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use web_logic::time::{self, Clock, PRESETS, Range, from_local, to_local};

use super::icon::Sign;
use super::popover::Popover;
use crate::browser;
use crate::reactive::{each, effect, focus_on, on};
use crate::state::{Shared, shared};

/// The choice of the time range.
#[component]
pub(crate) fn TimePicker() -> impl IntoView {
    let Shared { view, ticker, .. } = shared();
    let open = RwSignal::new(false);
    let text = Signal::derive(move || {
        let (range, utc) = view.state.with(|state| (state.range, state.utc));
        let now = if range.is_relative() { ticker.now() } else { browser::now() };
        time::range_label(range, Clock { now, zone: browser::zone(utc) })
    });
    view! {
        <Popover label="Time range" sign=Sign::Clock text class="time" open>
            <TimePanel open />
        </Popover>
    }
}

#[component]
fn TimePanel(open: RwSignal<bool>) -> impl IntoView {
    let Shared { view, .. } = shared();
    let choose = move |range: Range| {
        view.set_range(range);
        open.set(false);
    };
    let preset = move |(words, range): (&'static str, Range)| {
        let chosen = move || view.state.with(|state| state.range == range);
        view! {
            <li>
                <button
                    type="button"
                    class="preset"
                    aria-pressed=move || chosen().to_string()
                    on:click=on(move |_| choose(range))
                >
                    {words}
                </button>
            </li>
        }
    };
    view! {
        <div class="time-panel">
            <div class="time-own">
                <Typed choose />
                <Dates choose />
                <ZoneSwitch />
            </div>
            <ul class="presets">{each(PRESETS, preset)}</ul>
        </div>
    }
}

/// A range as one types it.
#[component]
fn Typed(choose: impl Fn(Range) + Copy + Send + Sync + 'static) -> impl IntoView {
    let Shared { view, .. } = shared();
    let field = NodeRef::new();
    focus_on(field);
    let text = RwSignal::new(String::new());
    let fault = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match Range::parse(&text.get_untracked(), view.clock()) {
            Ok(range) => choose(range),
            Err(wrong) => fault.set(wrong.to_string()),
        }
    };
    view! {
        <form on:submit=on(submit)>
            <label class="field">
                "Range"
                <input
                    class="input"
                    placeholder="15m, now-1d/d, 02:00-02:30"
                    node_ref=field
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="time-fault"
                    prop:value=move || text.get()
                    on:input=on(move |event| {
                        fault.set(String::new());
                        text.set(event_target_value(&event));
                    })
                />
            </label>
            <p id="time-fault" class="fault" role="alert">
                {move || fault.get()}
            </p>
        </form>
    }
}

/// Two dates.
#[component]
fn Dates(choose: impl Fn(Range) + Copy + Send + Sync + 'static) -> impl IntoView {
    let Shared { view, .. } = shared();
    let zone = move || browser::zone(view.state.with(|state| state.utc));
    let written = move |at: i64| time::iso(to_local(at, zone())).chars().take(19).collect::<String>();
    let from = RwSignal::new(String::new());
    let to = RwSignal::new(String::new());
    effect(move || {
        let resolved = view.resolved.get();
        from.set(written(resolved.start));
        to.set(written(resolved.end));
    });
    let read = move |text: String| {
        let zoneless = time::Moment::from_address(&text);
        zoneless.map(|moment| from_local(moment.start(Clock { now: 0, zone: &time::Utc }), zone()))
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let (Some(start), Some(end)) = (read(from.get_untracked()), read(to.get_untracked()))
            && start < end
        {
            choose(Range::between(start, end));
        }
    };
    let field = move |words: &'static str, value: RwSignal<String>| {
        view! {
            <label class="field">
                {words}
                <input
                    class="input"
                    type="datetime-local"
                    step="1"
                    required
                    prop:value=move || value.get()
                    on:input=on(move |event| value.set(event_target_value(&event)))
                />
            </label>
        }
    };
    view! {
        <form class="dates" on:submit=on(submit)>
            {field("From", from)}
            {field("To", to)}
            <button class="button button-main">"Use these times"</button>
        </form>
    }
}

#[component]
fn ZoneSwitch() -> impl IntoView {
    let Shared { view, .. } = shared();
    let utc = move || view.state.with(|state| state.utc);
    view! {
        <div class="segments" role="group" aria-label="Times are shown in">
            <button
                type="button"
                class="segment"
                aria-pressed=move || (!utc()).to_string()
                on:click=on(move |_| view.adjust(|state| state.utc = false))
            >
                "This browser’s zone"
            </button>
            <button
                type="button"
                class="segment"
                aria-pressed=move || utc().to_string()
                on:click=on(move |_| view.adjust(|state| state.utc = true))
            >
                "UTC"
            </button>
        </div>
    }
}
