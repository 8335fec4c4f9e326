//! The bar of a live tail that is paused: how much is new, and how to go on.

use leptos::prelude::*;
use web_logic::number::count;

use super::feed::Feed;
use crate::components::{Sign, icon};
use crate::reactive::{When, on};

/// The bar; it stays for as long as lines are held back.
#[component]
pub(super) fn LiveBar(feed: Feed) -> impl IntoView {
    let flow = feed.flow;
    view! {
        <When when=move || flow.with(|flow| flow.paused)>
            <div class="live-bar" role="status">
                <span>{move || format!("Paused – {} new", count(flow.with(|flow| flow.waiting)))}</span>
                <button type="button" class="button button-main" on:click=on(move |_| feed.resume())>
                    {icon(Sign::Live)}
                    "Resume (l)"
                </button>
            </div>
        </When>
    }
}
