//! A bar that says what is wrong or left out.

use leptos::prelude::*;

use super::icon::{Sign, icon};
use crate::dom::{El, el, sign};

/// A bar with a sentence, built by hand.
pub(crate) fn notice(tone: &str, words: &str) -> El {
    let role = if tone == "critical" { "alert" } else { "status" };
    let picture = if tone == "info" { Sign::Info } else { Sign::Warning };
    el("div", &format!("notice notice-{tone}"))
        .attr("role", role)
        .add(sign(picture))
        .add(el("div", "notice-body").text(words))
}

/// A bar with a sentence and perhaps something to do. `tone` ends its class: `critical`, `warning`, `info`.
#[component]
pub(crate) fn Notice(tone: &'static str, children: Children) -> impl IntoView {
    let role = if tone == "critical" { "alert" } else { "status" };
    let sign = if tone == "info" { Sign::Info } else { Sign::Warning };
    view! {
        <div class=format!("notice notice-{tone}") role=role>
            {icon(sign)}
            <div class="notice-body">{children()}</div>
        </div>
    }
}
