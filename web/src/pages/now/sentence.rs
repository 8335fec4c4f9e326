//! The sentence on top: what is wrong, or that nothing is.

use api::{Now, Sentence};
use web_logic::number::plural;
use web_logic::rows::Tone;
use web_logic::{time, told};

use super::Known;
use crate::browser;
use crate::dom::{El, el};
use crate::reactive::derived;
use crate::state::{Shared, shared};

/// The sentence, and what it was made from.
pub(super) fn sentence(known: Known) -> El {
    let Shared { view, ticker, .. } = shared();
    let sentence = derived(move || {
        known.situation.with(|situation| situation.as_ref().map(|situation| situation.sentence.clone()))
    });
    let class =
        move || Some(format!("verdict verdict-{}", sentence.with(|sentence| class(sentence.as_ref()))));
    let words = move || sentence.with(|sentence| sentence.as_ref().map(words).into_iter().collect());
    let now = known.now;
    el("section", "")
        .attr_of("class", class)
        .attr("aria-label", "How it is")
        .add(
            el("p", "verdict-sentence")
                .attr("role", "status")
                .add(el("span", "verdict-mark").attr("aria-hidden", "true"))
                .add(el("span", "verdict-words").children_of(words)),
        )
        .add(el("p", "verdict-intake").text_of(move || {
            let zone = view.clock();
            let last = known.situation.with(|situation| {
                let last = situation.as_ref().and_then(|situation| situation.last.as_ref());
                last.map(|last| format!("{}: {}. ", told::times(&last.what, zone), told::lasting(last, zone)))
            });
            let last = last
                .filter(|_| sentence.with(|told| told.as_ref().is_some_and(|told| told.severity.is_none())));
            let last = last.map(|last| format!("The last incident: {last}")).unwrap_or_default();
            format!("{last}{}", now.with(|now| intake(now, ticker.now())))
        }))
}

fn words(sentence: &Sentence) -> El {
    let Shared { view, .. } = shared();
    let words = told::times(&sentence.text, view.clock());
    if sentence.incident.is_empty() || sentence.severity.is_none() {
        return el("span", "").text(&words);
    }
    el("a", "").attr("href", &format!("/incidents/{}", sentence.incident)).text(&words)
}

/// The end of the block's class.
fn class(sentence: Option<&Sentence>) -> &'static str {
    match sentence.map(|sentence| sentence.severity.map(told::tone)) {
        None => "waiting",
        Some(None) => "quiet",
        Some(Some(Tone::Critical)) => "critical",
        Some(Some(_)) => "warning",
    }
}

fn intake(now: &Now, seen: api::Millis) -> String {
    let newest = now.intake.newest.map(|at| time::ago(at, seen.max(browser::now())));
    let newest = newest.map(|ago| format!("; the newest line is from {ago}")).unwrap_or_default();
    let dropped: u64 = now.intake.dropped.iter().map(|(_, lines)| lines).sum();
    let dropped = if dropped == 0 { String::new() } else { format!("; {} dropped", plural(dropped, "line")) };
    format!("{} stored since the start{newest}{dropped}", plural(now.intake.lines, "line"))
}
