//! What a service is called, how it does, and the few numbers that tell it.

use api::{ServicePage, ServiceRow};
use web_logic::choice::Choice;
use web_logic::issues::query;
use web_logic::level::LevelSet;
use web_logic::number::plural;
use web_logic::query_string;
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::services::{Which, memory, standing};
use web_logic::time;
use web_logic::unit::written;
use web_logic::view::ViewState;

use crate::components::Sign;
use crate::dom::{El, el, sign};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

/// The way back, the name, the state, and the ways on.
pub(super) fn head(which: &Which, answer: Fetched<ServicePage>) -> El {
    let Shared { view, .. } = shared();
    let state = derived(move || answer.get().map(|page| standing(&page.service)));
    let mark = move || {
        let Some((tone, word)) = state.get() else { return Vec::new() };
        let mark = el("span", "").attr("aria-hidden", "true").text(tone.mark());
        vec![el("span", &format!("state state-{}", tone.class())).add(mark).text(word)]
    };
    let place = [&which.environment, &which.project].map(String::as_str);
    let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let back = el("a", "service-back")
        .attr_of("href", move || Some(view.href(Page::Services)))
        .add(sign(Sign::Left))
        .text("Services");
    let named = which.clone();
    let lines = move |levels: LevelSet| {
        let which = named.clone();
        move || Some(view.state.with(|state| which.lines(state, levels)))
    };
    let link = |words: &str, picture: Sign| el("a", "button").add(sign(picture)).text(words);
    el("header", "things-head")
        .add(back)
        .add(el("h1", "").attr("tabindex", "-1").text(&which.service))
        .add(el("p", "host").attr("role", "status").children_of(mark))
        .add(el("span", "hint").text(&place.join(" · ")))
        .add(
            el("nav", "service-links")
                .attr("aria-label", "More of this service")
                .add(link("Lines", Sign::Logs).attr_of("href", lines(LevelSet::default())))
                .add(link("Error lines", Sign::Warning).attr_of("href", lines(LevelSet::ERRORS)))
                .add(link("Issues", Sign::Issues).attr_of("href", move || Some(issues(answer))))
                .add(link("Requests", Sign::Routes).attr_of("href", of_service(Page::Requests, which)))
                .add(link("Routes", Sign::Routes).attr_of("href", of_service(Page::Routes, which)))
                .add(link("Last deploy", Sign::Clock).attr_of("href", last_deploy(which))),
        )
}

/// Another page, narrowed to the service, at the same time.
fn of_service(page: Page, which: &Which) -> impl Fn() -> Option<String> + 'static {
    let Shared { view, .. } = shared();
    let service = which.service.clone();
    move || {
        let state = view.state.with(|state| state.carried_to(page));
        Some(ViewState { services: Choice::only(&service), ..state }.on(page.path()))
    }
}

fn last_deploy(which: &Which) -> impl Fn() -> Option<String> + 'static {
    let name = String::from(js_sys::encode_uri_component(&which.service));
    let environment = which.environment.clone();
    move || {
        let pairs = query_string::write(&[("env", environment.clone())]);
        Some(format!("/services/{name}/deploy?{pairs}"))
    }
}

/// Unresolved issues of its containers, at the same time: the SDKs tell in which one an event happened.
fn issues(answer: Fetched<ServicePage>) -> String {
    let Shared { view, .. } = shared();
    let page = answer.get();
    let ids: Vec<&str> = page.iter().flat_map(|page| &page.workloads).map(|one| one.id.as_str()).collect();
    let mut state = view.state.with(|state| state.carried_to(Page::Issues));
    query::write(&mut state, &query::of_servers(&ids));
    state.on(Page::Issues.path())
}

/// A few numbers, each with what it is measured against.
pub(super) fn stats(answer: Fetched<ServicePage>) -> El {
    let Shared { ticker, .. } = shared();
    let all = derived(move || {
        let now = ticker.now();
        answer.get().map(|page| figures(&page.service, now)).unwrap_or_default()
    });
    let one = |(name, figure, note, tone): &(&'static str, String, String, Tone)| {
        let class = match tone {
            Tone::Critical | Tone::Warning => format!("state-{}", tone.class()),
            _ => String::new(),
        };
        el("div", "stat")
            .add(el("dt", "").text(name))
            .add(el("dd", &class).add(el("b", "").text(figure)).add(el("span", "hint").text(note)))
    };
    el("dl", "stats").children_of(move || all.with(|all| all.iter().map(one).collect()))
}

fn figures(row: &ServiceRow, now: api::Millis) -> Vec<(&'static str, String, String, Tone)> {
    let cell = memory(row);
    let limit = row.memory_limit_bytes.filter(|limit| *limit > 0.0);
    let limit =
        limit.map_or_else(|| "no limit".to_owned(), |limit| format!("of {}", written(limit, "bytes")));
    let bad = |is_bad: bool| if is_bad { Tone::Warning } else { Tone::Idle };
    let cores = row.cpu_cores.map_or_else(|| "–".to_owned(), |cores| written(cores, "cores"));
    let mut all = vec![
        ("CPU", cores, "cores".to_owned(), Tone::Idle),
        ("Memory", cell.text, limit, cell.tone),
        (
            "Containers",
            row.running.to_string(),
            format!("of {} running", row.containers),
            bad(row.running < row.containers),
        ),
        ("Restarts", row.restarts.to_string(), "in 24 h".to_owned(), bad(row.restarts > 0)),
    ];
    if let Some(length) = row.queue_length {
        all.push((
            "Queue",
            length.to_string(),
            format!("{} waiting", if length == 1 { "task" } else { "tasks" }),
            Tone::Idle,
        ));
    }
    if let Some(at) = row.last_deploy {
        all.push(("Last deploy", time::ago(at, now), String::new(), Tone::Idle));
    }
    let probes = row.probes_up + row.probes_down;
    if probes > 0 {
        let note = format!("of {} pass", plural(u64::from(probes), "probe"));
        all.push(("Probes", row.probes_up.to_string(), note, bad(row.probes_down > 0)));
    }
    all
}
