//! The way to the pages: a rail at the left, on phones a bar at the bottom.

use web_logic::route::Page;

use super::icon::Sign;
use crate::dom::{El, el, sign};
use crate::reactive::Derived;
use crate::state::{Shared, shared};

/// The pages that have an entry; what belongs together has one.
const ENTRIES: [(Page, Sign); 7] = [
    (Page::Now, Sign::Now),
    (Page::Logs, Sign::Logs),
    (Page::Issues, Sign::Issues),
    (Page::Routes, Sign::Routes),
    (Page::Services, Sign::Services),
    (Page::Metrics, Sign::Metrics),
    (Page::Alerts, Sign::Alerts),
];

/// The way to the pages.
pub(crate) fn navigation(page: Derived<Page>) -> El {
    el("nav", "rail")
        .attr("aria-label", "Pages")
        .add(el("a", "skip").attr("href", "#main").text("Skip to the content"))
        .add(el("span", "rail-mark").attr("aria-hidden", "true").add(sign(Sign::Porthole)))
        .add_all(ENTRIES.iter().map(|to| entry(page, *to)).collect())
        .add(el("span", "rail-gap"))
        .add(entry(page, (Page::Settings, Sign::Settings)))
}

fn entry(page: Derived<Page>, (to, picture): (Page, Sign)) -> El {
    let Shared { view, .. } = shared();
    let is_here = move || page.get() == to || to.family().contains(&page.get());
    el("a", "rail-entry")
        .attr_of("href", move || Some(view.href(to)))
        .attr_of("aria-current", move || is_here().then(|| "page".to_owned()))
        .add(sign(picture))
        .add(el("span", "").text(to.name()))
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
