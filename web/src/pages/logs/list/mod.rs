//! The lines: a list of any length of which only what is seen stands in the document.

mod header;
mod painter;
mod row;

use std::rc::Rc;

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::decimal::px;
use web_logic::list::{Metrics, Sheet};
use web_logic::time::{self, DAY, NANOS_PER_MILLI};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

use super::feed::Feed;
use crate::browser;
use crate::dom::{El, el, when};
use crate::reactive::{Derived, derived, effect, observe_size};
use crate::state::{Shared, View, shared};

use header::header;
use painter::{Marked, Painter};
use row::Look;

/// Scrolling by less than this draws nothing new: there are rows beyond what is seen.
const STEP: f64 = 110.0;
/// Height of a row, and of each further line of a broken one; `72-lines.css` says the same.
const ROW: f64 = 22.0;
const ROW_NARROW: f64 = 44.0;
const LINE: f64 = 17.0;
/// Height of the header of a table; `76-table.css` says the same.
const HEADER: f64 = 27.0;
/// Characters of the probe.
const PROBE: &str = "0000000000";
const NARROW: &str = "(max-width: 720px)";

/// The list.
pub(super) fn line_list(feed: Feed) -> El {
    let Shared { view, .. } = shared();
    let narrow = RwSignal::new(browser::matches(NARROW));
    let look = derived(move || {
        let dated = view.resolved.get().millis() > DAY;
        let narrow = narrow.get();
        view.state.with(|state| {
            let columns = state.columns.clone();
            Look { dated, utc: state.utc, wrap: state.wrap, narrow, columns }
        })
    });
    let is_table = derived(move || look.with(Look::is_table));
    let inner = el("div", "lines-inner")
        .attr("role", "table")
        .attr("aria-label", "Lines")
        .attr_of("aria-rowcount", move || Some(feed.sheet.with(Sheet::len).to_string()))
        .on("click", move |event| clicked(feed, &event))
        .on("mouseover", move |event| pointed(feed, &event));
    let probe_text = el("div", "row-text").add(el("span", "").text(PROBE));
    let probe = el("div", "row probe")
        .attr("aria-hidden", "true")
        .add(el("span", "row-time"))
        .add(el("span", "row-level"))
        .add(el("span", "row-service"))
        .add(probe_text.clone());
    let list = el("div", "lines");
    let scroller = list.html().clone();
    paint(feed, scroller.clone(), inner.html().clone(), look);
    watch_size(feed, scroller.clone(), probe_text.element().clone(), look, narrow);
    let head = scroller.clone();
    let scrolled = move |_| {
        let top = f64::from(scroller.scroll_top());
        let at_edge =
            Feed::is_edge(top, f64::from(scroller.client_height()), f64::from(scroller.scroll_height()));
        feed.scrolled(top, at_edge);
    };
    // Arrow keys work where single keys are switched off.
    let pressed = move |event: Event| {
        let key: &KeyboardEvent = event.unchecked_ref();
        match key.key().as_str() {
            "ArrowDown" if key.ctrl_key() => feed.step(view, true),
            "ArrowUp" if key.ctrl_key() => feed.step(view, false),
            _ => return,
        }
        event.prevent_default();
    };
    list.attr("role", "log")
        .attr("aria-live", "off")
        .attr("aria-label", "Lines")
        .attr("tabindex", "0")
        .class_of("lines-wrapped", move || look.with(|look| look.wrap))
        .class_of("lines-dated", move || look.with(|look| look.dated))
        .class_of("lines-table", move || is_table.get())
        .class_of("stale", move || !feed.answered.get())
        .on("scroll", scrolled)
        .on("keydown", pressed)
        .add(when(move || is_table.get(), move || header(head.clone())))
        .add(probe)
        .add(inner)
}

fn clicked(feed: Feed, event: &Event) {
    let Some(id) = row_of(event, ".row").and_then(|row| row.get_attribute("data-id")) else { return };
    if browser::has_selection() {
        return;
    }
    feed.toggle(&id);
    shared_view().adjust(|state| state.selected = Some(id));
}

/// Whole times are only written for those who ask.
fn pointed(feed: Feed, event: &Event) {
    let Some(cell) = row_of(event, ".row-time") else { return };
    let id = cell.parent_element().and_then(|row| row.get_attribute("data-id"));
    let at = id.and_then(|id| feed.sheet.with_untracked(|sheet| sheet.line(&id).map(|line| line.time)));
    if let Some(at) = at {
        let zone = browser::zone(shared_view().state.with_untracked(|state| state.utc));
        let _ = cell.set_attribute("title", &time::full(at.div_euclid(NANOS_PER_MILLI), zone));
    }
}

fn row_of(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()?
}

/// Rows, then the height, then the place: a browser scrolls no further than the list is tall.
fn paint(feed: Feed, scroller: HtmlElement, inner: HtmlElement, look: Derived<Look>) {
    let Shared { view, .. } = shared();
    let place = derived(move || (feed.scroll_top.get() / STEP).floor() * STEP);
    let window = derived(move || {
        let (place, viewport) = (place.get(), feed.viewport.get());
        feed.sheet.with(|sheet| sheet.window(place, viewport + STEP))
    });
    let selected = derived(move || view.state.with(|state| state.selected.clone()));
    let mut painter = Painter::new(feed);
    let mut before = (None, 0.0);
    effect(move || {
        let (turn, top) = feed.target.get();
        let height = feed.sheet.with(Sheet::height);
        let (rows, selected, look) = (window.get(), selected.get(), look.get());
        feed.unfolded.with(|unfolded| {
            let marked = Marked { selected: selected.as_deref(), unfolded };
            painter.paint(&inner, &rows, &look, &marked);
        });
        if height != before.1 {
            let _ = inner.style().set_property("height", &px(height));
        }
        if before.0 != Some(turn) {
            scroller.set_scroll_top(top.round() as i32);
        }
        before = (Some(turn), height);
    });
}

/// Tells the feed how much is seen and how many characters fit.
fn watch_size(
    feed: Feed,
    scroller: HtmlElement,
    probe: Element,
    look: Derived<Look>,
    narrow: RwSignal<bool>,
) {
    let seen = scroller.clone();
    let measure: Rc<dyn Fn()> = Rc::new(move || {
        let character = probe
            .first_element_child()
            .map_or(8.0, |text| text.get_bounding_client_rect().width() / PROBE.len() as f64);
        let columns = (probe.get_bounding_client_rect().width() / character.max(1.0)).floor() as usize;
        let is_narrow = browser::matches(NARROW);
        narrow.maybe_update(|narrow| std::mem::replace(narrow, is_narrow) != is_narrow);
        let (wrap, is_table) = look.with_untracked(|look| (look.wrap, look.is_table()));
        let row = if is_narrow { ROW_NARROW } else { ROW };
        let header = if is_table { HEADER } else { 0.0 };
        let viewport = f64::from(scroller.client_height()) - header;
        // Before it stands in the document it has no height.
        if viewport > 0.0 {
            feed.resized(viewport, Metrics { row, line: LINE, columns: wrap.then_some(columns) });
        }
    });
    let again = Rc::clone(&measure);
    effect(move || {
        look.track();
        again();
    });
    observe_size(seen.as_ref(), move || measure());
}

fn shared_view() -> View {
    shared().view
}
