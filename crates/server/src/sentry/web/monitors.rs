//! Monitors, in Sentry's JSON.

use ::issues::monitors::{MonitorRow, Strip};
use axum::extract::State;
use serde_json::{Value, json};

use super::Web;
use super::answer::{Answer, iso};
use super::asked::Asked;

/// `GET /organizations/{org}/monitors/`
pub(super) async fn list(State(web): State<Web>, asked: Asked) -> Answer {
    let project = asked.project(&web.issues)?.map(|project| project.id);
    let now_ms = web.clock.now().millis();
    let rows = web.ask(move |issues| {
        let strip = Strip { start_ms: now_ms, step_ms: 1, buckets: 1 };
        Ok(issues.monitors(project, None, &strip)?)
    });
    let rows = rows.await?.iter().map(monitor_json).collect();
    Ok(web.page(&asked, rows, None))
}

fn monitor_json(row: &MonitorRow) -> Value {
    json!({
        "id": row.slug, "slug": row.slug, "name": row.slug, "status": "active", "type": "cron_job",
        "isMuted": false, "config": { "schedule": row.schedule },
        "environments": [{
            "name": row.environment, "status": row.state.name(), "lastCheckIn": row.last_ms.map(iso),
            "nextCheckIn": row.next_ms.map(iso),
        }],
    })
}
