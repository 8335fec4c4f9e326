//! The lines: a list of any length of which only what is seen stands in the document.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use web_logic::line::Line;
use web_logic::list::{Metrics, Sheet, Window};
use web_logic::time::DAY;

use super::feed::Feed;
use super::row::Row;
use crate::browser;
use crate::reactive::{Derived, Item, derived, effect, keyed, on_resize};
use crate::state::{Shared, shared};

/// Scrolling by less than this draws nothing new: there are rows beyond what is seen.
const STEP: f64 = 110.0;
/// Height of a row, and of each further line of a broken one; `70-lines.css` says the same.
const ROW: f64 = 22.0;
const ROW_NARROW: f64 = 44.0;
const LINE: f64 = 17.0;
/// Characters of the probe.
const PROBE: &str = "0000000000";

/// The list.
#[component]
pub(super) fn LineList(feed: Feed) -> impl IntoView {
    let Shared { view, .. } = shared();
    let (scroller, inner, probe) = (NodeRef::<Div>::new(), NodeRef::<Div>::new(), NodeRef::<Div>::new());
    let wrap = derived(move || view.state.with(|state| state.wrap));
    let dated = derived(move || view.resolved.get().millis() > DAY);
    let place = derived(move || (feed.scroll_top.get() / STEP).floor() * STEP);
    let window = derived(move || {
        let (place, viewport) = (place.get(), feed.viewport.get());
        feed.sheet.with(|sheet| sheet.window(place, viewport + STEP))
    });
    let shown = move || {
        let Window { lines, first, .. } = window.get();
        let rows = lines.into_iter().enumerate();
        rows.map(|(index, line)| row_item(feed, first + index, line, dated)).collect()
    };
    // Height before place: a browser scrolls no further than the list is tall.
    effect(move || {
        let (_, top) = feed.target.get();
        let height = feed.sheet.with(Sheet::height);
        let (Some(scroller), Some(inner)) = (scroller.get(), inner.get()) else { return };
        let _ = inner.style(("height", format!("{height}px")));
        scroller.set_scroll_top(top.round() as i32);
    });
    watch_size(feed, scroller, probe, wrap);
    let scrolled = move |_| {
        let Some(scroller) = scroller.get_untracked() else { return };
        let top = f64::from(scroller.scroll_top());
        let at_edge =
            Feed::is_edge(top, f64::from(scroller.client_height()), f64::from(scroller.scroll_height()));
        feed.scrolled(top, at_edge);
    };
    // Arrow keys work where single keys are switched off.
    let pressed = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" if event.ctrl_key() => feed.step(view, true),
            "ArrowUp" if event.ctrl_key() => feed.step(view, false),
            _ => return,
        }
        event.prevent_default();
    };
    let rows = move || feed.sheet.with(Sheet::len).to_string();
    view! {
        <div
            class="lines"
            class:lines-wrapped=move || wrap.get()
            class:lines-dated=move || dated.get()
            class:stale=move || !feed.answered.get()
            node_ref=scroller
            role="log"
            aria-live="off"
            aria-label="Lines"
            tabindex="0"
            on:scroll=scrolled
            on:keydown=pressed
        >
            <div class="row probe" aria-hidden="true">
                <span class="row-time"></span>
                <span class="row-level"></span>
                <span class="row-service"></span>
                <div class="row-text" node_ref=probe>
                    <span>{PROBE}</span>
                </div>
            </div>
            <div class="lines-inner" node_ref=inner role="table" aria-label="Lines" aria-rowcount=rows>
                <div
                    class="lines-window"
                    role="rowgroup"
                    style:transform=move || window.with(|window| format!("translateY({}px)", window.top))
                >
                    {keyed(shown)}
                </div>
            </div>
        </div>
    }
}

/// A line that moved up in the count is drawn anew: those who read by ear are told its place.
fn row_item(feed: Feed, index: usize, line: Arc<Line>, dated: Derived<bool>) -> Item {
    Item::new(format!("{index} {}", line.id), move || view! { <Row feed index line dated /> }.into_any())
}

/// Tells the feed how much is seen and how many characters fit.
fn watch_size(feed: Feed, scroller: NodeRef<Div>, probe: NodeRef<Div>, wrap: Derived<bool>) {
    let measure = move || {
        let (Some(scroller), Some(probe)) = (scroller.get_untracked(), probe.get_untracked()) else { return };
        let character = probe
            .first_element_child()
            .map_or(8.0, |text| text.get_bounding_client_rect().width() / PROBE.len() as f64);
        let columns = (probe.get_bounding_client_rect().width() / character.max(1.0)).floor() as usize;
        let row = if browser::matches("(max-width: 720px)") { ROW_NARROW } else { ROW };
        let columns = wrap.get_untracked().then_some(columns);
        feed.resized(f64::from(scroller.client_height()), Metrics { row, line: LINE, columns });
    };
    effect(move || {
        wrap.track();
        measure();
    });
    on_resize(move || scroller.get().map(Into::into), measure);
}
