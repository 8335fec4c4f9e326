//! One dashboard: its head with what can be done, and its panels.

use crate::prelude::*;
use api::Dashboard;
use wasm_bindgen::JsCast;
use web_logic::dashboard::panel_json;
use web_logic::route::Page;
use web_sys::HtmlInputElement;

use super::board::{Board, Draft, Placed};
use super::edit::{form, panel_tools};
use super::list::make;
use super::{json, panel};
use crate::charts::{Company, follow_clock};
use crate::components::{Opener, Sign, notice, popover, toggle_live};
use crate::dom::{El, Keyed, button, el, sign, when};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

use web_logic::keys::Action;

/// The dashboard of an id.
pub(super) fn dashboard(id: String) -> El {
    let Shared { actions, view, .. } = shared();
    let board = Board::new(id);
    let company = Company::new();
    company.ask_marks("{service_name=~\".+\"}".to_owned());
    follow_clock();
    actions.handle(move |action| {
        if action == Action::Live {
            toggle_live(view);
        }
    });
    let shown = board.shown();
    let failures = move || {
        let failure = board.answer.failure().map(|failure| notice("critical", &failure.to_string()));
        failure.into_iter().collect()
    };
    let is_empty = move || board.answer.is_known() && shown.with(|shown| shown.panels.is_empty());
    el("div", "dashboard-page")
        .add(head(board, shown))
        .add(el("div", "host").children_of(failures))
        .add(grid(board, shown, company))
        .add(when(is_empty, move || empty(board)))
}

fn empty(board: Board) -> El {
    let Shared { session, .. } = shared();
    let may_edit = session.may_edit();
    let words = if may_edit { "No panels yet." } else { "No panels yet. Editors can add some." };
    let section = el("section", "empty").add(el("p", "").text(words));
    if !may_edit {
        return section;
    }
    section.add(button("button button-main", "Add a panel").click(move || {
        if !board.is_edited() {
            board.edit();
        }
        board.add_panel();
    }))
}

fn grid(board: Board, shown: Derived<Draft>, company: Company) -> El {
    let items = move || -> Vec<Keyed> {
        let edited = board.is_edited();
        let one = |placed: Placed| -> Keyed {
            let key = format!("{edited} {} {}", placed.key, panel_json(&placed.panel));
            (key, Box::new(move || tile(board, placed, edited, company)))
        };
        shown.get().panels.into_iter().map(one).collect()
    };
    el("div", "dashboard-grid").keyed(items)
}

fn tile(board: Board, placed: Placed, edited: bool, company: Company) -> El {
    let Placed { key, panel } = placed;
    let tile = el("div", &format!("tile-panel width-{}", panel.width.clamp(1, 4)));
    if !edited {
        return tile.add(panel::panel(&panel, company));
    }
    let is_open =
        move || board.draft.with(|draft| draft.as_ref().is_some_and(|draft| draft.open == Some(key)));
    let formed = panel.clone();
    tile.add(panel_tools(board, key))
        .add(when(is_open, move || form(board, key, &formed)))
        .add(panel::panel(&panel, company))
}

fn head(board: Board, shown: Derived<Draft>) -> El {
    let Shared { view, session, .. } = shared();
    let back = el("a", "service-back")
        .add(sign(Sign::Left))
        .text("Dashboards")
        .attr_of("href", move || Some(view.href(Page::Dashboards)));
    let heading = el("h1", "")
        .attr("tabindex", "-1")
        .class_of("gone", move || board.is_edited())
        .text_of(move || shown.with(|shown| shown.title.clone()));
    let ready_made = derived(move || board.answer.get().is_some_and(|dashboard| dashboard.ready_made));
    let open = RwSignal::new(false);
    let opener = Opener { label: "This dashboard as JSON", sign: Sign::Copy, class: "json" };
    let copied = move || {
        if let Some(dashboard) = board.answer.get() {
            let title = format!("Copy of {}", dashboard.title);
            make(Dashboard { title, panels: dashboard.panels.clone(), ..Dashboard::default() });
        }
    };
    let tools = el("div", "dashboard-tools")
        .add(popover(opener, || "JSON".to_owned(), open, move || json::panel(board)))
        .add(
            button("button", "Copy to change")
                .class_of("gone", move || !session.may_edit() || !ready_made.get())
                .click(move || untrack(copied)),
        )
        .add(
            button("button", "Change")
                .class_of("gone", move || !session.may_edit() || ready_made.get() || board.is_edited())
                .click(move || untrack(|| board.edit())),
        )
        .add(when(move || board.is_edited(), move || edit_tools(board)));
    el("div", "dashboard-head")
        .add(back)
        .add(heading)
        .add(when(move || board.is_edited(), move || title_field(board)))
        .add(tools)
}

fn title_field(board: Board) -> El {
    let title = board
        .draft
        .with_untracked(|draft| draft.as_ref().map(|draft| draft.title.clone()).unwrap_or_default());
    let field = el("input", "input dashboard-title")
        .attr("aria-label", "Title of the dashboard")
        .attr("maxlength", "100")
        .attr("value", &title);
    let input: HtmlInputElement = field.element().clone().unchecked_into();
    field.on("change", move |_| board.set_title(input.value()))
}

fn edit_tools(board: Board) -> El {
    el("div", "dashboard-tools")
        .add(button("button", "Add a panel").click(move || board.add_panel()))
        .add(button("button", "Forget the changes").click(move || board.forget()))
        .add(button("button button-main", "Keep").click(move || board.keep()))
}
