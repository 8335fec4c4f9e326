//! A page of lines and its height.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::{LogRequest, Nanos};

use crate::line::Line;
use crate::logql::Asked;

/// How tall rows are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// Of a row.
    pub row: f64,
    /// Of each further line of a broken row.
    pub line: f64,
    /// Characters that fit beside the other columns; `None`: lines are not broken.
    pub columns: Option<usize>,
}

/// A broken row is no taller than this; the rest is behind the fold.
const LINES_MAX: usize = 40;

/// Asks for a page of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageKey {
    /// The first nanosecond.
    pub start: Nanos,
    /// The first nanosecond that no longer counts.
    pub end: Nanos,
    /// Oldest first.
    pub forward: bool,
    /// Where the page before ended.
    pub cursor: String,
}

/// What lies beyond an end of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    #[default]
    End,
    /// More lines.
    More(PageKey),
}

impl PageKey {
    /// The page behind this one, if there is one.
    pub fn next(&self, cursor: Option<String>) -> Step {
        match cursor {
            Some(cursor) => Step::More(Self { cursor, ..self.clone() }),
            None => Step::End,
        }
    }

    /// The request for it.
    pub fn request(&self, asked: &Asked, limit: u32) -> LogRequest {
        LogRequest {
            query: asked.query.clone(),
            levels: asked.levels.clone(),
            start: self.start,
            end: self.end,
            limit,
            forward: self.forward,
            cursor: self.cursor.clone(),
            buckets: 0,
        }
    }
}

pub(super) struct Page {
    /// Names the page for as long as the list lives.
    pub(super) serial: i64,
    /// Asks for it again; `None` for lines that came live.
    pub(super) key: Option<PageKey>,
    /// Oldest first; `None` while let go.
    pub(super) lines: Option<Vec<Arc<Line>>>,
    pub(super) count: usize,
    pub(super) height: f64,
}

impl Page {
    pub(super) fn lines(&self) -> &[Arc<Line>] {
        self.lines.as_deref().unwrap_or_default()
    }

    pub(super) fn measure(&mut self, metrics: Metrics, unfolded: &BTreeMap<String, f64>) {
        if let Some(lines) = &self.lines {
            self.count = lines.len();
            self.height = lines.iter().map(|line| row_height(line, metrics, unfolded)).sum();
        } else if metrics.columns.is_none() {
            self.height = self.count as f64 * metrics.row;
        }
    }
}

pub(super) fn row_height(line: &Line, metrics: Metrics, unfolded: &BTreeMap<String, f64>) -> f64 {
    let details = unfolded.get(&line.id).copied().unwrap_or(0.0);
    let lines = metrics.columns.map_or(1, |columns| broken_lines(line.widths(), columns));
    metrics.row + (lines - 1) as f64 * metrics.line + details
}

/// How many lines a row takes when its lines are broken at a width.
fn broken_lines(widths: &[u32], columns: usize) -> usize {
    let columns = columns.max(8);
    let lines: usize = widths.iter().map(|width| (*width as usize).div_ceil(columns).max(1)).sum();
    lines.min(LINES_MAX)
}
