//! `GET checklist`: what the set-up has of what it should have, from live data.

use std::collections::BTreeMap;
use std::time::Duration;

use ::alerts::Alerts;
use ::issues::SeenAt;
use answers::seen::Who;
use answers::{Observed, Whole};
use api::Checklist;
use axum::Json;
use axum::extract::State;
use model::{Health, TimeRange, Timestamp, Workload};

use super::around::Surroundings;
use super::matchers_within;
use crate::app::App;
use crate::fault::Fault;

/// Lines of a service that are looked at, of the last hour.
const LINES_MAX: usize = 100;
const HOUR: Duration = Duration::from_secs(3_600);
const SERVICES_MAX: usize = 100;
const ONE_OFF: &str = "com.docker.compose.oneoff";
/// Images of programs that nobody here has written.
const BOUGHT: [&str; 16] = [
    "redis",
    "postgres",
    "postgis",
    "mysql",
    "mariadb",
    "mongo",
    "rabbitmq",
    "nginx",
    "traefik",
    "memcached",
    "minio",
    "elasticsearch",
    "opensearch",
    "valkey",
    "caddy",
    "porthole",
];
/// Under which programs write their request's id.
const IDS: [&str; 6] =
    ["\"request_id\"", "\"requestId\"", "\"trace_id\"", "\"correlation_id\"", "request_id=", "trace_id="];

/// The handler.
pub(super) async fn show(State(app): State<App>) -> Result<Json<Checklist>, Fault> {
    let (sources, at) = (app.situation.sources().clone(), app.clock.now());
    let (whole, alerts) = (whole(&app), app.alerts.clone());
    let found = app.queries.run(move |allowance| {
        let around = Surroundings { sources: &sources, allowance };
        let whole = Whole { receivers: receivers(&alerts), rules: rules(&alerts), ..whole };
        answers::checklist(at.millis(), &whole, &services(&around, at))
    });
    Ok(Json(found.await?))
}

fn whole(app: &App) -> Whole {
    let picture = app.proxy.picture();
    let routers = &picture.plan.routers;
    let with_tls = routers.iter().filter(|router| router.tls.is_some()).count();
    let activity = app.logs.activity();
    let lines =
        activity.services.iter().flat_map(|service| &service.lines).map(|lines| u64::from(*lines)).sum();
    let project = app.issues.projects().first().cloned();
    let base = app.public.as_ref().map(|(https, authority)| {
        let scheme = if *https { "https" } else { "http" };
        (scheme, authority.clone())
    });
    let dsn = project.and_then(|project| {
        let key = project.keys.first()?;
        let (scheme, authority) = base.clone().unwrap_or(("http", "porthole:4100".to_owned()));
        Some(format!("{scheme}://{}@{authority}/{}", key.key, project.id))
    });
    Whole {
        lines,
        entrypoints: picture.entrypoints.len() as u64,
        tls_routes: (with_tls as u64, routers.len() as u64),
        public_url: base.map(|(scheme, authority)| format!("{scheme}://{authority}")).unwrap_or_default(),
        dsn: dsn.unwrap_or_default(),
        brokers: app.collectors.queues().len() as u64,
        ..Whole::default()
    }
}

fn receivers(alerts: &Alerts) -> Vec<String> {
    alerts.receivers().into_iter().map(|receiver| receiver.name).collect()
}

/// Those that are on, and of these those whose card answers everything.
fn rules(alerts: &Alerts) -> (u64, u64) {
    let rules = alerts.rules();
    let on = || rules.iter().filter(|status| !status.is_off);
    let whole = on().filter(|status| status.rule.card.missing().is_empty());
    (on().count() as u64, whole.count() as u64)
}

