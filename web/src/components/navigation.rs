//! The way to the pages: a rail at the left, on phones a bar at the bottom.

use leptos::prelude::*;
use web_logic::route::Page;

use super::icon::{Sign, icon};
use crate::dom::{El, el};
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
            <Entry page to=Page::Issues sign=Sign::Issues />
            <Entry page to=Page::Services sign=Sign::Services />
            <Entry page to=Page::Metrics sign=Sign::Metrics />
            <span class="rail-gap"></span>
            <Entry page to=Page::Settings sign=Sign::Settings />
        </nav>
    }
}

#[component]
fn Entry(page: Derived<Page>, to: Page, sign: Sign) -> impl IntoView {
    let Shared { view, .. } = shared();
    let is_here = move || page.get() == to || to.family().contains(&page.get());
    view! {
        <a
            class="rail-entry"
            href=move || view.href(to)
            aria-current=move || is_here().then_some("page")
        >
            {icon(sign)}
            <span>{to.name()}</span>
        </a>
    }
}

/// The way between pages that belong together.
pub(crate) fn tabs(page: Derived<Page>) -> El {
    let Shared { view, .. } = shared();
    let tab = move |to: &Page| {
        let to = *to;
        el("a", "tab")
            .text(to.name())
            .attr_of("href", move || Some(view.href(to)))
            .attr_of("aria-current", move || (page.get() == to).then(|| "page".to_owned()))
    };
    el("nav", "tabs")
        .attr("aria-label", "Pages that belong together")
        .children_of(move || page.get().family().iter().map(tab).collect())
}
