//! `GET targets`: what is scraped, and what is not.

use api::{DroppedTargetRow, Fault, StreamLabels, TargetHealth, TargetRow, Targets};
use axum::Json;
use axum::extract::State;
use collectors::Collectors;
use collectors::scrape::{DroppedTarget, Health, Origin, Report, TargetState};
use model::{Labels, Timestamp};

use super::App;
use super::who::Owner;

/// The handler.
pub(super) async fn show(State(app): State<App>) -> Json<Targets> {
    Json(Targets {
        targets: rows(&app.collectors),
        dropped: app.collectors.dropped().into_iter().map(dropped).collect(),
        faults: faults(&app.collectors),
    })
}

/// What is wrong with collecting.
pub(super) fn faults(collectors: &Collectors) -> Vec<Fault> {
    collectors.faults().into_iter().map(|(subject, message)| Fault { subject, message }).collect()
}

/// All targets.
pub(super) fn rows(collectors: &Collectors) -> Vec<TargetRow> {
    collectors.targets().into_iter().map(row).collect()
}

fn row(target: TargetState) -> TargetRow {
    let owner = Owner::of(&target.labels);
    let report = &target.report;
    let was_asked = report.health != Health::Unknown;
    TargetRow {
        job: target.job,
        instance: target.instance,
        url: target.url.to_string(),
        service: owner.service,
        project: owner.project,
        environment: owner.environment,
        labels: map(&target.labels),
        health: match report.health {
            Health::Unknown => TargetHealth::Unknown,
            Health::Up => TargetHealth::Up,
            Health::Down(_) => TargetHealth::Down,
        },
        problem: problem(report),
        last: was_asked.then(|| report.at.millis()),
        seconds: report.took.as_secs_f64(),
        scraped: report.scraped as u64,
        stored: report.stored as u64,
        added: report.added as u64,
        bad_lines: report.bad_lines as u64,
        cut: report.cut as u64,
        interval: target.interval.as_millis() as i64,
        timeout: target.timeout.as_millis() as i64,
        origin: origin(&target.origin),
    }
}

/// The worst of what a scrape had to tell.
fn problem(report: &Report) -> String {
    match (&report.health, &report.first_fault) {
        (Health::Down(why), _) => why.clone(),
        (_, Some(fault)) if report.bad_lines > 0 => fault.clone(),
        _ => report.cut_reason.clone().unwrap_or_default(),
    }
}

/// Who named something, in words.
pub(super) fn origin(origin: &Origin) -> String {
    match origin {
        Origin::File { line: Some(line) } => format!("settings, line {line}"),
        Origin::File { line: None } => "settings".to_owned(),
        Origin::Container { name } => format!("container {name}"),
        Origin::BuiltIn => "Porthole".to_owned(),
    }
}

fn dropped(target: DroppedTarget) -> DroppedTargetRow {
    let name = match &target.origin {
        Origin::Container { name } => name.clone(),
        _ => target.discovered.get("__address__").unwrap_or_default().to_owned(),
    };
    DroppedTargetRow { name, why: target.why, discovered: map(&target.discovered) }
}

fn map(labels: &Labels) -> StreamLabels {
    labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// In milliseconds.
pub(super) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::millis)
}
