//! The bar of a live tail that is paused: how much is new, and how to go on.

use web_logic::number::count;

use super::feed::Feed;
use crate::components::Sign;
use crate::dom::{El, el, sign, when};

/// The bar; it stays for as long as lines are held back.
pub(super) fn live_bar(feed: Feed) -> El {
    let flow = feed.flow;
    when(
        move || flow.with(|flow| flow.paused),
        move || {
            let resume = el("button", "button button-main")
                .attr("type", "button")
                .add(sign(Sign::Live))
                .text("Resume (l)")
                .click(move || feed.resume());
            el("div", "live-bar")
                .attr("role", "status")
                .add(
                    el("span", "")
                        .text_of(move || format!("Paused – {} new", count(flow.with(|flow| flow.waiting)))),
                )
                .add(resume)
        },
    )
}
