//! What was around the event: the lines of its container, how that did in this minute, and the deploy before it.

use std::sync::Arc;

use crate::prelude::*;
use api::{Around, ContainerThen, Event, Millis};
use web_logic::issues::words::deploy;
use web_logic::line::Line;
use web_logic::number::plural;
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::requests::href as request_href;
use web_logic::rows::services::Which;
use web_logic::time::{MINUTE, NANOS_PER_MILLI, Range, Resolved, time_of_day};
use web_logic::unit::written;
use web_logic::view::ViewState;

use super::super::super::logs::around_row;
use super::super::one::release_link;
use crate::components::Sign;
use crate::dom::{El, el, sign};
use crate::reactive::effect;
use crate::state::{Fetched, Shared, shared};

pub(super) fn around(event: &Event) -> El {
    let Shared { client, reach, .. } = shared();
    let answer: Fetched<Around> = Fetched::new();
    let (project, id, at) = (event.project.clone(), event.id.clone(), event.time);
    effect(move || {
        reach.recovered.track();
        answer.ask(client.around(&project, &id));
    });
    let parts = move || match (answer.get(), answer.failure()) {
        (Some(around), _) => parts(&around, at),
        (None, Some(failure)) => vec![el("p", "hint").text(&failure.to_string())],
        (None, None) => vec![el("div", "event-waiting")],
    };
    el("div", "event-around").children_of(parts)
}

fn parts(around: &Around, at: Millis) -> Vec<El> {
    let mut parts = Vec::new();
    if let Some(container) = &around.container {
        parts.push(state(container, at));
    }
    if let Some(told) = deploy(around, at) {
        let line = el("p", "event-deploy").add(sign(Sign::Refresh)).add(el("span", "").text(&told));
        let release =
            around.deploy.as_ref().filter(|deploy| deploy.told).map(|deploy| release_link(&deploy.what));
        parts.push(line.each(release));
    }
    if let Some(request) = &around.request {
        let Shared { view, .. } = shared();
        let words = format!("{} {} {}", request.status, request.method, request.path);
        let there = view.state.with(|state| request_href(state, request));
        let link = el("a", "").attr("href", &there).text(&words);
        parts.push(
            el("p", "event-deploy")
                .add(sign(Sign::Routes))
                .add(el("span", "").text("Its request: ").add(link)),
        );
    }
    parts.push(lines(around));
    parts.extend(around.missing.iter().map(|words| el("p", "hint").text(words)));
    parts
}

/// The container at that minute.
fn state(container: &ContainerThen, at: Millis) -> El {
    let Shared { view, .. } = shared();
    let which = Which::of(&container.environment, &container.project, &container.service);
    let href =
        move || Some(view.state.with(|state| which.href(&ViewState { range: near(at), ..state.clone() })));
    let name = el("a", "")
        .attr_of("href", href)
        .attr("title", "Its service at that time")
        .text(&container.container);
    let of = |used: Option<f64>, limit: Option<f64>, unit: &str| {
        let used = used.map_or_else(|| "not measured".to_owned(), |used| written(used, unit));
        limit.map_or(used.clone(), |limit| format!("{used} of {}", written(limit, unit)))
    };
    let full = container
        .memory_bytes
        .zip(container.memory_limit_bytes)
        .is_some_and(|(used, limit)| used > limit * 0.9);
    let mut facts = vec![
        fact("Container", name, Tone::Idle),
        fact(
            "CPU",
            words(&format!("{} cores", of(container.cpu_cores, container.cpu_limit_cores, "cores"))),
            Tone::Idle,
        ),
        fact("Memory", words(&of(container.memory_bytes, container.memory_limit_bytes, "bytes")), bad(full)),
        fact(
            "Restarts",
            words(&format!("{} in the hour before", container.restarts)),
            bad(container.restarts > 0),
        ),
    ];
    if container.oom_killed {
        facts.push(fact("Killed", words("by the kernel, for its memory"), Tone::Critical));
    }
    if !container.image.is_empty() {
        facts.push(fact("Image", words(&container.image), Tone::Idle));
    }
    let happened = |one: &api::Happened| {
        let when = one.at;
        el("li", "")
            .add(el("time", "hint").text_of(move || time_of_day(when, view.clock().zone, true)))
            .text(" ")
            .text(&one.text)
    };
    el("div", "host")
        .add(el("dl", "event-facts").each(facts))
        .add(el("ul", "event-happened").each(container.happened.iter().map(happened)))
}

fn words(text: &str) -> El {
    el("span", "").text(text)
}

fn bad(is_bad: bool) -> Tone {
    if is_bad { Tone::Warning } else { Tone::Idle }
}

fn fact(name: &str, held: El, tone: Tone) -> El {
    let class = if tone == Tone::Idle { String::new() } else { format!("state-{}", tone.class()) };
    el("div", "").add(el("dt", "").text(name)).add(el("dd", &class).add(held))
}

/// A quarter of an hour on either side.
fn near(at: Millis) -> Range {
    Resolved { start: at - 15 * MINUTE, end: at + 15 * MINUTE }.frozen()
}

/// The lines, the event's own time between them.
fn lines(around: &Around) -> El {
    let Shared { view, .. } = shared();
    let head = el("div", "around-head").add(el("span", "hint").text(&around.how));
    if around.query.is_empty() {
        return head;
    }
    let query = around.query.clone();
    let millis = |nanos: i64| nanos.div_euclid(NANOS_PER_MILLI);
    let range = Resolved { start: millis(around.start), end: millis(around.end) + 1 }.frozen();
    let href = move || {
        let state = ViewState { query: query.clone(), range, ..ViewState::default() };
        Some(ViewState { utc: view.state.with(|state| state.utc), ..state }.on(Page::Logs.path()))
    };
    let head = head.add(el("a", "button").attr_of("href", href).add(sign(Sign::Logs)).text("Open in Logs"));
    let all = Line::of_page(around.lines.clone());
    let split = all.iter().take_while(|line| line.time <= around.at).count();
    let row = |line: &Arc<Line>| around_row(line, false);
    let it = el("li", "around-event").add(el("span", "").text("the event"));
    let list = el("ol", "around-lines event-lines")
        .attr("tabindex", "0")
        .attr("aria-label", "Lines around the event")
        .each(all[..split].iter().map(row))
        .add(it.clone())
        .each(all[split..].iter().map(row));
    let (list_element, it) = (list.html().clone(), it.html().clone());
    // The event stands in the middle as soon as the list is laid out.
    request_animation_frame(move || {
        list_element
            .set_scroll_top(it.offset_top() - list_element.offset_top() - list_element.client_height() / 2);
    });
    el("div", "around").add(head).add(if all.is_empty() {
        el("p", "hint").text(&format!("{} around it.", plural(0, "line")))
    } else {
        list
    })
}
