//! A choice of one among a few, built by hand.

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

use crate::dom::{El, el};
use crate::reactive::{Ask, effect};

/// Values with their words, and the value that is chosen.
pub(crate) type Options = (Vec<(String, String)>, String);

/// The choice; `options` follows signals.
pub(crate) fn select(label: &str, options: impl Fn() -> Options + 'static, choose: fn(String)) -> El {
    built(label, Box::new(options), choose)
}

fn built(label: &str, options: Box<dyn Ask<Options>>, choose: fn(String)) -> El {
    let element = el("select", "select").attr("aria-label", label).attr("title", label);
    let select: HtmlSelectElement = element.element().clone().unchecked_into();
    let chosen = select.clone();
    let known = StoredValue::new(Vec::new());
    effect(move || {
        let (all, value) = options.ask();
        // What is open must not be built anew below the pointer.
        if known.get_value() != all {
            let each = all.iter().map(|(value, words)| el("option", "").attr("value", value).text(words));
            select.set_text_content(None);
            for option in each {
                let _ = select.append_child(option.element());
            }
            known.set_value(all);
        }
        select.set_value(&value);
    });
    element.on("change", move |_| choose(chosen.value()))
}

/// All of something, or one of these; what is chosen is among them even if it is known no more.
pub(crate) fn all_or_one(all: &str, mut values: Vec<String>, chosen: Option<String>) -> Options {
    let chosen = chosen.unwrap_or_default();
    if !chosen.is_empty() && !values.contains(&chosen) {
        values.push(chosen.clone());
    }
    let each = values.into_iter().map(|value| (value.clone(), value));
    (std::iter::once((String::new(), all.to_owned())).chain(each).collect(), chosen)
}
