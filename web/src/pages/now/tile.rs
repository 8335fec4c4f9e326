//! One service: its state, an hour of its lines, what changed.

use api::{Now, RunState, ServiceTile, TileNumbers, WorkloadRow};
use web_logic::choice::Choice;
use web_logic::level::LevelSet;
use web_logic::number::{count, plural, rate};
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::services::Which;
use web_logic::spark;
use web_logic::time;
use web_logic::told;
use web_logic::unit::written;
use web_logic::verdict::ending;
use web_logic::view::ViewState;

use super::Known;
use super::group::TileKey;
use super::state_mark::{state_mark, words};
use crate::dom::{El, drawings, el};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

/// One service.
pub(super) fn tile(which: TileKey, known: Known) -> El {
    let Shared { view, .. } = shared();
    let now = known.now;
    let logs = now.with_untracked(|now| logs_of(&which, now));
    let errors = ViewState { levels: LevelSet::ERRORS, ..logs };
    let place = Which::of(&which.environment, &which.project, &which.service);
    let link = el("a", "tile-link")
        .attr_of("href", move || Some(view.state.with(|state| place.href(state))))
        .text(&which.service);
    let numbers = numbers_of(which.clone(), known);
    let tile =
        derived(move || now.with(|now| now.services.iter().find(|tile| TileKey::of(tile) == which).cloned()));
    // Each part is drawn anew with the tile: all of them are small.
    let with = move |name: &str, class: &str, read: fn(&ServiceTile) -> Vec<El>| {
        el(name, class).children_of(move || tile.with(|tile| tile.as_ref().map(read).unwrap_or_default()))
    };
    let recent_errors = move || {
        tile.with(|tile| tile.as_ref().is_some_and(|tile| spark::per_minute(&tile.error_lines) > 0.0))
    };
    let all_errors = move || {
        let all = tile.with(|tile| tile.as_ref().map_or(0, errors_in));
        Some(format!("{} in the last hour", plural(all, "error line")))
    };
    let needs_someone = move || {
        tile.with(|tile| tile.as_ref().is_some_and(|tile| words(tile.state, tile.health).1 == "critical"))
    };
    let error_link = with("a", "tile-errors", error_rate)
        .class_of("tile-errors-now", recent_errors)
        .attr_of("title", all_errors)
        .attr("href", &errors.on(Page::Logs.path()));
    let rates = el("p", "tile-rates").add(with("span", "", line_rate)).add(error_link).add(with(
        "span",
        "host",
        open_issues,
    ));
    el("article", "tile")
        .class_of("tile-critical", move || needs_someone() || numbers.with(is_grave))
        .add(
            el("header", "tile-head")
                .add(el("h3", "").add(link))
                .add(with("span", "host", |tile| vec![state_mark(tile.state, tile.health)])),
        )
        .add(el("div", "host").children_of(move || numbers.with(trouble)))
        .add(with("div", "host", sparkline))
        .add(el("dl", "tile-numbers").children_of(move || numbers.with(figures)))
        .add(rates)
        .add(with("div", "host", facts))
        .add(with("div", "host", containers))
}

/// The numbers of a service, once they are known.
fn numbers_of(which: TileKey, known: Known) -> Derived<TileNumbers> {
    derived(move || {
        known.situation.with(|situation| {
            let mut all = situation.iter().flat_map(|situation| &situation.tiles);
            let is_it = |numbers: &&TileNumbers| {
                (&numbers.service, &numbers.project, &numbers.environment)
                    == (&which.service, &which.project, &which.environment)
            };
            all.find(is_it).cloned().unwrap_or_default()
        })
    })
}

fn is_grave(numbers: &TileNumbers) -> bool {
    numbers.severity.is_some_and(|severity| told::tone(severity) == Tone::Critical)
}

/// The way to the incident that it has a part in.
fn trouble(numbers: &TileNumbers) -> Vec<El> {
    let Some(severity) = numbers.severity.filter(|_| !numbers.incident.is_empty()) else { return Vec::new() };
    let class = format!("tile-incident state-{}", told::tone(severity).class());
    let link = el("a", &class).attr("href", &format!("/incidents/{}", numbers.incident));
    vec![link.text("Part of an incident")]
}

