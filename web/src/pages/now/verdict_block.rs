//! The sentence on top, and the problems it rests on.

use std::sync::Arc;

use api::Now;
use web_logic::choice::Choice;
use web_logic::number::{count, plural};
use web_logic::route::Page;
use web_logic::time;
use web_logic::verdict::{Problem, Tone, Verdict, judge};
use web_logic::view::ViewState;

use crate::browser;
use crate::dom::{El, el};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

/// More are folded away: who has so many looks at the first ones first.
const PROBLEMS_MAX: usize = 5;

/// The sentence on top, and the problems it rests on.
pub(super) fn verdict_block(now: Derived<Arc<Now>>) -> El {
    let Shared { view, ticker, .. } = shared();
    let verdict = derived(move || now.with(|now| judge(now, time::Clock { now: now.at, ..view.clock() })));
    let class = move || Some(format!("verdict verdict-{}", verdict.with(|verdict| class(verdict.tone))));
    let sentence = el("span", "").text_of(move || verdict.with(|verdict| verdict.sentence.clone()));
    el("section", "")
        .attr_of("class", class)
        .attr("aria-label", "Verdict")
        .add(
            el("p", "verdict-sentence")
                .attr("role", "status")
                .add(el("span", "verdict-mark").attr("aria-hidden", "true"))
                .add(sentence),
        )
        .add(el("div", "host").children_of(move || verdict.with(problems)))
        .add(el("p", "verdict-intake").text_of(move || now.with(|now| intake(now, ticker.now()))))
}

fn intake(now: &Now, seen: api::Millis) -> String {
    let newest = now
        .intake
        .newest
        .map(|at| format!("; the newest line is from {}", time::ago(at, seen.max(browser::now()))));
    let dropped: u64 = now.intake.dropped.iter().map(|(_, lines)| lines).sum();
    let dropped = if dropped == 0 { String::new() } else { format!("; {} dropped", plural(dropped, "line")) };
    let stored = plural(now.intake.lines, "line");
    format!("{stored} stored since the start{}{dropped}", newest.unwrap_or_default())
}

fn problems(verdict: &Verdict) -> Vec<El> {
    let all = &verdict.problems;
    if all.len() < 2 {
        return Vec::new();
    }
    let list = |some: &[Problem]| el("ol", "problems").add_all(some.iter().map(row).collect());
    let (first, rest) = all.split_at(all.len().min(PROBLEMS_MAX));
    let mut parts = vec![list(first)];
    if !rest.is_empty() {
        let summary = el("summary", "").text(&format!("{} more", count(rest.len() as u64)));
        parts.push(el("details", "").add(summary).add(list(rest)));
    }
    parts
}

fn row(problem: &Problem) -> El {
    let link = problem.service_in.as_ref().map(|environment| {
        let state = ViewState {
            services: Choice::only(&problem.subject),
            environment: Some(environment.clone()).filter(|environment| !environment.is_empty()),
            levels: problem.levels,
            ..ViewState::default()
        };
        el("a", "").attr("href", &state.on(Page::Logs.path())).text("Logs")
    });
    el("li", &format!("problem problem-{}", class(problem.tone)))
        .add(el("span", "problem-subject").text(&problem.subject))
        .add(el("span", "").text(&problem.what))
        .add(el("span", "problem-detail").text(&problem.detail))
        .each(link)
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Waiting => "waiting",
        Tone::Quiet => "quiet",
        Tone::Warning => "warning",
        Tone::Critical => "critical",
    }
}
