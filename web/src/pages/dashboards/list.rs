//! All dashboards: those that come with Porthole, and those that were made here.

use crate::prelude::*;
use api::{Dashboard, DashboardRow};
use web_logic::dashboard::to_json;
use web_logic::route::Page;
use web_logic::time;
use web_logic::view::ViewState;

use super::json;
use crate::components::{Opener, Sign, notice, popover};
use crate::dom::{El, careful_button, el, sign};
use crate::history::Visit;
use crate::reactive::effect;
use crate::state::{Fetched, Shared, shared};

/// The list.
pub(super) fn list() -> El {
    let Shared { client, session, reach, .. } = shared();
    let rows: Fetched<Vec<DashboardRow>> = Fetched::new();
    effect(move || {
        reach.recovered.track();
        rows.ask(client.dashboards());
    });
    let part = move |words: &'static str, ready_made: bool| {
        let shown = move || {
            let all = rows.get().unwrap_or_default();
            all.iter()
                .filter(|row| row.ready_made == ready_made)
                .map(|row| entry(row, rows))
                .collect::<Vec<_>>()
        };
        let nothing = move || {
            let none = rows.get().is_some_and(|rows| rows.iter().all(|row| row.ready_made != ready_made));
            if none {
                "None yet. Make one, or copy one that comes with Porthole and change it.".to_owned()
            } else {
                String::new()
            }
        };
        el("section", "dashboard-part")
            .add(el("h2", "").text(words))
            .add(el("ul", "dashboard-list").children_of(shown))
            .add(el("p", "hint").text_of(nothing))
    };
    let failure = move || {
        let failure = rows.failure().map(|failure| notice("critical", &failure.to_string()));
        failure.into_iter().collect()
    };
    let import = RwSignal::new(false);
    let opener = Opener { label: "Make one from JSON", sign: Sign::Copy, class: "json" };
    let paste = move || json::paste("Make it", make);
    let make_new = el("button", "button button-main")
        .attr("type", "button")
        .add(sign(Sign::Plus))
        .text("New dashboard")
        .click(|| make(Dashboard { title: "New dashboard".to_owned(), ..Dashboard::default() }));
    let tools = el("div", "dashboard-tools")
        .class_of("gone", move || !session.may_edit())
        .add(popover(opener, || "From JSON".to_owned(), import, paste))
        .add(make_new);
    el("div", "dashboard-page")
        .add(
            el("div", "dashboard-head")
                .add(el("h1", "").attr("tabindex", "-1").text("Dashboards"))
                .add(tools),
        )
        .add(el("div", "host").children_of(failure))
        .add(part("Made here", false))
        .add(part("Coming with Porthole", true))
}

fn entry(row: &DashboardRow, rows: Fetched<Vec<DashboardRow>>) -> El {
    let Shared { view, session, ticker, client, toast, .. } = shared();
    let (id, removed) = (row.id.clone(), row.id.clone());
    let link = el("a", "dashboard-name").text(&row.title).attr_of("href", move || {
        let state = view.state.with(|state| state.carried_to(Page::Dashboards));
        Some(ViewState { one: Some(id.clone()), ..state }.on(Page::Dashboards.path()))
    });
    let (changed, by) = (row.changed, row.by.clone());
    let about = move || match (changed, by.as_str()) {
        (0, _) => String::new(),
        (at, "") => format!("changed {}", time::ago(at, ticker.now())),
        (at, by) => format!("changed {} by {by}", time::ago(at, ticker.now())),
    };
    let ready_made = row.ready_made;
    let remove = careful_button(("Remove", "Remove it?"), move || {
        let gone = client.remove_dashboard(&removed);
        spawn_local(async move {
            match gone.await {
                Ok(()) => rows.ask(client.dashboards()),
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    });
    let remove = remove.class_of("gone", move || ready_made || !session.may_edit());
    el("li", "dashboard-row").add(link).add(el("span", "hint").text_of(about)).add(remove)
}

/// Keeps a new dashboard and opens it.
pub(super) fn make(dashboard: Dashboard) {
    let Shared { view, client, toast, .. } = shared();
    let kept = client.keep_dashboard(None, to_json(&dashboard.title, &dashboard.panels));
    spawn_local(async move {
        match kept.await {
            Ok(kept) => {
                let state = view.state.with_untracked(|state| state.carried_to(Page::Dashboards));
                view.show(Page::Dashboards, &ViewState { one: Some(kept.id), ..state }, Visit::New);
            }
            Err(failure) => toast.show(failure.to_string()),
        }
    });
}
