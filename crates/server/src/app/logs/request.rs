//! What the page asks, checked: the query parsed, the levels known, the numbers within bounds.

use api::LogRequest;
use logql::ast::LogExpr;
use logql::{Expr, Levels, LogQuery};
use model::{Level, TimeRange, Timestamp};

use crate::app::refusal::QueryRefusal;

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
pub(in crate::app) fn bounded(name: &str, value: u32, usual: u32, max: u32) -> Result<u32, QueryRefusal> {
    match value {
        0 => Ok(usual),
        value if value <= max => Ok(value),
        value => Err(QueryRefusal::new(format!("{name} is {value}; write 1 to {max}"))),
    }
}
