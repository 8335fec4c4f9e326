//! The way to the pages: a rail at the left, on phones a bar at the bottom.

use leptos::prelude::*;
use web_logic::route::Page;

use super::icon::{Sign, icon};
use crate::reactive::Derived;
use crate::state::{Shared, shared};

/// The way to the pages.
#[component]
pub(crate) fn Navigation(page: Derived<Page>) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Pages">
            <a class="skip" href="#main">
                "Skip to the content"
            </a>
            <span class="rail-mark" aria-hidden="true">
                {icon(Sign::Porthole)}
            </span>
            <Entry page to=Page::Now sign=Sign::Now />
            <Entry page to=Page::Logs sign=Sign::Logs />
            <span class="rail-gap"></span>
            <Entry page to=Page::Settings sign=Sign::Settings />
        </nav>
    }
}

#[component]
fn Entry(page: Derived<Page>, to: Page, sign: Sign) -> impl IntoView {
    let Shared { view, .. } = shared();
    view! {
        <a
            class="rail-entry"
            href=move || view.href(to)
            aria-current=move || (page.get() == to).then_some("page")
        >
            {icon(sign)}
            <span>{to.name()}</span>
        </a>
    }
}