fn services(around: &Surroundings<'_>, at: Timestamp) -> Vec<Observed> {
    let named = around.sources.issues.open_since(0).unwrap_or_default();
    let workloads = around.sources.docker.workloads().borrow().clone();
    let mut by: BTreeMap<Who, Vec<&Workload>> = BTreeMap::new();
    for workload in
        workloads.iter().filter(|one| !one.labels.contains_key(ONE_OFF) || one.labels[ONE_OFF] == "False")
    {
        let who = &workload.identity;
        let who = Who {
            environment: who.environment.clone(),
            project: who.project.clone(),
            service: who.service.clone(),
        };
        by.entry(who).or_default().push(workload);
    }
    let observed = |(who, workloads): (Who, Vec<&Workload>)| observed(around, who, &workloads, &named, at);
    by.into_iter().take(SERVICES_MAX).map(observed).collect()
}

/// `named`: what open issues say of where they came from.
fn observed(
    around: &Surroundings<'_>,
    who: Who,
    workloads: &[&Workload],
    named: &[SeenAt],
    at: Timestamp,
) -> Observed {
    let range = TimeRange { start: at.minus(HOUR), end: at };
    let rows =
        around.newest(&format!("{{{},stream!~\"access|event\"}}", matchers_within(&who)), range, LINES_MAX);
    let is_json = |line: &str| {
        line.trim_start().starts_with('{') && serde_json::from_str::<serde_json::Value>(line).is_ok()
    };
    let has_id = |line: &str| IDS.iter().any(|id| line.contains(id));
    let image = workloads.first().map(|one| one.image.clone()).unwrap_or_default();
    let states = around.sources.collectors.queues();
    let broker = states.iter().find(|state| {
        state.services.contains(&who.service)
            && state.project.as_ref().is_none_or(|project| *project == who.project)
    });
    let works = |workload: &&&Workload| {
        let said = |word: &str| {
            workload.process.command.iter().any(|part| part.split_whitespace().any(|one| one == word))
        };
        (said("celery") || workload.process.command.iter().any(|part| part.contains("celery")))
            && said("worker")
            || said("rq")
    };
    let routers = around.sources.proxy.picture();
    let is_routed = routers.plan.routers.iter().any(|router| router.target.service == who.service);
    let project =
        around.sources.issues.projects().into_iter().find(|project| project.service() == who.service);
    let has_events = project.as_ref().is_some_and(|project| {
        around.sources.issues.project_counts(project.id).is_ok_and(|counts| counts.last_event_ms.is_some())
    });
    let is_named = named.iter().any(|seen| {
        seen.server_name.len() >= 12
            && workloads.iter().any(|workload| workload.id.starts_with(&seen.server_name))
    });
    Observed {
        is_bought: is_bought(&image),
        containers: workloads.len() as u64,
        with_health: workloads.iter().filter(|workload| workload.health != Health::None).count() as u64,
        lines: rows.len() as u64,
        json: rows.iter().filter(|row| is_json(&row.line)).count() as u64,
        with_id: rows.iter().filter(|row| has_id(&row.line)).count() as u64,
        has_errors: has_events || is_named,
        is_routed,
        is_worker: workloads.iter().find(works).is_some(),
        queue: broker.map(|state| !state.tasks.is_empty()),
        has_version: has_version(&image),
        image,
        who,
    }
}

fn is_bought(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or_default();
    let name = name.split([':', '@']).next().unwrap_or_default();
    BOUGHT.iter().any(|bought| name == *bought || name.starts_with(&format!("{bought}-")))
}

/// A tag that is not moved from one build to the next, or a digest.
fn has_version(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or_default();
    match name.split_once([':', '@']) {
        Some((_, tag)) => {
            !matches!(tag, "latest" | "main" | "master" | "stable" | "dev" | "prod" | "production")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_tell_whose_they_are_and_which() {
        let check = |image: &str, expected: (bool, bool)| {
            assert_eq!((is_bought(image), has_version(image)), expected, "{image}");
        };
        check("redis:7-alpine", (true, true));
        check("docker.io/library/postgres", (true, false));
        check("localhost:5000/shop/web", (false, false));
        check("shop/web:latest", (false, false));
        check("shop/web:2024.1", (false, true));
        check("shop/redis-exporter:1", (true, true));
    }
}
