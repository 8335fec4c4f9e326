//! What was.

use api::{AlertHistory, HistoryRequest};
use axum::Json;
use axum::extract::State;

use super::{broken, rows};
use crate::app::App;
use crate::app::extract::Asked;
use crate::fault::Fault;

const ROWS_MAX: usize = 500;
const SPAN_MS: i64 = 7 * 24 * 3600 * 1000;

/// `GET history`
pub(super) async fn list(
    State(app): State<App>,
    Asked(asked): Asked<HistoryRequest>,
) -> Result<Json<AlertHistory>, Fault> {
    let end = if asked.end == 0 { app.clock.now().millis() } else { asked.end };
    let start = if asked.start == 0 { end.saturating_sub(SPAN_MS) } else { asked.start };
    let (alerts, rule) = (app.alerts.clone(), Some(asked.rule).filter(|rule| !rule.is_empty()));
    let read = move |_: &_| alerts.history(start, end, rule.as_deref(), None, ROWS_MAX + 1);
    let mut found = app.queries.run(read).await?.map_err(broken)?;
    let cut = found.len() > ROWS_MAX;
    found.truncate(ROWS_MAX);
    Ok(Json(AlertHistory { rows: found.into_iter().map(rows::change).collect(), cut }))
}
