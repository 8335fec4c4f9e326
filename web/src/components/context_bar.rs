//! The bar that most pages share: where, what, when. Everything in it stands in the address.

use web_logic::route::Page;
use web_logic::time;

use super::environment_picker::environment_picker;
use super::icon::Sign;
use super::service_picker::service_picker;
use super::time_picker::time_picker;
use crate::dom::{El, el, icon_button, sign, when};
use crate::live::Link;
use crate::reactive::Derived;
use crate::state::{Overlay, Shared, View, shared};

/// The bar.
pub(crate) fn context_bar(page: Derived<Page>) -> El {
    let Shared { overlay, .. } = shared();
    let services =
        || el("div", "host").add(el("span", "wide-only").add(environment_picker())).add(service_picker());
    let palette = el("button", "button context-palette")
        .attr("type", "button")
        .attr("aria-label", "Go anywhere")
        .attr("title", "Go anywhere (Ctrl K)")
        .add(sign(Sign::Search))
        .add(el("span", "wide-only").text("Go to…"))
        .add(el("kbd", "wide-only").text("Ctrl K"))
        .click(move || overlay.set(Overlay::Palette));
    el("header", "context")
        .attr("aria-label", "What is looked at")
        .add(when(move || page.get().has_services(), services))
        .add(when(move || page.get().has_time(), move || time_controls(page)))
        .add(when(move || page.get() == Page::Now, now_status))
        .add(el("span", "context-gap"))
        .add(palette)
}

/// A button with a picture that phones leave out; `hover` names its key too.
fn wide_button(picture: Sign, words: &str, hover: &str) -> El {
    let button = icon_button(picture, words).attr("title", hover);
    button.class_if("wide-only", true)
}

fn time_controls(page: Derived<Page>) -> El {
    let Shared { view, toast, .. } = shared();
    let shift = move |later: bool| view.set_range(view.resolved.get_untracked().shifted(later));
    let time = el("div", "context-time")
        .add(wide_button(Sign::Left, "Earlier", "Earlier (t ←)").click(move || shift(false)))
        .add(time_picker())
        .add(wide_button(Sign::Right, "Later", "Later (t →)").click(move || shift(true)));
    let link = "Copy a link to exactly this view";
    el("div", "host")
        .add(time)
        .add(wide_button(Sign::Refresh, "Refresh", "Refresh (r)").click(move || view.refresh()))
        .add(when(move || page.get().can_be_live(), live_button))
        .add(
            wide_button(Sign::Link, link, "Copy a link to exactly this view (y)")
                .click(move || toast.copy(view.frozen_link(None), "Link")),
        )
}

fn live_button() -> El {
    let Shared { view, live, .. } = shared();
    let is_on = move || view.state.with(|state| state.live);
    let words = move || match live.link.get() {
        Link::Lost if is_on() => "Reconnecting…".to_owned(),
        _ => "Live".to_owned(),
    };
    el("button", "button live")
        .attr("type", "button")
        .attr("title", "What is new as it comes (l)")
        .pressed_of(is_on)
        .add(live_dot())
        .add(el("span", "").text_of(words))
        .click(move || toggle_live(view))
}

fn live_dot() -> El {
    el("span", "live-dot").attr("aria-hidden", "true")
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
fn now_status() -> El {
    let Shared { live, ticker, .. } = shared();
    let words = move || {
        let at = live.now.with(|now| now.as_ref().map(|now| now.at));
        match (live.link.get(), at) {
            (Link::Open, Some(_)) => "Live".to_owned(),
            (_, Some(at)) => format!("Reconnecting… ({})", time::ago(at, ticker.now())),
            (_, None) => "Connecting…".to_owned(),
        }
    };
    el("span", "status")
        .class_of("status-on", move || live.link.get() == Link::Open)
        .add(live_dot())
        .add(el("span", "").text_of(words))
}
