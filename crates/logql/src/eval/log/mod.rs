//! Queries for lines.

mod histogram;
mod number;
mod page;
mod rows;
mod search;
mod select;

use std::time::Duration;

use model::{Labels, Level, Selector, TimeRange};

pub use histogram::Histogram;
pub use page::{Cursor, Direction, Page, ParseCursorError, Row, Rows};

use super::filters::Filters;
use super::{Budget, EvalError, Levels, plan};
use crate::ast::LogExpr;
use crate::{Scan, Source};

/// A selector and line filters, ready to run: over a source, or over single lines as they arrive.
#[derive(Clone, Debug)]
pub struct LogQuery {
    pub(super) selector: Selector,
    pub(super) filters: Filters,
    pub(super) levels: Levels,
}

impl LogQuery {
    /// Prepares a query; one that does more than selecting and filtering is not evaluated yet.
    pub fn new(log: &LogExpr) -> Result<Self, EvalError> {
        let filters = plan::filters(log)?;
        Ok(Self { selector: log.selector.node.clone(), filters, levels: Levels::ALL })
    }

    /// The same query for lines of these levels only.
    #[must_use]
    pub fn with_levels(self, levels: Levels) -> Self {
        Self { levels, ..self }
    }

    /// Which streams.
    pub fn selector(&self) -> &Selector {
        &self.selector
    }

    /// Whether a line belongs to the answer.
    pub fn matches(&self, labels: &Labels, level: Level, line: &str) -> bool {
        self.selector.matches(labels) && self.passes(level, line)
    }

    /// Whether a line of a selected stream belongs to the answer.
    pub(super) fn passes(&self, level: Level, line: &str) -> bool {
        self.levels.contains(level) && self.filters.pass(line)
    }

    /// Where the filters matched: byte ranges of the line, sorted, not overlapping. Only filters that keep lines
    /// count; of very many places the first few hundred are told.
    pub fn marks(&self, line: &str) -> Vec<(u32, u32)> {
        self.filters.marks(line)
    }

    /// A page of lines.
    pub fn rows(&self, source: &impl Source, page: &Page, budget: &Budget<'_>) -> Result<Rows, EvalError> {
        rows::rows(self, source, page, budget)
    }

    /// How many lines of each level there are, from the start of the range in steps; the last one may reach over
    /// the end, but counts only lines inside.
    pub fn histogram(
        &self,
        source: &impl Source,
        range: TimeRange,
        step: Duration,
        budget: &Budget<'_>,
    ) -> Result<Histogram, EvalError> {
        histogram::histogram(self, source, range, step, budget)
    }

    pub(super) fn scan(&self, range: TimeRange) -> Scan {
        Scan { selector: self.selector.clone(), range, needles: self.filters.needles().to_vec() }
    }
}