/// What is measured of it; what is not measured is not there.
fn figures(numbers: &TileNumbers) -> Vec<El> {
    let figure = |name: &str, value: String, bad: bool| {
        el("div", "").add(el("dt", "").text(name)).add(el("dd", "").class_if("tile-bad", bad).text(&value))
    };
    let limit = numbers.memory_limit_bytes.filter(|limit| *limit > 0.0);
    let memory = numbers
        .memory_bytes
        .map(|bytes| (written(bytes, "bytes"), limit.is_some_and(|limit| bytes / limit > 0.9)));
    let seconds = |millis: f64| written(millis / 1_000.0, "seconds");
    let beat = numbers.heartbeat.map(|comes| if comes { "✓ comes" } else { "✕ missing" }.to_owned());
    let queue = numbers.queue.map(|tasks| match numbers.workers {
        Some(workers) => {
            (format!("{}, {}", plural(tasks, "task"), plural(u64::from(workers), "worker")), workers == 0)
        }
        None => (plural(tasks, "task"), false),
    });
    [
        numbers.per_second.map(|rate| figure("Requests", written(rate, "1/s"), false)),
        numbers.error_share.map(|share| figure("5xx", written(share, "ratio"), share >= 0.01)),
        numbers.p95_ms.map(|millis| figure("p95", seconds(millis), false)),
        numbers.cpu_cores.map(|cores| figure("CPU cores", written(cores, "cores"), false)),
        memory.map(|(text, bad)| figure("Memory", text, bad)),
        queue.map(|(text, bad)| figure("Queue", text, bad)),
        beat.map(|text| figure("Heartbeat", text, numbers.heartbeat == Some(false))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The lines of a service. Where there is only one environment it is not named: it would stay chosen.
fn logs_of(which: &TileKey, now: &Now) -> ViewState {
    let several = now.services.iter().any(|tile| tile.environment != which.environment);
    ViewState {
        environment: Some(which.environment.clone()).filter(|_| several),
        services: Choice::only(&which.service),
        ..ViewState::default()
    }
}

fn errors_in(tile: &ServiceTile) -> u64 {
    tile.error_lines.iter().map(|lines| u64::from(*lines)).sum()
}

fn line_rate(tile: &ServiceTile) -> Vec<El> {
    vec![bold(&rate(spark::per_minute(&tile.lines)), " lines/min")]
}

fn bold(number: &str, words: &str) -> El {
    el("span", "").add(el("b", "").text(number)).text(words)
}

fn error_rate(tile: &ServiceTile) -> Vec<El> {
    let now = spark::per_minute(&tile.error_lines);
    vec![match errors_in(tile) {
        all if all > 0 && now == 0.0 => bold(&count(all), " errors in 1 h"),
        _ => bold(&rate(now), " errors/min"),
    }]
}

fn open_issues(tile: &ServiceTile) -> Vec<El> {
    let link =
        |open: String| el("a", "tile-errors tile-errors-now").attr("href", Page::Issues.path()).text(&open);
    (tile.issues > 0).then(|| link(plural(tile.issues, "open issue"))).into_iter().collect()
}

const SPARK: (f64, f64) = (240.0, 36.0);

fn sparkline(tile: &ServiceTile) -> Vec<El> {
    let most = tile.lines.iter().copied().max().unwrap_or(0);
    let all: u64 = tile.lines.iter().map(|lines| u64::from(*lines)).sum();
    let label =
        format!("{} in the last hour, {} of them errors", plural(all, "line"), count(errors_in(tile)));
    let shapes = [
        ("spark-lines", spark::bars(&tile.lines, most, 1.0, SPARK)),
        ("spark-errors", spark::bars(&tile.error_lines, most, 3.0, SPARK)),
    ];
    vec![drawings("spark", "0 0 240 36", &shapes).attr("role", "img").attr("aria-label", &label)]
}

/// Restarts, the last deploy, the image.
fn facts(tile: &ServiceTile) -> Vec<El> {
    let Shared { view, ticker, .. } = shared();
    let restarts = el("span", "")
        .class_if("tile-restarts", tile.restarts != 0)
        .text(&format!("{} in 24 h", plural(tile.restarts, "restart")));
    let deployed = tile.last_deploy.map(|at| {
        el("span", "")
            .attr("title", &time::full(at, view.clock().zone))
            .text(&format!("deployed {}", time::ago(at, ticker.now())))
    });
    let image = tile.workloads.first().map(|workload| workload.image.as_str()).unwrap_or_default();
    vec![
        el("p", "tile-facts").add(restarts).each(deployed),
        el("p", "tile-image").attr("title", image).text(image),
    ]
}

/// The containers that need someone, and how many others there are.
fn containers(tile: &ServiceTile) -> Vec<El> {
    let Shared { view, .. } = shared();
    let clock = view.clock();
    let ill = |workload: &&WorkloadRow| words(workload.state, workload.health).1 == "critical";
    let all = tile.workloads.len();
    let well = all - tile.workloads.iter().filter(ill).count();
    if all < 2 && well == all {
        return Vec::new();
    }
    let row = |workload: &WorkloadRow| {
        let failed = workload.state == RunState::Failed;
        let end = if failed { ending(workload, clock) } else { String::new() };
        el("li", "")
            .add(el("span", "tile-container").text(&workload.container))
            .add(state_mark(workload.state, workload.health))
            .add(el("span", "tile-ending").text(&end))
    };
    let word = if well == all { "container" } else { "other container" };
    let others = (well > 0).then(|| el("li", "tile-ending").text(&plural(well as u64, word)));
    let ill = tile.workloads.iter().filter(ill).map(row);
    vec![el("ul", "tile-containers").add_all(ill.chain(others).collect())]
}
