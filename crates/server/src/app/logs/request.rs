//! What the page asks, checked: the query parsed, the levels known, the numbers within bounds.

use api::{LogRequest, QueryFault};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use logql::ast::LogExpr;
use logql::{EvalError, Expr, Levels, LogQuery, ParseError, Span};
use model::{Level, TimeRange, Timestamp};

use crate::fault::Fault;

/// Why a question about lines gets no answer.
#[derive(Debug)]
pub(in crate::app) enum QueryRefusal {
    /// The query is to blame: 400, with the place.
    Query(QueryFault),
    /// Something else is.
    Other(Fault),
}

impl QueryRefusal {
    /// A fault without a place in the query.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self::Query(QueryFault { message: message.into(), at: None })
    }

    /// The sentence alone.
    pub(super) fn into_message(self) -> String {
        match self {
            Self::Query(fault) => fault.message,
            Self::Other(fault) => fault.message,
        }
    }

    fn at(message: String, span: Option<Span>) -> Self {
        Self::Query(QueryFault { message, at: span.map(|span| (span.start, span.end)) })
    }
}

impl IntoResponse for QueryRefusal {
    fn into_response(self) -> Response {
        match self {
            Self::Query(fault) => (StatusCode::BAD_REQUEST, Json(fault)).into_response(),
            Self::Other(fault) => fault.into_response(),
        }
    }
}

impl From<Fault> for QueryRefusal {
    fn from(fault: Fault) -> Self {
        Self::Other(fault)
    }
}

impl From<ParseError> for QueryRefusal {
    fn from(error: ParseError) -> Self {
        Self::at(error.message, Some(error.span))
    }
}

impl From<EvalError> for QueryRefusal {
    fn from(error: EvalError) -> Self {
        match error {
            EvalError::Source(source) => Self::from(source),
            error => Self::at(error.to_string(), error.span()),
        }
    }
}

impl From<logql::SourceError> for QueryRefusal {
    fn from(error: logql::SourceError) -> Self {
        Self::Other(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
    }
}

/// A checked [`LogRequest`].
pub(super) struct Asked {
    pub(super) log: LogExpr,
    pub(super) levels: Levels,
    pub(super) range: TimeRange,
}

impl Asked {
    pub(super) fn read(request: &LogRequest) -> Result<Self, QueryRefusal> {
        let log = log_expr(&request.query)?;
        let levels = levels(&request.levels)?;
        Ok(Self { log, levels, range: range(request)? })
    }

    /// The query, for lines of the wanted levels.
    pub(super) fn query(&self) -> Result<LogQuery, QueryRefusal> {
        Ok(LogQuery::new(&self.log)?.with_levels(self.levels))
    }
}

/// The instants that are asked for.
pub(super) fn range(request: &LogRequest) -> Result<TimeRange, QueryRefusal> {
    let (start, end) = (Timestamp::from_nanos(request.start), Timestamp::from_nanos(request.end));
    if end < start {
        return Err(QueryRefusal::new("the time range ends before it starts"));
    }
    Ok(TimeRange { start, end })
}

/// A query for lines of some levels, as the live stream asks it.
pub(in crate::app) fn log_query(query: &str, level_names: &str) -> Result<LogQuery, QueryRefusal> {
    Ok(LogQuery::new(&log_expr(query)?)?.with_levels(levels(level_names)?))
}

fn log_expr(query: &str) -> Result<LogExpr, QueryRefusal> {
    match logql::parse(query)? {
        Expr::Log(log) => Ok(log),
        Expr::Metric(_) => Err(QueryRefusal::new("this query gives numbers; here it has to give lines")),
    }
}

/// Names with commas between them; none: all levels.
fn levels(names: &str) -> Result<Levels, QueryRefusal> {
    if names.is_empty() {
        return Ok(Levels::ALL);
    }
    let known = |name: &str| {
        let found = Level::ALL.into_iter().find(|level| level.name() == name);
        found.ok_or_else(|| {
            QueryRefusal::new(format!("`{name}` is no level; write {}", api::LEVELS.join(", ")))
        })
    };
    names.split(',').map(str::trim).map(known).collect()
}

/// A number within bounds; 0 means the usual one.
pub(super) fn bounded(name: &str, value: u32, usual: u32, max: u32) -> Result<u32, QueryRefusal> {
    match value {
        0 => Ok(usual),
        value if value <= max => Ok(value),
        value => Err(QueryRefusal::new(format!("{name} is {value}; write 1 to {max}"))),
    }
}
