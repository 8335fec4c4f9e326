//! A bar that says what is wrong or left out.

use super::icon::Sign;
use crate::dom::{El, el, sign};

/// A bar with a sentence. `tone` ends its class: `critical`, `warning`, `info`.
pub(crate) fn notice(tone: &str, words: &str) -> El {
    notice_with(tone, words, None)
}

/// A bar with a sentence and something behind it.
pub(crate) fn notice_with(tone: &str, words: &str, more: Option<El>) -> El {
    let role = if tone == "critical" { "alert" } else { "status" };
    let picture = if tone == "info" { Sign::Info } else { Sign::Warning };
    el("div", &format!("notice notice-{tone}"))
        .attr("role", role)
        .add(sign(picture))
        .add(el("div", "notice-body").text(words).each(more))
}
