//! Small parts of these pages.

use api::Pair;
use web_logic::rows::Tone;

use crate::dom::{El, el};

/// Something that unfolds; the browser does it alone.
pub(super) fn fold(class: &str, summary: El, opens: bool) -> El {
    let details = el("details", class).add(summary);
    if opens { details.attr("open", "") } else { details }
}

/// What is seen of it while it is folded: words, and beside them how many there are.
pub(super) fn summary(words: &str, count: usize) -> El {
    let summary = el("summary", "").text(words);
    if count == 0 { summary } else { summary.add(el("span", "hint").text(&format!(" {count}"))) }
}

/// Names and values below each other.
pub(super) fn pairs(pairs: &[Pair]) -> El {
    let one = |(name, value): &Pair| el("div", "").add(el("dt", "").text(name)).add(el("dd", "").text(value));
    el("dl", "pairs").each(pairs.iter().map(one))
}

/// A part of a page under its heading.
pub(super) fn section(heading: &str) -> El {
    el("section", "issue-section").add(el("h2", "things-title").text(heading))
}

/// A word in its colour, with a mark so that colour is not alone.
pub(super) fn toned((tone, words): (Tone, &str)) -> El {
    let mark = el("span", "").attr("aria-hidden", "true").text(tone.mark());
    el("span", &format!("state state-{}", tone.class())).add(mark).text(words)
}

/// A word that tells apart: `fatal`, `unhandled`.
pub(super) fn tag(words: &str) -> El {
    el("span", "tag").text(words)
}
