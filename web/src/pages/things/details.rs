//! What is seen when a row is unfolded: what is wrong first, then the facts.

use web_logic::rows::{Detail, Tone};

use crate::components::notice;
use crate::dom::{El, el};

/// The parts of an unfolded row, or of a page.
pub(crate) fn details(details: &[Detail]) -> Vec<El> {
    let (reasons, facts): (Vec<&Detail>, Vec<&Detail>) =
        details.iter().partition(|detail| matches!(detail, Detail::Reason(..)));
    let mut parts: Vec<El> = reasons.into_iter().map(detail).collect();
    parts.push(el("dl", "facts").add_all(facts.into_iter().map(detail).collect()));
    vec![el("div", "details").add_all(parts)]
}

fn detail(detail: &Detail) -> El {
    match detail {
        Detail::Reason(tone, words) => reason(*tone, words),
        Detail::Fact(name, words) => fact(name, el("dd", "").text(words)),
        Detail::Quote(name, text) => fact(name, el("dd", "").add(el("code", "").text(text))),
        Detail::Labels(name, labels) => {
            let one = |(name, value): &(String, String)| {
                el("span", "tag").text(name).text("=").add(el("b", "").text(value))
            };
            fact(name, el("dd", "label-list").add_all(labels.iter().map(one).collect()))
        }
        Detail::Links(links) => {
            let one = |(words, href): &(String, String)| el("a", "").attr("href", href).text(words);
            fact("More", el("dd", "details-links").add_all(links.iter().map(one).collect()))
        }
    }
}

/// What is wrong, in a sentence.
fn reason(tone: Tone, words: &str) -> El {
    let tone = match tone {
        Tone::Critical => "critical",
        Tone::Warning => "warning",
        _ => "info",
    };
    notice(tone, words)
}

fn fact(name: &str, held: El) -> El {
    el("div", "").add(el("dt", "").text(name)).add(held)
}
