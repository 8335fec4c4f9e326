//! `GET logs/query`: a page of lines.

use api::{LogPage, LogRequest};
use axum::Json;
use axum::extract::State;
use logql::{Cursor, Direction, Page};

use super::request::{Asked, bounded};
use super::rows;
use crate::app::App;
use crate::app::extract;
use crate::app::refusal::QueryRefusal;

const LIMIT_USUAL: u32 = 200;
const LIMIT_MAX: u32 = 5000;

/// The handler.
pub(in crate::app) async fn query(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<LogRequest>,
) -> Result<Json<LogPage>, QueryRefusal> {
    let asked = Asked::read(&request)?;
    let limit = bounded("limit", request.limit, LIMIT_USUAL, LIMIT_MAX)? as usize;
    let direction = if request.forward { Direction::Forward } else { Direction::Backward };
    let page = Page { range: asked.range, direction, limit, after: cursor(&request.cursor)? };
    let (logs, query) = (app.logs.clone(), asked.query()?);
    let answer = app
        .queries
        .run(move |allowance| {
            let found = allowance.spend(|budget| query.rows(&logs, &page, budget))?;
            let mut answer = rows::page(found.rows, Some(&query));
            answer.next = found.next.map(|next| next.to_string());
            answer.warnings = found.warnings.iter().map(ToString::to_string).collect();
            Ok::<_, QueryRefusal>(answer)
        })
        .await??;
    Ok(Json(answer))
}

fn cursor(text: &str) -> Result<Option<Cursor>, QueryRefusal> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| QueryRefusal::new(format!("cursor: {error}")))
}
