//! What is offered below a query field, and choosing from it.

use std::rc::Rc;
use std::sync::Arc;

use crate::prelude::*;
use web_logic::syntax::Candidate;
use web_sys::KeyboardEvent;
use web_sys::{HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::dom::{El, el};

type Look = Rc<dyn Fn(Offers, &str, usize)>;

/// What is offered.
#[derive(Clone, Copy)]
pub(crate) struct Offers {
    id: StoredValue<String>,
    area: StoredValue<HtmlTextAreaElement>,
    draft: RwSignal<String>,
    look: StoredValue<Look>,
    /// The bytes that what is chosen replaces.
    span: StoredValue<(usize, usize)>,
    offered: RwSignal<Arc<[Candidate]>>,
    /// The one that the arrow keys went to.
    marked: RwSignal<Option<usize>>,
    /// Answers to earlier questions no longer count.
    turn: StoredValue<u32>,
}

impl Offers {
    pub(super) fn new(
        id: &str,
        area: HtmlTextAreaElement,
        draft: RwSignal<String>,
        look: impl Fn(Self, &str, usize) + 'static,
    ) -> Self {
        let look: Look = Rc::new(look);
        Self {
            id: StoredValue::new(id.to_owned()),
            area: StoredValue::new(area),
            draft,
            look: StoredValue::new(look),
            span: StoredValue::new((0, 0)),
            offered: RwSignal::new(Arc::from([])),
            marked: RwSignal::new(None),
            turn: StoredValue::new(0),
        }
    }

    pub(super) fn is_open(self) -> bool {
        self.offered.with(|offered| !offered.is_empty())
    }

    pub(super) fn marked(self) -> Option<usize> {
        self.marked.get()
    }

    /// Which question is the present one.
    pub(crate) fn turn(self) -> u32 {
        self.turn.get_value()
    }

    /// Offers something to put in the place of `span`, if the question that it answers is still the present one.
    pub(crate) fn offer(self, turn: u32, span: (usize, usize), candidates: Vec<Candidate>) {
        if self.turn.try_get_value() == Some(turn) {
            self.span.set_value(span);
            self.marked.set(None);
            self.offered.set(candidates.into());
        }
    }

    /// Offers nothing.
    pub(crate) fn close(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.offered.maybe_update(|offered| {
            let was_open = !offered.is_empty();
            *offered = Arc::from([]);
            was_open
        });
        self.marked.set(None);
    }

    /// Looks what fits at the cursor.
    pub(super) fn look(self) {
        let text = self.draft.get_untracked();
        let Some(cursor) = self.cursor(&text) else {
            self.close();
            return;
        };
        self.turn.update_value(|turn| *turn += 1);
        self.look.with_value(Rc::clone)(self, &text, cursor);
    }

    fn cursor(self, text: &str) -> Option<usize> {
        let units = self.area.with_value(|area| {
            let (start, end) = (area.selection_start().ok()??, area.selection_end().ok()??);
            (start == end).then_some(start as usize)
        })?;
        Some(byte_at(text, units))
    }

    /// Whether a key was meant for the list.
    pub(super) fn key(self, event: &KeyboardEvent) -> bool {
        let count = self.offered.with_untracked(|offered| offered.len());
        let marked = self.marked.get_untracked();
        match event.key().as_str() {
            " " if event.ctrl_key() => self.look(),
            "ArrowDown" if count > 0 => self.mark(marked.map_or(0, |at| (at + 1) % count)),
            "ArrowUp" if count > 0 => self.mark(marked.map_or(count - 1, |at| (at + count - 1) % count)),
            "Tab" if count > 0 && !event.shift_key() => self.choose(marked.unwrap_or(0)),
            "Enter" if count > 0 && marked.is_some() => self.choose(marked.unwrap_or(0)),
            "Escape" if count > 0 => self.close(),
            _ => return false,
        }
        true
    }

    fn mark(self, at: usize) {
        self.marked.set(Some(at));
        let id = self.id.with_value(|id| format!("{id}-offer-{at}"));
        if let Some(offer) = document().get_element_by_id(&id) {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            offer.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }

    /// Puts what was chosen into the query, and looks what fits behind it.
    fn choose(self, at: usize) {
        let chosen = self.offered.with_untracked(|offered| offered.get(at).cloned());
        let Some(chosen) = chosen else { return };
        let (start, end) = self.span.get_value();
        let mut text = self.draft.get_untracked();
        text.replace_range(start..end, &chosen.inserted);
        let units = text[..start + chosen.inserted.len()].encode_utf16().count() as u32;
        self.area.with_value(|area| {
            area.set_value(&text);
            let _ = area.set_selection_range(units, units);
        });
        self.draft.set(text);
        self.close();
        self.look();
    }

    /// The list; `typed` hears of each choice.
    pub(super) fn list(self, typed: Rc<dyn Fn()>) -> El {
        let id = self.id.get_value();
        let list = el("ul", "offers").attr("id", &format!("{id}-offers"));
        let offer = move |(at, offer): (usize, &Candidate)| {
            let typed = Rc::clone(&typed);
            el("li", "offer")
                .attr("id", &format!("{id}-offer-{at}"))
                .attr("role", "option")
                .attr_of("aria-selected", move || Some((self.marked.get() == Some(at)).to_string()))
                .add(el("code", "offer-word").text(&offer.shown))
                .add(el("span", "offer-hint").text(&offer.hint))
                // The box must keep the focus.
                .on("pointerdown", move |event| {
                    event.prevent_default();
                    self.choose(at);
                    typed();
                })
        };
        list.attr("role", "listbox").attr("aria-label", "What fits here").children_of(move || {
            self.offered.with(|offered| offered.iter().enumerate().map(&offer).collect())
        })
    }
}

/// Where in the bytes of a text the browser's count of its characters is.
fn byte_at(text: &str, units: usize) -> usize {
    let mut count = 0;
    for (at, character) in text.char_indices() {
        if count >= units {
            return at;
        }
        count += character.len_utf16();
    }
    text.len()
}
