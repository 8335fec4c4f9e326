//! The line between histogram and lines: how many there are, lines or patterns, what was asked, the file; and
//! what is left out.

use crate::prelude::*;
use web_logic::number::{count, plural};
use web_logic::view::Show;

use super::Question;
use super::counts::{Counts, request};
use super::feed::Feed;
use super::histogram::missing;
use crate::client::{Failure, download_address};
use crate::components::{Opener, Sign, notice, popover};
use crate::dom::{El, button, el, icon_button, sign};
use crate::reactive::{Derived, derived, lingering};
use crate::state::{Shared, shared};

/// The strip.
pub(super) fn strip(feed: Feed, counts: Counts, question: Derived<Question>) -> El {
    let Shared { view, .. } = shared();
    let segment = move |show: Show, words: &str| {
        button("segment", words)
            .pressed_of(move || view.state.with(|state| state.show == show))
            .click(move || view.change(|state| state.show = show))
    };
    let segments = el("div", "segments")
        .attr("role", "group")
        .attr("aria-label", "What is shown")
        .add(segment(Show::Lines, "Lines"))
        .add(segment(Show::Patterns, "Patterns"));
    let lingers = lingering(move || feed.busy.get());
    let told = el("p", "strip-count").attr("role", "status").text_of(move || {
        let loading = if lingers.get() { ", loading…" } else { "" };
        format!("{}{loading}", totals(counts))
    });
    let wrap = el("button", "button")
        .attr("type", "button")
        .attr("title", "Break long lines (w)")
        .pressed_of(move || view.state.with(|state| state.wrap))
        .add(sign(Sign::Wrap))
        .add(el("span", "strip-word").text("Wrap"))
        .click(move || view.adjust(|state| state.wrap = !state.wrap));
    el("div", "strip")
        .add(segments)
        .add(told)
        .add(asked_line(question))
        .add(el("span", "strip-gap"))
        .add(download(question))
        .add(wrap)
}

/// The LogQL that was asked, to learn from and to take along; not where it stands in the query box anyway.
fn asked_line(question: Derived<Question>) -> El {
    let Shared { view, toast, .. } = shared();
    let query = derived(move || question.with(|question| question.asked.query.clone()));
    let is_new = move || view.state.with(|state| query.with(|query| *query != state.query.trim()));
    let copy =
        icon_button(Sign::Copy, "Copy the query").click(move || toast.copy(query.get_untracked(), "Query"));
    el("div", "asked wide-only")
        .class_of("gone", move || !is_new())
        .add(el("code", "").attr("title", "What was asked, in LogQL").text_of(move || query.get()))
        .add(copy)
}

/// All lines of the question as a file, however many there are.
fn download(question: Derived<Question>) -> El {
    let open = RwSignal::new(false);
    let kinds = [
        ("text", "Text", "the lines as they were written, each after its time"),
        ("json", "JSON", "an object a line, with labels and fields"),
        ("csv", "CSV", "a table for spreadsheets"),
    ];
    let panel = move || {
        let link = |(format, words, about): (&str, &str, &str)| {
            let asked = question.get_untracked();
            let request = request(asked.asked, asked.range, 0);
            el("a", "download-kind")
                .attr("href", &download_address(&request, format))
                .attr("download", "")
                .attr("target", "_self")
                .add(el("b", "").text(words))
                .add(el("span", "hint").text(about))
                .click(move || open.set(false))
        };
        el("div", "downloads")
            .add(el("p", "hint").text("All lines that were found, not only those loaded here."))
            .add_all(kinds.into_iter().map(link).collect())
    };
    let opener = Opener { label: "Download the lines", sign: Sign::Download, class: "download" };
    el("div", "strip-download").add(popover(opener, || "Download".to_owned(), open, panel))
}

fn totals(counts: Counts) -> String {
    if counts.histogram.failure().is_some() {
        return String::new();
    }
    let Some(histogram) = counts.histogram.get() else { return "Counting…".to_owned() };
    let sum = |from: usize| histogram.buckets.iter().flat_map(|bucket| &bucket.counts[from..]).sum::<u64>();
    let errors = match sum(5) {
        0 => String::new(),
        errors => format!(", {} of them errors", count(errors)),
    };
    format!("{}{errors}", plural(sum(0), "line"))
}

/// What was left out is always said.
pub(super) fn notices(feed: Feed, counts: Counts) -> El {
    let Shared { live, .. } = shared();
    let told = move || {
        let mut told = Vec::new();
        // A refusal stands below the query box; that there is no connection is said on top of the page.
        if let Some(Failure::Broken(message)) = feed.failure.get() {
            told.push(notice("critical", &format!("The lines could not be read: {message}")));
        }
        let mut warnings = feed.warnings.get();
        warnings.extend(missing(counts));
        warnings
            .extend(counts.histogram.get().iter().flat_map(|histogram| histogram.warnings.iter().cloned()));
        told.extend(warnings.iter().map(|warning| notice("warning", warning)));
        let flow = feed.flow.get();
        if flow.one_in > 1 {
            let words = format!("Lines come too fast to show them all: one in {} is shown.", flow.one_in);
            told.push(notice("info", &words));
        }
        if flow.skipped > 0 {
            told.push(notice(
                "info",
                &format!("{} left out here; they are stored.", plural(flow.skipped, "line")),
            ));
        }
        let is_away = |now: &api::Now| now.docker.state == api::DockerState::Away;
        if live.now.with(|now| now.as_ref().is_some_and(|now| is_away(now))) {
            let words = "The Docker engine does not answer: lines of its containers do not arrive for now. ";
            told.push(notice("warning", words).add(el("a", "").attr("href", "/").text("What to do")));
        }
        told
    };
    el("div", "notices").children_of(told)
}
