//! Lines as they arrive: what a query selects of the batches that the store has just committed.
//!
//! To show what is there and then what comes, make the [`Feed`] first and query then: a line that both find
//! is given once ([`Feed::skip_known`]).

use std::collections::HashMap;
use std::time::Duration;

use logql::{LogQuery, Row, Seen};
use logs::{Committed, Follow, Followed};
use model::{Labels, Timestamp};
use tokio::time::Instant;

/// How long after the query its lines can still come once more.
const KNOWN_FOR: Duration = Duration::from_secs(10);
/// Streams whose last times are remembered; with more of them numbers begin anew.
const STREAMS_MAX: usize = 2000;
/// Times remembered of each.
const TIMES_MAX: usize = 64;

/// Follows a query.
pub(crate) struct Feed {
    follow: Follow,
    query: LogQuery,
    numbers: Numbers,
    known: Known,
    seen: Seen,
}

/// What a feed gives.
pub(crate) enum Fed {
    /// Lines, in the order of their arrival; at least one.
    Lines(Vec<Row>),
    /// So many lines of all streams were left out since this reader was too slow.
    Skipped(u64),
}

impl Feed {
    pub(crate) fn new(follow: Follow, query: LogQuery) -> Self {
        let seen = query.seen();
        Self { follow, query, numbers: Numbers::default(), known: Known::default(), seen }
    }

    /// These lines were found by a query after the feed was made; each comes at most once more.
    pub(crate) fn skip_known(&mut self, rows: &[Row]) {
        self.known = Known::of(rows);
        for row in rows {
            self.seen.is_first(row);
            self.numbers.note(&row.labels, row.timestamp, row.nth);
        }
    }

    /// Waits for the next lines. May be dropped at any time without losing any.
    pub(crate) async fn next(&mut self) -> Fed {
        loop {
            match self.follow.recv().await {
                Followed::Skipped(lines) => {
                    self.numbers.clear();
                    return Fed::Skipped(lines);
                }
                Followed::Batch(batch) => {
                    let rows = self.select(&batch);
                    if !rows.is_empty() {
                        return Fed::Lines(rows);
                    }
                }
            }
        }
    }

    fn select(&mut self, batch: &Committed) -> Vec<Row> {
        if !self.query.selector().matches(&batch.labels) {
            return Vec::new();
        }
        let mut rows = Vec::new();
        for (entry, level) in &batch.entries {
            let row = self.query.row(&batch.labels, entry, *level);
            if row.as_ref().is_some_and(|row| self.known.take(&batch.labels, row.timestamp, &row.line)) {
                continue;
            }
            let nth = self.numbers.next(&batch.labels, entry.timestamp);
            if let Some(row) = row.filter(|row| self.seen.is_first(row)) {
                rows.push(Row { nth, ..row });
            }
        }
        rows
    }
}

/// How many lines each stream has of its latest times, so that a line that has just arrived gets the number
/// under which it will be found. Lines from before the feed began are not counted: where a line shares its
/// very nanosecond with one of them, the number is too small.
#[derive(Default)]
struct Numbers {
    streams: HashMap<Labels, Vec<(Timestamp, u64)>>,
}

impl Numbers {
    fn next(&mut self, labels: &Labels, at: Timestamp) -> u64 {
        let times = self.times(labels);
        if let Some((_, lines)) = times.iter_mut().rev().find(|(time, _)| *time == at) {
            *lines += 1;
            return *lines - 1;
        }
        push_bounded(times, (at, 1));
        0
    }

    fn note(&mut self, labels: &Labels, at: Timestamp, nth: u64) {
        let times = self.times(labels);
        match times.iter_mut().rev().find(|(time, _)| *time == at) {
            Some((_, lines)) => *lines = (*lines).max(nth + 1),
            None => push_bounded(times, (at, nth + 1)),
        }
    }

    fn clear(&mut self) {
        self.streams.clear();
    }

    fn times(&mut self, labels: &Labels) -> &mut Vec<(Timestamp, u64)> {
        if self.streams.len() >= STREAMS_MAX && !self.streams.contains_key(labels) {
            self.streams.clear();
        }
        self.streams.entry(labels.clone()).or_default()
    }
}

fn push_bounded(times: &mut Vec<(Timestamp, u64)>, time: (Timestamp, u64)) {
    if times.len() == TIMES_MAX {
        times.drain(..TIMES_MAX / 2);
    }
    times.push(time);
}

/// Lines that a query has given already, with how often.
#[derive(Default)]
struct Known {
    lines: HashMap<(u64, Timestamp, u64), u32>,
    until: Option<Instant>,
}

impl Known {
    fn of(rows: &[Row]) -> Self {
        let mut lines = HashMap::new();
        for row in rows {
            *lines.entry(key(&row.labels, row.timestamp, &row.line)).or_insert(0) += 1;
        }
        Self { lines, until: Some(Instant::now() + KNOWN_FOR) }
    }

    /// Whether the line is one of them; it counts off.
    fn take(&mut self, labels: &Labels, at: Timestamp, line: &str) -> bool {
        let Some(until) = self.until else { return false };
        if self.lines.is_empty() || Instant::now() > until {
            *self = Self::default();
            return false;
        }
        let key = key(labels, at, line);
        let Some(count) = self.lines.get_mut(&key) else { return false };
        *count -= 1;
        if *count == 0 {
            self.lines.remove(&key);
        }
        true
    }
}

fn key(labels: &Labels, at: Timestamp, line: &str) -> (u64, Timestamp, u64) {
    (labels.fingerprint(), at, store::checksum(line.as_bytes()))
}

#[cfg(test)]
mod tests;
