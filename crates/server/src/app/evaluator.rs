//! Our own questions to the metrics: queries whose text is made here and therefore has no fault.

use std::time::Duration;

use http::StatusCode;
use metrics::Metrics;
use model::{Labels, Timestamp};
use promql::{Answer, EvalError, Query, Value};
use series::Series;

use crate::fault::Fault;
use crate::queries::{self, Allowance};

/// Asks within what a call may spend.
pub(super) struct Evaluator<'a> {
    pub(super) metrics: &'a Metrics,
    pub(super) allowance: &'a Allowance,
}

impl Evaluator<'_> {
    /// The number of each series at an instant.
    pub(super) fn at(&self, at: Timestamp, query: &str) -> Result<Vec<(Labels, f64)>, Fault> {
        let query = Query::parse(query).map_err(defect)?;
        let answer = self.allowance.spend_on_samples(|budget| query.instant(self.metrics, at, budget));
        let number = |series: Series| Some((series.labels, series.points.get(0)?));
        Ok(vector(answer)?.into_iter().filter_map(number).collect())
    }

    /// The numbers of each series at instants of equal distance, the last of them `end`.
    pub(super) fn over(
        &self,
        end: Timestamp,
        step: Duration,
        instants: u32,
        query: &str,
    ) -> Result<Vec<Series>, Fault> {
        let query = Query::parse(query).map_err(defect)?;
        let start = end.minus(step * instants.saturating_sub(1));
        vector(self.allowance.spend_on_samples(|budget| query.range(self.metrics, start, end, step, budget)))
    }
}

/// A query that would read too much gives nothing: its place on the page stays empty, the rest of the page does not.
fn vector(answer: Result<Answer, EvalError>) -> Result<Vec<Series>, Fault> {
    match answer {
        Err(EvalError::Samples { .. }) => Ok(Vec::new()),
        Ok(Answer { value: Value::Vector(vector), .. }) => Ok(vector),
        Ok(_) => Err(defect("a query gives no series")),
        Err(EvalError::Stopped) => Err(queries::timed_out()),
        Err(error) => Err(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

fn defect(what: impl std::fmt::Display) -> Fault {
    Fault::new(StatusCode::INTERNAL_SERVER_ERROR, format!("a query of Porthole's own is at fault: {what}"))
}

/// A text as a query has it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            other if other.is_control() => quoted.push_str(&format!("\\u{:04x}", other as u32)),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
