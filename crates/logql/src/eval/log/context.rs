//! `| context 3`: the lines before and after each line of the answer, from the same stream, as they were written.
//! None of them lies outside of the range that was asked for.

use std::collections::{HashMap, HashSet};

use model::{Labels, Matcher, Selector, TimeRange, Timestamp};

use super::page::next_instant;
use super::{Direction, LogQuery, Page, Row, Rows};
use crate::Source;
use crate::ast::LogExpr;
use crate::eval::{Budget, EvalError, Stats, Warning};
use crate::{Span, Spanned};

/// Lines of one stream that lie no further apart are looked up together.
const TOGETHER_NANOS: i64 = 60_000_000_000;

/// As many lines between two of the answer are looked through at most.
const BETWEEN_MAX: usize = 20_000;

/// Adds `lines` lines before and after each row.
pub(super) fn with_context<S: Source>(
    source: &S,
    page: &Page,
    (mut rows, lines): (Rows, usize),
    budget: &Budget<'_>,
) -> Result<Rows, EvalError> {
    let mut by_stream: HashMap<Labels, Vec<Name>> = HashMap::new();
    for row in &rows.rows {
        by_stream.entry(row.labels.clone()).or_default().push(name(row));
    }
    let mut near = Near {
        source,
        page,
        budget,
        lines,
        bytes_left: budget.bytes_kept,
        stats: rows.stats,
        warnings: Vec::new(),
    };
    for (labels, mut names) in by_stream {
        names.sort_unstable();
        let stream = near.stream(&labels)?;
        for together in names.chunk_by(|a, b| b.0.nanos().saturating_sub(a.0.nanos()) <= TOGETHER_NANOS) {
            let found = near.around(&stream, &labels, together)?;
            rows.rows.extend(found);
        }
    }
    let order = |row: &Row| (row.timestamp, row.labels.clone(), row.nth);
    rows.rows.sort_by_cached_key(order);
    if page.direction == Direction::Backward {
        rows.rows.reverse();
    }
    rows.stats = near.stats;
    for warning in near.warnings {
        if !rows.warnings.contains(&warning) {
            rows.warnings.push(warning);
        }
    }
    Ok(rows)
}

/// What tells a line from the others of its stream.
type Name = (Timestamp, u64);

fn name(row: &Row) -> Name {
    (row.timestamp, row.nth)
}

struct Near<'a, S> {
    source: &'a S,
    page: &'a Page,
    budget: &'a Budget<'a>,
    lines: usize,
    bytes_left: usize,
    stats: Stats,
    warnings: Vec<Warning>,
}

impl<S: Source> Near<'_, S> {
    /// A query for every line of one stream.
    fn stream(&self, labels: &Labels) -> Result<LogQuery, EvalError> {
        let matchers = labels.iter().map(|(name, value)| Matcher::equal(name, value));
        let selector = Spanned { node: Selector(matchers.collect()), span: Span::default() };
        LogQuery::new(&LogExpr { selector, stages: Vec::new() })
    }

    /// The lines around some that lie close together, which are in order.
    fn around(&mut self, stream: &LogQuery, labels: &Labels, names: &[Name]) -> Result<Vec<Row>, EvalError> {
        let (Some(first), Some(last)) = (names.first(), names.last()) else { return Ok(Vec::new()) };
        let TimeRange { start, end } = self.page.range;
        // Lines of the same instant are found with those between and told apart by their numbers.
        let before = TimeRange { start, end: first.0 };
        let between = TimeRange { start: first.0, end: next_instant(last.0) };
        let after = TimeRange { start: next_instant(last.0), end };
        let mut lines = self.read(stream, labels, (before, Direction::Backward, self.lines))?;
        lines.reverse();
        lines.extend(self.read(stream, labels, (between, Direction::Forward, BETWEEN_MAX))?);
        lines.extend(self.read(stream, labels, (after, Direction::Forward, self.lines))?);
        let wanted: HashSet<Name> = names.iter().copied().collect();
        let places: Vec<usize> =
            (0..lines.len()).filter(|place| wanted.contains(&name(&lines[*place]))).collect();
        let is_near = |place: usize| {
            let after = places.partition_point(|other| *other < place);
            let near = |other: Option<&usize>| other.is_some_and(|other| other.abs_diff(place) <= self.lines);
            near(places.get(after)) || near(after.checked_sub(1).and_then(|before| places.get(before)))
        };
        let mut around = Vec::new();
        for (place, row) in lines.into_iter().enumerate() {
            if is_near(place) && !wanted.contains(&name(&row)) {
                around.push(Row { is_context: true, ..row });
            }
        }
        Ok(self.within_budget(around))
    }

    fn read(
        &mut self,
        stream: &LogQuery,
        labels: &Labels,
        (range, direction, limit): (TimeRange, Direction, usize),
    ) -> Result<Vec<Row>, EvalError> {
        if self.bytes_left == 0 || range.start >= range.end {
            return Ok(Vec::new());
        }
        let page = Page { range, direction, limit, after: None };
        let bytes_read = self.budget.bytes_read.saturating_sub(self.stats.bytes);
        let budget = Budget { bytes_read, ..*self.budget };
        let mut found = stream.rows(self.source, &page, &budget)?;
        self.stats.chunks += found.stats.chunks;
        self.stats.entries += found.stats.entries;
        self.stats.bytes += found.stats.bytes;
        self.warnings.append(&mut found.warnings);
        // A stream with more labels is another one.
        found.rows.retain(|row| row.labels == *labels);
        Ok(found.rows)
    }

    fn within_budget(&mut self, mut rows: Vec<Row>) -> Vec<Row> {
        let fits = rows.iter().position(|row| match self.bytes_left.checked_sub(row.line.len()) {
            Some(left) => {
                self.bytes_left = left;
                false
            }
            None => true,
        });
        if let Some(fits) = fits {
            self.bytes_left = 0;
            self.warnings.push(Warning::KeptEnough(self.budget.bytes_kept));
            rows.truncate(fits);
        }
        rows
    }
}
