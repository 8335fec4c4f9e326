//! What was thrown, the last first and then what caused it; or the stack of what was only told; or the text alone.

use std::sync::Arc;

use api::{Event, Exception, Thread};
use web_logic::issues::stack::kind;

use super::super::one::One;
use super::super::parts::{fold, pairs, summary, tag};
use super::frames::frames;
use crate::components::Sign;
use crate::dom::{El, button, el, icon_button, switch};
use crate::state::{Shared, shared};

pub(super) fn thrown(one: One, event: &Arc<Event>) -> El {
    let has_stack = !event.exceptions.is_empty() || !event.frames.is_empty();
    let (shown, copied) = (Arc::clone(event), event.raw.clone());
    let draw =
        move |case| if case == 1 { el("pre", "snippet event-raw").text(&shown.raw) } else { stacks(&shown) };
    let choice = move |raw: bool, words: &str, title: &str| {
        button("segment", words)
            .attr("title", title)
            .pressed_of(move || one.raw.get() == raw)
            .click(move || one.raw.set(raw))
    };
    let Shared { toast, .. } = shared();
    let head = el("div", "event-head")
        .add(el("h2", "things-title").text(if has_stack { "Stack" } else { "Message" }))
        .add(
            el("div", "segments")
                .attr("role", "group")
                .attr("aria-label", "How the stack is shown")
                .add(choice(false, "Frames", "The program’s own frames open (r)"))
                .add(choice(true, "Raw", "As the language prints it (r)")),
        )
        .add(
            icon_button(Sign::Copy, "Copy the raw stack").click(move || toast.copy(copied.clone(), "Stack")),
        );
    let part = el("section", "issue-section event-stack");
    let part = if has_stack && !event.raw.is_empty() { part.add(head) } else { part };
    part.add(switch(move || usize::from(one.raw.get() && has_stack), Box::new(draw), usize::MAX))
}

fn stacks(event: &Event) -> El {
    let count = event.exceptions.len();
    let one = |(at, exception): (usize, &Exception)| self::exception(exception, at, count);
    let all = el("div", "event-parts");
    let all = match (event.text.as_str(), event.exceptions.is_empty()) {
        ("", true) => all.add(el("p", "event-text").text(&event.title)),
        ("", false) => all,
        (text, _) => all.add(logged(text, &event.template)),
    };
    let all = all.each(event.exceptions.iter().rev().enumerate().map(one));
    let all = if event.frames.is_empty() { all } else { all.add(frames(&event.frames, None)) };
    if event.csp.is_empty() { all.each(threads(&event.threads)) } else { all.add(pairs(&event.csp)) }
}

/// What was logged, and as what: the values are marks of the template.
fn logged(text: &str, template: &str) -> El {
    let logged = el("p", "event-text").text(text);
    if template.is_empty() || template == text {
        return logged;
    }
    logged.add(el("span", "event-template hint").text("logged as ").add(el("code", "").text(template)))
}

fn exception(exception: &Exception, at: usize, count: usize) -> El {
    let told = match exception.handled {
        Some(false) => vec![tag("unhandled")],
        Some(true) if count == 1 => vec![tag("handled")],
        _ => Vec::new(),
    };
    let mechanism = (!exception.mechanism.is_empty()
        && !matches!(exception.mechanism.as_str(), "generic" | "chained"))
    .then(|| el("span", "hint").text(&format!("by {}", exception.mechanism)));
    let cause = (at > 0).then(|| el("p", "thrown-cause hint").text("caused by"));
    let head = el("div", "thrown-head")
        .add(el("h3", "").text(&kind(exception)))
        .each(told.into_iter().chain(mechanism));
    let body = el("div", "thrown").each(cause).add(head).add(el("p", "thrown-value").text(&exception.value));
    if exception.frames.is_empty() {
        return body;
    }
    body.add(frames(&exception.frames, exception.omitted))
}

/// Other threads, folded.
fn threads(threads: &[Thread]) -> Option<El> {
    if threads.is_empty() {
        return None;
    }
    let one = |thread: &Thread| {
        let words =
            if thread.name.is_empty() { format!("Thread {}", thread.id) } else { thread.name.clone() };
        let words = if thread.crashed { format!("{words}, where it happened") } else { words };
        fold("frames-library", summary(&words, thread.frames.len()), false).add(frames(&thread.frames, None))
    };
    let all = fold("issue-fold", summary("Threads", threads.len()), false);
    Some(all.each(threads.iter().map(one)))
}
