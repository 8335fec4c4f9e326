//! `GET incidents/{id}`: one incident whole.

use api::{Chart, Incident, IncidentPage, PartKind};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::label::{ENVIRONMENT, PROJECT, SERVICE};
use model::{Labels, Timestamp};

use answers::seen::Who;

use super::{matchers, matchers_within};
use crate::app::App;
use crate::app::extract::Named;
use crate::fault::Fault;

const HALF_HOUR_MS: i64 = 1_800_000;

/// The handler.
pub(super) async fn show(
    State(app): State<App>,
    Named(id): Named<String>,
) -> Result<Json<IncidentPage>, Fault> {
    let now = app.situation.current().await?;
    let open = now.incidents.iter().find(|incident| incident.id == id).cloned();
    let incident = match open {
        Some(incident) => Some(incident),
        None => {
            let ended =
                app.accounts.off_thread(|accounts| accounts.ended_incidents()).await.unwrap_or_default();
            ended.into_iter().find(|incident| incident.id == id)
        }
    };
    let incident = incident.ok_or_else(|| {
        let id: String = id.chars().take(64).collect();
        Fault::new(StatusCode::NOT_FOUND, format!("there is no incident `{id}`, or it is not kept any more"))
    })?;
    let told =
        [(SERVICE, &incident.service), (PROJECT, &incident.project), (ENVIRONMENT, &incident.environment)];
    let told = told.into_iter().filter(|(_, value)| !value.is_empty());
    let labels = Labels::from_pairs(told.map(|(name, value)| (name, value.as_str())));
    let until = incident.ended.unwrap_or(now.at);
    // What it began with is told by the lines of its first minutes.
    let at = Timestamp::from_millis((incident.since + 120_000).min(until));
    let evidence = app.evidence(labels, at).await;
    let (start, end) = (incident.since - HALF_HOUR_MS, until);
    Ok(Json(IncidentPage { charts: charts(&incident), evidence, start, end, incident }))
}

fn charts(incident: &Incident) -> Vec<Chart> {
    let who = Who {
        environment: incident.environment.clone(),
        project: incident.project.clone(),
        service: incident.service.clone(),
    };
    let (of, within) = (matchers(&who), matchers_within(&who));
    let has = |kind: PartKind| incident.parts.iter().any(|part| part.kind == kind);
    let chart = |title: &str, unit: &str, query: String, legend: &str| Chart {
        title: title.to_owned(),
        unit: unit.to_owned(),
        query,
        legend: legend.to_owned(),
        limit: String::new(),
    };
    let mut charts = Vec::new();
    if has(PartKind::Errors) || has(PartKind::Slow) || has(PartKind::Issue) {
        let query = format!("sum by (class) (rate(porthole_proxy_router_requests_total{{{of}}}[1m]))");
        charts.push(chart("Requests by status", "1/s", query, "{{class}}"));
        let rate = format!("rate(porthole_proxy_router_request_duration_seconds_bucket{{{of}}}[2m])");
        let query = format!("histogram_quantile(0.95, sum by (le) ({rate}))");
        charts.push(chart("Time of 95 of 100 requests", "seconds", query, ""));
    }
    if has(PartKind::Queue) {
        charts.push(chart(
            "Tasks that wait",
            "",
            "sum by (queue_name) (celery_queue_length)".into(),
            "{{queue_name}}",
        ));
    }
    if has(PartKind::Disk) {
        charts.push(chart(
            "Free bytes",
            "bytes",
            "min by (mountpoint) (node_filesystem_avail_bytes)".into(),
            "{{mountpoint}}",
        ));
    } else {
        let query = format!("sum by (container) (rate(container_cpu_usage_seconds_total{{{within}}}[2m]))");
        charts.push(chart("CPU", "cores", query, "{{container}}"));
        let query = format!("sum by (container) (container_memory_working_set_bytes{{{within}}})");
        charts.push(chart("Memory", "bytes", query, "{{container}}"));
    }
    charts
}
