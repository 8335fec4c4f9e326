//! The sentence on top, and the problems it rests on.

use std::sync::Arc;

use api::Now;
use leptos::prelude::*;
use web_logic::choice::Choice;
use web_logic::number::{count, plural};
use web_logic::route::Page;
use web_logic::time;
use web_logic::verdict::{Problem, Tone, Verdict, judge};
use web_logic::view::ViewState;

use crate::browser;
use crate::reactive::{Derived, When, derived, each};
use crate::state::{Shared, shared};

/// More are folded away: who has so many looks at the first ones first.
const PROBLEMS_MAX: usize = 5;

/// The sentence on top, and the problems it rests on.
#[component]
pub(super) fn VerdictBlock(now: Derived<Arc<Now>>) -> impl IntoView {
    let Shared { view, ticker, .. } = shared();
    let verdict = derived(move || now.with(|now| judge(now, time::Clock { now: now.at, ..view.clock() })));
    let tone = move || verdict.with(|verdict| class(verdict.tone));
    let intake = move || {
        now.with(|now| {
            let newest = now.intake.newest.map(|at| {
                format!("; the newest line is from {}", time::ago(at, ticker.now().max(browser::now())))
            });
            let dropped: u64 = now.intake.dropped.iter().map(|(_, lines)| lines).sum();
            let dropped =
                if dropped == 0 { String::new() } else { format!("; {} dropped", plural(dropped, "line")) };
            format!(
                "{} stored since the start{}{dropped}",
                plural(now.intake.lines, "line"),
                newest.unwrap_or_default()
            )
        })
    };
    view! {
        <section class=move || format!("verdict verdict-{}", tone()) aria-label="Verdict">
            <p class="verdict-sentence" role="status">
                <span class="verdict-mark" aria-hidden="true"></span>
                {move || verdict.with(|verdict| verdict.sentence.clone())}
            </p>
            <When when=move || verdict.with(|verdict| verdict.problems.len() > 1)>
                <Problems verdict />
            </When>
            <p class="verdict-intake">{intake}</p>
        </section>
    }
}

#[component]
fn Problems(verdict: Derived<Verdict>) -> impl IntoView {
    let rest = move || verdict.with(|verdict| verdict.problems.len().saturating_sub(PROBLEMS_MAX));
    let list = move |from: usize, to: usize| {
        verdict.with(|verdict| {
            let shown = verdict.problems.iter().skip(from).take(to - from);
            each(shown, |problem| view! { <ProblemRow problem=problem.clone() /> })
        })
    };
    view! {
        <ol class="problems">{move || list(0, PROBLEMS_MAX)}</ol>
        <When when=move || rest() != 0>
            <details>
                <summary>{move || format!("{} more", count(rest() as u64))}</summary>
                <ol class="problems">{move || list(PROBLEMS_MAX, usize::MAX)}</ol>
            </details>
        </When>
    }
}

#[component]
fn ProblemRow(problem: Problem) -> impl IntoView {
    let link = each(problem.service_in.as_ref(), |environment| {
        let state = ViewState {
            services: Choice::only(&problem.subject),
            environment: Some(environment.clone()).filter(|environment| !environment.is_empty()),
            levels: problem.levels,
            ..ViewState::default()
        };
        view! { <a href=state.on(Page::Logs.path())>"Logs"</a> }
    });
    view! {
        <li class=format!("problem problem-{}", class(problem.tone))>
            <span class="problem-subject">{problem.subject.clone()}</span>
            <span>{problem.what}</span>
            <span class="problem-detail">{problem.detail}</span>
            {link}
        </li>
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Waiting => "waiting",
        Tone::Quiet => "quiet",
        Tone::Warning => "warning",
        Tone::Critical => "critical",
    }
}
