//! The field that a query is typed into, with its fault underlined where it stands and what fits offered below.
//! Which language it is, its owner says: [`Language`].

mod offers;

use std::rc::Rc;

use crate::prelude::*;
use api::QueryFault;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use web_sys::KeyboardEvent;

use crate::client::Failure;
use crate::dom::{El, el};
use crate::reactive::effect;

pub(crate) use offers::Offers;

/// Offers what fits in a text with the cursor at a byte.
type Look = Box<dyn Fn(Offers, &str, usize)>;
/// What is wrong with what stands in a field.
type Fault = Rc<dyn Fn() -> Option<QueryFault>>;
/// Where in a field's text a fault's place is.
type Place = Box<dyn Fn(&str, (u32, u32)) -> Option<(usize, usize)>>;

/// What a language brings along.
pub(crate) struct Language {
    /// Offers what fits.
    pub(crate) look: Look,
    /// What is wrong.
    pub(crate) fault: Fault,
    /// Where that is.
    pub(crate) place: Place,
}

/// How a field is labelled, and what it tells.
pub(crate) struct QueryField {
    /// Tells it from other fields of the page.
    pub(crate) id: String,
    /// For those who read by ear.
    pub(crate) label: String,
    /// What stands in it while it is empty.
    pub(crate) placeholder: &'static str,
    /// What stands in it.
    pub(crate) draft: RwSignal<String>,
    /// The language.
    pub(crate) language: Language,
    /// Somebody typed or chose something.
    pub(crate) typed: Rc<dyn Fn()>,
    /// Enter was pressed.
    pub(crate) entered: Rc<dyn Fn()>,
}

/// The text with its underlay, and what hangs below it.
pub(crate) fn query_field(field: QueryField) -> (El, El) {
    let QueryField { id, label, placeholder, draft, language, typed, entered } = field;
    let Language { look, fault, place } = language;
    let input = el("textarea", "query-input");
    let area: HtmlTextAreaElement = input.element().clone().unchecked_into();
    let offers = Offers::new(&id, area.clone(), draft, look);
    let shown = area.clone();
    effect(move || {
        let text = draft.get();
        if shown.value() != text {
            shown.set_value(&text);
        }
    });
    let (faulty, offer) = (Rc::clone(&fault), id.clone());
    let input = input
        .attr("id", &id)
        .attr("rows", "1")
        .attr("role", "combobox")
        .attr("aria-label", &label)
        .attr("aria-autocomplete", "list")
        .attr("aria-controls", &format!("{id}-offers"))
        .attr("aria-describedby", &format!("{id}-fault"))
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("enterkeyhint", "search")
        .attr("placeholder", placeholder)
        .attr_of("aria-expanded", move || Some(offers.is_open().to_string()))
        .attr_of("aria-activedescendant", move || offers.marked().map(|at| format!("{offer}-offer-{at}")))
        .attr_of("aria-invalid", move || Some(faulty().is_some().to_string()));
    let chosen = Rc::clone(&typed);
    let list = offers.list(Rc::clone(&typed));
    let on_input = move |_| {
        draft.set(area.value());
        offers.look();
        typed();
    };
    let pressed = move |event: web_sys::Event| {
        let event: KeyboardEvent = event.unchecked_into();
        let before = draft.get_untracked();
        if offers.key(&event) {
            event.prevent_default();
            event.stop_propagation();
            if draft.with_untracked(|draft| *draft != before) {
                chosen();
            }
        } else if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            offers.close();
            entered();
        }
    };
    let input = input
        .on("input", on_input)
        .on("keydown", pressed)
        .on("click", move |_| offers.look())
        .on("blur", move |_| offers.close());
    let told = Rc::clone(&fault);
    let line = el("div", "query-fault")
        .attr("id", &format!("{id}-fault"))
        .attr("role", "alert")
        .text_of(move || told().map(|fault| Failure::Refused(fault).to_string()).unwrap_or_default());
    let text = el("div", "query-text").add(underlay(draft, fault, place)).add(input);
    (text, el("div", "query-below").add(line).add(list))
}

/// The same text as in the field, unseen, with the faulty place underlined. It also gives the field its height.
fn underlay(draft: RwSignal<String>, fault: Fault, place: Place) -> El {
    el("pre", "query-underlay").attr("aria-hidden", "true").children_of(move || {
        let text = draft.get();
        let place = fault().and_then(|fault| fault.at).and_then(|at| place(&text, at));
        let Some((start, end)) = place else { return vec![el("span", "").text(&text).text("\u{200b}")] };
        // A place behind the last character is shown as a gap.
        let faulty = if start == end { "\u{a0}" } else { &text[start..end] };
        vec![
            el("span", "").text(&text[..start]),
            el("mark", "fault-place").text(faulty),
            el("span", "").text(&text[end..]).text("\u{200b}"),
        ]
    })
}
