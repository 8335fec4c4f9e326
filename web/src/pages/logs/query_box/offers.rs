//! What fits where the cursor is: labels, values, fields, stages and functions, from what is stored.

use std::sync::Arc;

use api::{FacetValue, Names, NamesRequest};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_logic::logql::{Candidate, Completion, Wanted, candidates, completion, compose};
use web_logic::view::ViewState;
use web_sys::{HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::Typing;
use crate::dom::{El, el};
use crate::state::{Shared, shared};

/// What is offered.
#[derive(Clone, Copy)]
pub(super) struct Offers {
    area: StoredValue<HtmlTextAreaElement, LocalStorage>,
    draft: RwSignal<String>,
    place: StoredValue<Option<Completion>>,
    offered: RwSignal<Arc<[Candidate]>>,
    /// The one that the arrow keys went to.
    marked: RwSignal<Option<usize>>,
    names: StoredValue<Option<(NamesRequest, Names)>>,
    values: StoredValue<Option<(String, NamesRequest, Vec<FacetValue>)>>,
    /// Answers to earlier questions no longer count.
    turn: StoredValue<u32>,
}

impl Offers {
    pub(super) fn new(area: HtmlTextAreaElement, draft: RwSignal<String>) -> Self {
        Self {
            area: StoredValue::new_local(area),
            draft,
            place: StoredValue::new(None),
            offered: RwSignal::new(Arc::from([])),
            marked: RwSignal::new(None),
            names: StoredValue::new(None),
            values: StoredValue::new(None),
            turn: StoredValue::new(0),
        }
    }

    pub(super) fn is_open(self) -> bool {
        self.offered.with(|offered| !offered.is_empty())
    }

    pub(super) fn marked(self) -> Option<usize> {
        self.marked.get()
    }

    pub(super) fn close(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.offered.maybe_update(|offered| {
            let was_open = !offered.is_empty();
            *offered = Arc::from([]);
            was_open
        });
        self.marked.set(None);
    }

    /// Looks what fits at the cursor; what must be asked for is asked for.
    pub(super) fn look(self) {
        let place =
            self.cursor().and_then(|cursor| self.draft.with_untracked(|text| completion(text, cursor)));
        let Some(place) = place else {
            self.close();
            return;
        };
        self.place.set_value(Some(place.clone()));
        self.turn.update_value(|turn| *turn += 1);
        let request = self.request(&place);
        let turn = self.turn.get_value();
        match &place.wanted {
            Wanted::Function | Wanted::Range => self.offer(&place, &Names::default(), &[]),
            Wanted::Value { name } => self.look_for_values(place.clone(), name.clone(), request, turn),
            Wanted::Label | Wanted::Stage | Wanted::Field => self.look_for_names(place, request, turn),
        }
    }

    fn look_for_names(self, place: Completion, request: NamesRequest, turn: u32) {
        let known = self.names.with_value(|known| {
            known.as_ref().filter(|(of, _)| *of == request).map(|(_, names)| names.clone())
        });
        if let Some(names) = known {
            self.offer(&place, &names, &[]);
            return;
        }
        spawn_local(async move {
            let names = shared_client().names(&request).await.unwrap_or_default();
            if self.turn.try_get_value() == Some(turn) {
                self.offer(&place, &names, &[]);
                self.names.set_value(Some((request, names)));
            }
        });
    }

    fn look_for_values(self, place: Completion, name: String, request: NamesRequest, turn: u32) {
        let known = self.values.with_value(|known| {
            let same = known.as_ref().filter(|(of, asked, _)| *of == name && *asked == request);
            same.map(|(.., values)| values.clone())
        });
        if let Some(values) = known {
            self.offer(&place, &Names::default(), &values);
            return;
        }
        spawn_local(async move {
            let values =
                shared_client().values(&name, &request).await.map(|values| values.values).unwrap_or_default();
            if self.turn.try_get_value() == Some(turn) {
                self.offer(&place, &Names::default(), &values);
                self.values.set_value(Some((name, request, values)));
            }
        });
    }

    fn offer(self, place: &Completion, names: &Names, values: &[FacetValue]) {
        self.marked.set(None);
        self.offered.set(candidates(place, names, values).into());
    }

    /// The streams that what is typed so far names, over the page's time.
    fn request(self, place: &Completion) -> NamesRequest {
        let Shared { view, .. } = shared();
        let (start, end) = view.resolved.get_untracked().nanos();
        let query = place.selector.clone().unwrap_or_else(|| {
            let bare = view.state.with_untracked(|state| ViewState { query: String::new(), ..state.clone() });
            compose(&bare, None).query
        });
        NamesRequest { query, start, end }
    }

    fn cursor(self) -> Option<usize> {
        let units = self.area.with_value(|area| {
            let (start, end) = (area.selection_start().ok()??, area.selection_end().ok()??);
            (start == end).then_some(start as usize)
        })?;
        Some(self.draft.with_untracked(|text| byte_at(text, units)))
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
        if let Some(offer) = document().get_element_by_id(&format!("offer-{at}")) {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            offer.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }

    /// Puts what was chosen into the query, and looks what fits behind it.
    fn choose(self, at: usize) {
        let chosen = self.offered.with_untracked(|offered| offered.get(at).cloned());
        let (Some(chosen), Some(place)) = (chosen, self.place.get_value()) else { return };
        let mut text = self.draft.get_untracked();
        text.replace_range(place.span.0..place.span.1, &chosen.inserted);
        let cursor = place.span.0 + chosen.inserted.len();
        let units = text[..cursor].encode_utf16().count() as u32;
        self.area.with_value(|area| {
            area.set_value(&text);
            let _ = area.set_selection_range(units, units);
        });
        self.draft.set(text);
        self.close();
        self.look();
    }

    /// The list.
    pub(super) fn list(self, typing: Typing) -> El {
        let offer = move |(at, offer): (usize, &Candidate)| {
            el("li", "offer")
                .attr("id", &format!("offer-{at}"))
                .attr("role", "option")
                .attr_of("aria-selected", move || Some((self.marked.get() == Some(at)).to_string()))
                .add(el("code", "offer-word").text(&offer.shown))
                .add(el("span", "offer-hint").text(&offer.hint))
                // The box must keep the focus.
                .on("pointerdown", move |event| {
                    event.prevent_default();
                    self.choose(at);
                    typing.pause();
                })
        };
        el("ul", "offers")
            .attr("id", "query-offers")
            .attr("role", "listbox")
            .attr("aria-label", "What fits here")
            .children_of(move || self.offered.with(|offered| offered.iter().enumerate().map(offer).collect()))
    }
}

fn shared_client() -> crate::client::Client {
    shared().client
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
