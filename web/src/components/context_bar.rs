//! The bar that most pages share: where, what, when. Everything in it stands in the address.

use leptos::prelude::*;
use web_logic::route::Page;
use web_logic::time;

use super::environment_picker::EnvironmentPicker;
use super::icon::{Sign, icon};
use super::service_picker::ServicePicker;
use super::time_picker::TimePicker;
use crate::live::Link;
use crate::reactive::{Derived, When, on};
use crate::state::{Overlay, Shared, View, shared};

/// The bar.
#[component]
pub(crate) fn ContextBar(page: Derived<Page>) -> impl IntoView {
    let Shared { overlay, .. } = shared();
    view! {
        <header class="context" aria-label="What is looked at">
            <When when=move || page.get().has_services()>
                <span class="wide-only">
                    <EnvironmentPicker />
                </span>
                <ServicePicker />
            </When>
            <When when=move || page.get().has_time()>
                <TimeControls page />
            </When>
            <When when=move || page.get() == Page::Now>
                <NowStatus />
            </When>
            <span class="context-gap"></span>
            <button
                type="button"
                class="button context-palette"
                aria-label="Go anywhere"
                title="Go anywhere (Ctrl K)"
                on:click=on(move |_| overlay.set(Overlay::Palette))
            >
                {icon(Sign::Search)}
                <span class="wide-only">"Go to…"</span>
                <kbd class="wide-only">"Ctrl K"</kbd>
            </button>
        </header>
    }
}

#[component]
fn TimeControls(page: Derived<Page>) -> impl IntoView {
    let Shared { view, toast, .. } = shared();
    let shift = move |later: bool| view.set_range(view.resolved.get_untracked().shifted(later));
    view! {
        <div class="context-time">
            <button
                type="button"
                class="button-icon wide-only"
                aria-label="Earlier"
                title="Earlier (t ←)"
                on:click=on(move |_| shift(false))
            >
                {icon(Sign::Left)}
            </button>
            <TimePicker />
            <button
                type="button"
                class="button-icon wide-only"
                aria-label="Later"
                title="Later (t →)"
                on:click=on(move |_| shift(true))
            >
                {icon(Sign::Right)}
            </button>
        </div>
        <button
            type="button"
            class="button-icon wide-only"
            aria-label="Refresh"
            title="Refresh (r)"
            on:click=on(move |_| view.refresh())
        >
            {icon(Sign::Refresh)}
        </button>
        <When when=move || page.get().can_be_live()>
            <LiveButton />
        </When>
        <button
            type="button"
            class="button-icon wide-only"
            aria-label="Copy a link to exactly this view"
            title="Copy a link to exactly this view (y)"
            on:click=on(move |_| toast.copy(view.frozen_link(None), "Link"))
        >
            {icon(Sign::Link)}
        </button>
    }
}

#[component]
fn LiveButton() -> impl IntoView {
    let Shared { view, live, .. } = shared();
    let is_on = move || view.state.with(|state| state.live);
    let words = move || match live.link.get() {
        Link::Lost if is_on() => "Reconnecting…",
        _ => "Live",
    };
    view! {
        <button
            type="button"
            class="button live"
            aria-pressed=move || is_on().to_string()
            title="What is new as it comes (l)"
            on:click=on(move |_| toggle_live(view))
        >
            <span class="live-dot" aria-hidden="true"></span>
            {words}
        </button>
    }
}

/// Live on or off. Live needs a range that ends now: a fixed one becomes the last hour.
pub(crate) fn toggle_live(view: View) {
    view.refresh();
    view.change(|state| {
        state.live = !state.live;
        state.selected = None;
        if state.live && !state.range.is_relative() {
            state.range = time::Range::default();
        }
    });
}

/// Now is always live; what it shows is the last hour.
#[component]
fn NowStatus() -> impl IntoView {
    let Shared { live, ticker, .. } = shared();
    let words = move || {
        let at = live.now.with(|now| now.as_ref().map(|now| now.at));
        match (live.link.get(), at) {
            (Link::Open, Some(_)) => "Live".to_owned(),
            (_, Some(at)) => format!("Reconnecting… ({})", time::ago(at, ticker.now())),
            (_, None) => "Connecting…".to_owned(),
        }
    };
    view! {
        <span class="status" class:status-on=move || live.link.get() == Link::Open>
            <span class="live-dot" aria-hidden="true"></span>
            {words}
        </span>
    }
}
