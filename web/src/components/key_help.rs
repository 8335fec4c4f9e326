//! The keys and what they do.

use wasm_bindgen::JsCast;
use web_logic::keys::HELP;
use web_sys::HtmlInputElement;

use super::modal::modal;
use crate::dom::{El, el};
use crate::state::{Overlay, Shared, shared};

/// The keys and what they do.
pub(crate) fn key_help() -> El {
    modal(Overlay::Help, "Keys", "key-help", keys)
}

fn keys() -> El {
    let Shared { preferences, .. } = shared();
    let line = |(keys, what): (&str, &str)| {
        let keys = keys.split("   ").map(|one| el("kbd", "").text(one)).collect();
        el("div", "").add(el("dt", "").add_all(keys)).add(el("dd", "").text(what))
    };
    let check = el("input", "").attr("type", "checkbox");
    let input: HtmlInputElement = check.element().clone().unchecked_into();
    input.set_checked(preferences.single_keys.get_untracked());
    let check = check.on("change", move |_| preferences.set_single_keys(input.checked()));
    el("div", "")
        .add(el("h2", "").text("Keys"))
        .add(el("dl", "keys").add_all(HELP.into_iter().map(line).collect()))
        .add(el("label", "check").add(check).text("Single keys act (Ctrl K always does)"))
}
