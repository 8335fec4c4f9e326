//! `GET logs/context`: the lines around a line.

use std::time::Duration;

use api::{ContextRequest, LogPage};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use logql::ast::LogExpr;
use logql::{Direction, LogQuery, Page, Row, Span, Spanned};
use model::label::{CONTAINER, ENVIRONMENT, HOST, PROJECT, SERVICE, SERVICE_NAME};
use model::{Labels, Matcher, Selector, TimeRange, Timestamp};

use super::request::bounded;
use super::rows::{self, LineId};
use crate::app::App;
use crate::app::extract;
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;
use crate::queries::Allowance;

const LINES_USUAL: u32 = 20;
const LINES_MAX: u32 = 500;
/// Lines of one nanosecond that are looked through for the one in the middle.
const SAME_INSTANT_MAX: usize = 10_000;
/// How far to look to each side, one after the other until there are enough lines.
const WINDOWS: [Duration; 4] = [
    Duration::from_secs(600),
    Duration::from_secs(86_400),
    Duration::from_secs(30 * 86_400),
    Duration::from_secs(100 * 366 * 86_400),
];

/// What marks the streams of one container, and of one service.
const CONTAINER_LABELS: [&str; 5] = [SERVICE, PROJECT, ENVIRONMENT, HOST, CONTAINER];
const SERVICE_LABELS: [&str; 3] = [SERVICE, PROJECT, ENVIRONMENT];

/// The handler.
pub(in crate::app) async fn context(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<ContextRequest>,
) -> Result<Json<LogPage>, QueryRefusal> {
    let id = LineId::parse(&request.id)
        .ok_or_else(|| QueryRefusal::new(format!("`{}` is no line's id", request.id.escape_debug())))?;
    let lines = bounded("lines", request.lines, LINES_USUAL, LINES_MAX)? as usize;
    let logs = app.logs.clone();
    let page =
        app.queries.run(move |allowance| around(&logs, id, lines, request.service, allowance)).await??;
    Ok(Json(page))
}

fn around(
    logs: &::logs::Logs,
    id: LineId,
    lines: usize,
    service: bool,
    allowance: &Allowance,
) -> Result<LogPage, QueryRefusal> {
    let instant = TimeRange { start: id.at, end: id.at.plus(Duration::from_nanos(1)) };
    let streams = logs.streams(&Selector::default(), instant)?;
    let stream = streams.iter().find(|labels| labels.fingerprint() == id.stream).ok_or_else(gone)?;
    let look = Look { logs, query: select(beside(stream, service))?, allowance };

    let mut found = look.page(instant, Direction::Forward, SAME_INSTANT_MAX)?;
    let middle = found.iter().position(|row| row.nth == id.nth && row.labels == *stream).ok_or_else(gone)?;
    let after = lines.saturating_sub(found.len() - middle - 1);
    let before = lines.saturating_sub(middle);
    let later = look.side(id.at, Direction::Forward, after)?;
    let mut all = look.side(id.at, Direction::Backward, before)?;
    all.reverse();
    let middle = middle + all.len();
    all.append(&mut found);
    all.extend(later);
    // Many lines of the same instant can stand on either side.
    all.truncate(middle + lines + 1);
    all.drain(..middle.saturating_sub(lines));
    Ok(rows::page(all, None))
}

fn gone() -> QueryRefusal {
    QueryRefusal::Other(Fault::new(
        StatusCode::NOT_FOUND,
        "this line is not kept any more, or the link is wrong",
    ))
}

/// The streams beside a stream: its container's or its service's; a pushed one that tells neither stands alone.
fn beside(stream: &Labels, service: bool) -> Selector {
    let marks = |names: &[&str]| -> Vec<Matcher> {
        names.iter().map(|name| Matcher::equal(name, stream.get(name).unwrap_or_default())).collect()
    };
    let has = |name| stream.get(name).is_some();
    Selector(match service {
        true if has(SERVICE) => marks(&SERVICE_LABELS),
        true if has(SERVICE_NAME) => marks(&[SERVICE_NAME]),
        false if has(SERVICE) && has(CONTAINER) => marks(&CONTAINER_LABELS),
        _ => stream.iter().map(|(name, value)| Matcher::equal(name, value)).collect(),
    })
}

fn select(selector: Selector) -> Result<LogQuery, QueryRefusal> {
    let selector = Spanned { node: selector, span: Span::default() };
    Ok(LogQuery::new(&LogExpr { selector, stages: Vec::new() })?)
}

/// Looks for lines of some streams.
struct Look<'a> {
    logs: &'a ::logs::Logs,
    query: LogQuery,
    allowance: &'a Allowance,
}

impl Look<'_> {
    /// The nearest lines on one side of an instant, nearest first.
    fn side(&self, at: Timestamp, direction: Direction, lines: usize) -> Result<Vec<Row>, QueryRefusal> {
        let mut found = Vec::new();
        for window in WINDOWS {
            if found.len() >= lines || !self.allowance.lasts() {
                break;
            }
            let range = match direction {
                Direction::Backward => TimeRange { start: at.minus(window), end: at },
                Direction::Forward => {
                    let start = at.plus(Duration::from_nanos(1));
                    TimeRange { start, end: start.plus(window) }
                }
            };
            found = self.page(range, direction, lines)?;
        }
        Ok(found)
    }

    fn page(&self, range: TimeRange, direction: Direction, limit: usize) -> Result<Vec<Row>, QueryRefusal> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let page = Page { range, direction, limit, after: None };
        Ok(self.allowance.spend(|budget| self.query.rows(self.logs, &page, budget))?.rows)
    }
}
