//! There is no page at this address.

use crate::dom::{El, el};

/// Says so, and where to go.
pub(crate) fn not_found() -> El {
    let link = |href: &str, words: &str| el("a", "").attr("href", href).text(words);
    el("section", "empty")
        .add(el("h1", "").attr("tabindex", "-1").text("There is no page at this address"))
        .add(
            el("p", "")
                .add(link("/", "Now"))
                .text(" shows how everything does; ")
                .add(link("/logs", "Logs"))
                .text(" shows the lines."),
        )
}
