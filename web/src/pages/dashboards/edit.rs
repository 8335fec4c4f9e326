//! Changing a panel: its tools above it, and its form.

use api::{Panel, PanelKind, PanelQuery, QueryLanguage};
use wasm_bindgen::JsCast;
use web_logic::dashboard::{KINDS, LANGUAGES, WIDTHS};
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

use super::super::metrics::UNITS;
use super::board::Board;
use crate::components::Sign;
use crate::dom::{El, button, el, icon_button};

/// Order, form, away.
pub(super) fn panel_tools(board: Board, key: usize) -> El {
    el("div", "panel-tools")
        .add(icon_button(Sign::Left, "Earlier").click(move || board.move_panel(key, false)))
        .add(icon_button(Sign::Right, "Later").click(move || board.move_panel(key, true)))
        .add(button("button", "Title, queries, …").click(move || board.toggle_form(key)))
        .add(el("span", "context-gap"))
        .add(icon_button(Sign::Bin, "Take this panel away").click(move || board.remove_panel(key)))
}

/// All that a panel is made of.
pub(super) fn form(board: Board, key: usize, panel: &Panel) -> El {
    let title =
        text_input("Title", &panel.title, move |text| board.change_panel(key, |panel| panel.title = text));
    let at = |found: Option<usize>| found.unwrap_or(0);
    let kind = choice(
        "Shown as",
        &KINDS.map(|(_, _, words)| words),
        at(KINDS.iter().position(|(kind, ..)| *kind == panel.kind)),
        move |at| {
            board.change_panel(key, |panel| {
                panel.kind = KINDS[at].0;
                if panel.kind == PanelKind::Lines {
                    panel.language = QueryLanguage::Logql;
                }
            });
        },
    );
    let language = choice(
        "Language",
        &LANGUAGES.map(|(_, _, words)| words),
        at(LANGUAGES.iter().position(|(language, ..)| *language == panel.language)),
        move |at| board.change_panel(key, |panel| panel.language = LANGUAGES[at].0),
    );
    // The first of the units is the page of metrics' own choice; short forms are read too.
    let named = match panel.unit.as_str() {
        "1/s" => "per second",
        "bytes/s" => "bytes per second",
        unit => unit,
    };
    let unit = choice(
        "Unit",
        &UNITS.map(|(_, words)| words)[1..],
        at(UNITS[2..].iter().position(|(unit, _)| *unit == named).map(|at| at + 1)),
        move |at| board.change_panel(key, |panel| panel.unit = unit_at(at).to_owned()),
    );
    let width = choice(
        "Width",
        &["A quarter", "Half", "Three quarters", "Whole"],
        at(WIDTHS.iter().position(|width| *width == panel.width)),
        move |at| board.change_panel(key, |panel| panel.width = WIDTHS[at]),
    );
    let add = button("button", "Add a query")
        .click(move || board.change_panel(key, |panel| panel.queries.push(PanelQuery::default())));
    el("div", "panel-form")
        .add(title)
        .add(el("div", "panel-choices").add(kind).add(language).add(unit).add(width))
        .add_all(
            panel.queries.iter().enumerate().map(|(index, asked)| query(board, key, index, asked)).collect(),
        )
        .add(el("div", "").add(add))
}

/// The unit of a place in the list without its first.
fn unit_at(at: usize) -> &'static str {
    if at == 0 { "" } else { UNITS[at + 1].0 }
}

fn query(board: Board, key: usize, index: usize, asked: &PanelQuery) -> El {
    let change = move |change: Box<dyn FnOnce(&mut PanelQuery)>| {
        board.change_panel(key, |panel| {
            if let Some(query) = panel.queries.get_mut(index) {
                change(query);
            }
        });
    };
    let area =
        el("textarea", "input panel-query").attr("rows", "2").attr("spellcheck", "false").text(&asked.query);
    let element: HtmlTextAreaElement = area.element().clone().unchecked_into();
    let area = area.on("change", move |_| {
        let text = element.value();
        change(Box::new(move |query| query.query = text));
    });
    let legend = text_input("Series are called", &asked.legend, move |text| {
        change(Box::new(move |query| query.legend = text));
    });
    let remove = icon_button(Sign::Bin, "Take this query away").click(move || {
        board.change_panel(key, |panel| {
            if panel.queries.len() > 1 {
                panel.queries.remove(index);
            }
        });
    });
    el("div", "panel-asked")
        .add(el("label", "field").text("Query").add(area))
        .add(legend.attr("title", "{{label}} stands for the label’s value"))
        .add(remove)
}

fn text_input(words: &str, value: &str, changed: impl Fn(String) + 'static) -> El {
    let field =
        el("input", "input").attr("value", value).attr("maxlength", "100").attr("autocomplete", "off");
    let input: HtmlInputElement = field.element().clone().unchecked_into();
    el("label", "field").text(words).add(field.on("change", move |_| changed(input.value())))
}

fn choice(words: &str, options: &[&str], chosen: usize, changed: impl Fn(usize) + 'static) -> El {
    let option = |(at, words): (usize, &&str)| {
        let option = el("option", "").text(words);
        if at == chosen { option.attr("selected", "") } else { option }
    };
    let select = el("select", "select").add_all(options.iter().enumerate().map(option).collect());
    let element: HtmlSelectElement = select.element().clone().unchecked_into();
    let select =
        select.on("change", move |_| changed(usize::try_from(element.selected_index()).unwrap_or(0)));
    el("label", "field").text(words).add(select)
}
