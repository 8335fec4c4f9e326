//! The line between histogram and lines: how many there are, what is left out, what was asked.

use leptos::prelude::*;
use web_logic::number::{count, plural};

use super::Question;
use super::asked_line::AskedLine;
use super::counts::Counts;
use super::feed::Feed;
use crate::client::Failure;
use crate::components::{Notice, Sign, icon};
use crate::reactive::{Derived, When, each, on};
use crate::state::{Shared, shared};

/// The strip.
#[component]
pub(super) fn Strip(feed: Feed, counts: Counts, question: Derived<Question>) -> impl IntoView {
    let Shared { view, .. } = shared();
    let wrap = move || view.state.with(|state| state.wrap);
    view! {
        <div class="strip">
            <p class="strip-count" role="status">
                {move || totals(counts)}
                {move || feed.busy.get().then_some(", loading…")}
            </p>
            <AskedLine question />
            <button
                type="button"
                class="button"
                aria-pressed=move || wrap().to_string()
                title="Break long lines (w)"
                on:click=on(move |_| view.adjust(|state| state.wrap = !state.wrap))
            >
                {icon(Sign::Wrap)}
                "Wrap"
            </button>
        </div>
        <Notices feed counts />
    }
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
#[component]
fn Notices(feed: Feed, counts: Counts) -> impl IntoView {
    let Shared { live, .. } = shared();
    let warnings = move || {
        let mut warnings = feed.warnings.get();
        warnings
            .extend(counts.histogram.get().iter().flat_map(|histogram| histogram.warnings.iter().cloned()));
        warnings
    };
    let away = move || {
        live.now.with(|now| now.as_ref().is_some_and(|now| now.docker.state == api::DockerState::Away))
    };
    let broken = move || {
        feed.failure.with(|failure| match failure {
            // A refusal stands below the query box; that there is no connection is said on top of the page.
            Some(Failure::Broken(message)) => Some(message.clone()),
            _ => None,
        })
    };
    let flow = move || {
        let flow = feed.flow.get();
        let sampled = (flow.one_in > 1)
            .then(|| format!("Lines come too fast to show them all: one in {} is shown.", flow.one_in));
        let skipped = (flow.skipped > 0)
            .then(|| format!("{} left out here; they are stored.", plural(flow.skipped, "line")));
        [sampled, skipped].into_iter().flatten()
    };
    view! {
        {move || each(broken(), |message| view! {
            <Notice tone="critical">"The lines could not be read: " {message}</Notice>
        })}
        {move || {
            each(warnings(), |warning| view! { <Notice tone="warning">{warning}</Notice> })
        }}
        {move || each(flow(), |flow| view! { <Notice tone="info">{flow}</Notice> })}
        <When when=away>
            <Notice tone="warning">
                "The Docker engine does not answer: lines of its containers do not arrive for now. " <a href="/">"What to do"</a>
            </Notice>
        </When>
    }
}
