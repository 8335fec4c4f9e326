//! One service: its state, an hour of its lines, what changed.

use std::sync::Arc;

use api::{Now, RunState, ServiceTile, WorkloadRow};
use leptos::prelude::*;
use web_logic::choice::Choice;
use web_logic::level::LevelSet;
use web_logic::number::{count, plural, rate};
use web_logic::route::Page;
use web_logic::spark;
use web_logic::time;
use web_logic::verdict::ending;
use web_logic::view::ViewState;

use super::group::TileKey;
use super::state_mark::{self, StateMark};
use crate::reactive::{Derived, derived, each};
use crate::state::{Shared, shared};

/// One service.
#[component]
pub(super) fn Tile(which: TileKey, now: Derived<Arc<Now>>) -> impl IntoView {
    let name = which.service.clone();
    let logs = now.with_untracked(|now| logs_of(&which, now));
    let errors = ViewState { levels: LevelSet::ERRORS, ..logs.clone() };
    let tile =
        derived(move || now.with(|now| now.services.iter().find(|tile| TileKey::of(tile) == which).cloned()));
    let with = move |read: fn(&ServiceTile) -> AnyView| tile.with(|tile| tile.as_ref().map(read));
    let all_errors = move || tile.with(|tile| tile.as_ref().map_or(0, errors_in));
    let recent_errors = move || {
        tile.with(|tile| tile.as_ref().is_some_and(|tile| spark::per_minute(&tile.error_lines) > 0.0))
    };
    let needs_someone = move || {
        tile.with(|tile| {
            tile.as_ref().is_some_and(|tile| state_mark::words(tile.state, tile.health).1 == "critical")
        })
    };
    view! {
        <article class="tile" class:tile-critical=needs_someone>
            <header class="tile-head">
                <h3>
                    <a class="tile-link" href=logs.on(Page::Logs.path())>
                        {name}
                    </a>
                </h3>
                {move || with(|tile| view! { <StateMark state=tile.state health=tile.health /> }.into_any())}
            </header>
            {move || with(sparkline)}
            <p class="tile-rates">
                {move || with(line_rate)}
                <a
                    class="tile-errors"
                    class:tile-errors-now=recent_errors
                    title=move || format!("{} in the last hour", plural(all_errors(), "error line"))
                    href=errors.on(Page::Logs.path())
                >
                    {move || with(error_rate)}
                </a>
            </p>
            <Facts tile />
            {move || with(containers)}
        </article>
    }
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

fn line_rate(tile: &ServiceTile) -> AnyView {
    view! { <span><b>{rate(spark::per_minute(&tile.lines))}</b>" lines/min"</span> }.into_any()
}

fn error_rate(tile: &ServiceTile) -> AnyView {
    let now = spark::per_minute(&tile.error_lines);
    match errors_in(tile) {
        all if all > 0 && now == 0.0 => view! { <b>{count(all)}</b>" errors in 1 h" }.into_any(),
        _ => view! { <b>{rate(now)}</b>" errors/min" }.into_any(),
    }
}

const SPARK: (f64, f64) = (240.0, 36.0);

fn sparkline(tile: &ServiceTile) -> AnyView {
    let most = tile.lines.iter().copied().max().unwrap_or(0);
    let all: u64 = tile.lines.iter().map(|lines| u64::from(*lines)).sum();
    let label =
        format!("{} in the last hour, {} of them errors", plural(all, "line"), count(errors_in(tile)));
    view! {
        <svg class="spark" viewBox="0 0 240 36" preserveAspectRatio="none" role="img" aria-label=label>
            <path class="spark-lines" d=spark::bars(&tile.lines, most, 1.0, SPARK)></path>
            <path class="spark-errors" d=spark::bars(&tile.error_lines, most, 3.0, SPARK)></path>
        </svg>
    }
    .into_any()
}

/// Restarts, the last deploy, the image.
#[component]
fn Facts(tile: Derived<Option<ServiceTile>>) -> impl IntoView {
    let Shared { view, ticker, .. } = shared();
    let restarts = derived(move || tile.with(|tile| tile.as_ref().map_or(0, |tile| tile.restarts)));
    let deploy = derived(move || tile.with(|tile| tile.as_ref().and_then(|tile| tile.last_deploy)));
    let image = derived(move || {
        tile.with(|tile| {
            tile.as_ref().and_then(|tile| tile.workloads.first()).map(|workload| workload.image.clone())
        })
    });
    let deployed = move || {
        each(deploy.get(), |at| {
            let hover = time::full(at, view.clock().zone);
            view! { <span title=hover>{format!("deployed {}", time::ago(at, ticker.now()))}</span> }
        })
    };
    view! {
        <p class="tile-facts">
            <span class:tile-restarts=move || restarts.get() != 0>{move || plural(restarts.get(), "restart")}" in 24 h"</span>
            {deployed}
        </p>
        <p class="tile-image" title=move || image.get()>
            {move || image.get()}
        </p>
    }
}

/// The containers that need someone, and how many others there are.
fn containers(tile: &ServiceTile) -> AnyView {
    let Shared { view, .. } = shared();
    let clock = view.clock();
    let ill = |workload: &&WorkloadRow| state_mark::words(workload.state, workload.health).1 == "critical";
    let all = tile.workloads.len();
    let well = all - tile.workloads.iter().filter(ill).count();
    if all < 2 && well == all {
        return ().into_any();
    }
    let row = |workload: &WorkloadRow| {
        let failed = workload.state == RunState::Failed;
        let end = if failed { ending(workload, clock) } else { String::new() };
        view! {
            <li>
                <span class="tile-container">{workload.container.clone()}</span>
                <StateMark state=workload.state health=workload.health />
                <span class="tile-ending">{end}</span>
            </li>
        }
    };
    let others = each((well > 0).then_some(well), |well| {
        let word = if well == all { "container" } else { "other container" };
        view! { <li class="tile-ending">{plural(well as u64, word)}</li> }
    });
    view! { <ul class="tile-containers">{each(tile.workloads.iter().filter(ill), row)} {others}</ul> }
        .into_any()
}
