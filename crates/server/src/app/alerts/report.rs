//! The week.

use ::alerts::shown::{Report, ReportRow};
use api::{AlertReport, ReportRequest};
use axum::Json;
use axum::extract::State;

use super::broken;
use super::rows::severity;
use crate::app::App;
use crate::app::extract::Asked;
use crate::fault::Fault;

const WEEK_MS: i64 = 7 * 24 * 3600 * 1000;

/// `GET report`: the seven days up to an instant.
pub(super) async fn show(
    State(app): State<App>,
    Asked(asked): Asked<ReportRequest>,
) -> Result<Json<AlertReport>, Fault> {
    let end = if asked.at == 0 { app.clock.now().millis() } else { asked.at };
    let alerts = app.alerts.clone();
    let report =
        app.queries.run(move |_| alerts.report(end.saturating_sub(WEEK_MS))).await?.map_err(broken)?;
    Ok(Json(told(report)))
}

fn told(report: Report) -> AlertReport {
    let row = |row: ReportRow| api::ReportRow {
        rule: row.rule,
        tier: severity(row.tier),
        fired: row.counts.fired,
        ignored: row.counts.ignored,
        messages: row.counts.messages,
        acknowledged_ms: row.counts.acknowledged_ms,
        recovered_ms: row.counts.recovered_ms,
    };
    AlertReport {
        start: report.from_ms,
        end: report.to_ms,
        fired: report.all.fired,
        ignored: report.all.ignored,
        acknowledged_ms: report.all.acknowledged_ms,
        recovered_ms: report.all.recovered_ms,
        rules: report.rules.into_iter().map(row).collect(),
    }
}
