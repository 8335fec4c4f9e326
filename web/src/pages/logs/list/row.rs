//! One row in the document: time, level, service, cells of the chosen columns, text; its details below once it
//! is unfolded.

use std::sync::Arc;

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::columns::{Columns, cells};
use web_logic::decimal::px;
use web_logic::level;
use web_logic::line::{Line, summary};
use web_logic::list::Placed;
use web_logic::time;
use web_sys::{Element, HtmlElement};

use super::super::detail::detail;
use super::super::feed::Feed;
use crate::browser;
use crate::components::{put, put_pieces};
use crate::dom::El;

/// How all rows look.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Look {
    /// Times are shown with their day.
    pub(super) dated: bool,
    pub(super) utc: bool,
    pub(super) wrap: bool,
    /// A phone: columns are put before the text.
    pub(super) narrow: bool,
    pub(super) columns: Columns,
}

impl Look {
    /// Whether fields have columns of their own.
    pub(super) fn is_table(&self) -> bool {
        !self.columns.is_empty() && !self.narrow
    }
}

/// A row.
pub(super) struct Row {
    /// The row and its details.
    root: HtmlElement,
    row: HtmlElement,
    time: Element,
    level: Element,
    service: Element,
    text: Element,
    /// The line it shows.
    id: String,
    tier: &'static str,
    is_context: bool,
    details: Option<(El, Owner)>,
    drawn: Drawn,
}

/// What was last written, so that nothing is written twice.
#[derive(Default)]
struct Drawn {
    top: f64,
    height: f64,
    index: usize,
    class: String,
}

/// An empty row to be copied.
pub(super) fn template() -> Option<Element> {
    let root = element("div", "line")?;
    let row = element("div", "row")?;
    row.set_attribute("role", "row").ok()?;
    for class in ["row-time", "row-level", "row-service", "row-text"] {
        let cell = element("span", class)?;
        cell.set_attribute("role", "cell").ok()?;
        row.append_child(&cell).ok()?;
    }
    root.append_child(&row).ok()?;
    Some(root)
}

fn element(name: &str, class: &str) -> Option<Element> {
    let element = document().create_element(name).ok()?;
    element.set_class_name(class);
    Some(element)
}

impl Row {
    /// A copy of the template.
    pub(super) fn of(template: &Element) -> Option<Self> {
        let root: HtmlElement = template.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
        let row: HtmlElement = root.first_element_child()?.dyn_into().ok()?;
        let time = row.first_element_child()?;
        let level = time.next_element_sibling()?;
        let service = level.next_element_sibling()?;
        let text = service.next_element_sibling()?;
        Some(Self {
            root,
            row,
            time,
            level,
            service,
            text,
            id: String::new(),
            tier: "",
            is_context: false,
            details: None,
            drawn: Drawn::default(),
        })
    }

    /// The element that stands in the list.
    pub(super) fn root(&self) -> &Element {
        &self.root
    }

    /// The line it shows.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Shows another line.
    pub(super) fn fill(&mut self, line: &Arc<Line>, look: &Look) {
        self.id.clone_from(&line.id);
        self.tier = level::TIERS[level::tier(line.level)].name;
        self.is_context = line.is_context;
        let _ = self.row.set_attribute("data-id", &line.id);
        let zone = browser::zone(look.utc);
        self.time.set_text_content(Some(&time::row_time(line.time, zone, look.dated)));
        self.level.set_text_content(Some(level::glyph(line.level)));
        let _ = self.level.set_attribute("title", level::name(line.level));
        self.service.set_text_content(Some(line.service()));
        let _ = self.service.set_attribute("title", line.label("container"));
        self.fill_cells(line, look);
        self.fill_text(line, look);
    }

    /// Cells stand between the service and the text.
    fn fill_cells(&self, line: &Line, look: &Look) {
        let mut cell = self.service.next_element_sibling();
        let values = if look.narrow { Vec::new() } else { cells(line, &look.columns) };
        for value in values {
            let here = cell.take().filter(|cell| *cell != self.text).or_else(|| {
                let cell = element("span", "row-cell")?;
                cell.set_attribute("role", "cell").ok()?;
                self.row.insert_before(&cell, Some(&self.text)).ok()?;
                Some(cell)
            });
            let Some(here) = here else { return };
            here.set_text_content(Some(&value));
            let _ = here.set_attribute("title", &value);
            cell = here.next_element_sibling();
        }
        while let Some(spare) = cell.take().filter(|cell| *cell != self.text) {
            cell = spare.next_element_sibling();
            spare.remove();
        }
    }

    fn fill_text(&self, line: &Line, look: &Look) {
        self.text.set_text_content(None);
        if look.narrow {
            for (column, value) in look.columns.all().iter().zip(cells(line, &look.columns)) {
                put(&self.text, &format!("{}=", column.name), "ansi-dim", false);
                put(&self.text, &format!("{value}  "), "", false);
            }
        }
        put_pieces(&self.text, &summary(&line.text, &line.marks));
    }

    /// Puts it where it belongs.
    pub(super) fn place(&mut self, placed: &Placed, wrap: bool) {
        let Drawn { top, height, index, .. } = &mut self.drawn;
        if *top != placed.top || self.root.parent_element().is_none() {
            *top = placed.top;
            let _ = self.root.style().set_property("top", &px(*top));
        }
        // Broken lines are as tall as the list reckons; all others as the style sheet says.
        let wanted = if wrap { placed.height } else { 0.0 };
        if *height != wanted {
            *height = wanted;
            let value = if wrap { px(wanted) } else { String::new() };
            let _ = self.row.style().set_property("height", &value);
        }
        if *index != placed.index + 1 {
            *index = placed.index + 1;
            let _ = self.row.set_attribute("aria-rowindex", &index.to_string());
        }
    }

    /// Shows whether it is the marked one, and whether it is unfolded.
    pub(super) fn mark(&mut self, is_selected: bool, is_open: bool) {
        let mut class = format!("row level-{}", self.tier);
        let flags =
            [(is_selected, " row-selected"), (is_open, " row-open"), (self.is_context, " row-context")];
        flags.iter().filter(|(set, _)| *set).for_each(|(_, name)| class.push_str(name));
        if self.drawn.class != class {
            self.row.set_class_name(&class);
            self.drawn.class = class;
        }
    }

    /// Shows the details, or takes them away; `what`: what they need.
    pub(super) fn unfold(&mut self, is_open: bool, what: impl FnOnce() -> (Feed, Owner, Arc<Line>)) {
        if is_open == self.details.is_some() {
            return;
        }
        if let Some((details, owner)) = self.details.take() {
            owner.cleanup();
            details.element().remove();
            return;
        }
        let (feed, owner, line) = what();
        let owner = owner.child();
        let details = untrack(|| owner.with(|| detail(feed, line)));
        let _ = self.root.append_child(details.element());
        self.details = Some((details, owner));
    }
}
