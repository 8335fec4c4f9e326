//! A sample of the lines that a query selects: some from every part of the time range, the newest of each part.

use logql::{Direction, EvalError, Levels, LogQuery, Page, Row, Rows};
use model::{Level, TimeRange, Timestamp};

use crate::queries::Allowance;

/// The range is cut into so many parts, so that no busy minute stands for a whole day.
const PARTS: u32 = 20;

/// What is sampled.
pub(crate) struct Sought<'a> {
    pub(crate) query: &'a LogQuery,
    pub(crate) range: TimeRange,
    /// For a selector alone, whose lines the store has counted: the levels that are wanted.
    pub(crate) counted: Option<Levels>,
}

/// How large a sample is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// At most so many lines.
    pub(crate) lines: usize,
    /// From the newest end alone instead of all over the range.
    pub(crate) newest_only: bool,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sampled {
    /// How many lines.
    pub(crate) lines: u64,
    /// About how many lines there are for each that was looked at; 1: all were.
    pub(crate) one_in: u64,
    /// What was left out, in words.
    pub(crate) warnings: Vec<String>,
}

/// Shows `look` the lines of a sample, newest first within each part. Only one part is in memory at a time.
pub(crate) fn look_at(
    logs: &logs::Logs,
    sought: &Sought<'_>,
    size: Size,
    allowance: &Allowance,
    mut look: impl FnMut(&Row),
) -> Result<Sampled, EvalError> {
    let parts = if size.newest_only { 1 } else { PARTS };
    let limit = size.lines.div_ceil(parts as usize).max(1);
    let (mut sampled, mut estimated) = (Sampled::default(), 0.0);
    for part in cut(sought.range, parts) {
        let page = Page { range: part, direction: Direction::Backward, limit, after: None };
        let found = allowance.spend(|budget| sought.query.rows(logs, &page, budget))?;
        found.rows.iter().for_each(&mut look);
        sampled.lines += found.rows.len() as u64;
        estimated += sought.lines(logs, part, &found);
        let told = found.warnings.iter().map(ToString::to_string);
        sampled
            .warnings
            .extend(told.filter(|warning| !sampled.warnings.contains(warning)).collect::<Vec<_>>());
        if !allowance.lasts() {
            break;
        }
    }
    sampled.one_in = (estimated / (sampled.lines as f64).max(1.0)).round().max(1.0) as u64;
    Ok(sampled)
}

impl Sought<'_> {
    /// About how many lines a part has of which these are the newest: as the store has counted them, else as many
    /// as there would be if they went on like this.
    fn lines(&self, logs: &logs::Logs, part: TimeRange, found: &Rows) -> f64 {
        let lines = found.rows.len() as f64;
        let (Some(_), Some(oldest)) = (&found.next, found.rows.last()) else { return lines };
        if let Some(counted) = self.counted.and_then(|levels| self.count(logs, part, levels)) {
            return (counted as f64).max(lines);
        }
        let seen = part.end.since(oldest.timestamp).as_secs_f64().max(1e-9);
        lines * (part.end.since(part.start).as_secs_f64() / seen).max(1.0)
    }

    fn count(&self, logs: &logs::Logs, part: TimeRange, levels: Levels) -> Option<u64> {
        let whole = part.end.since(part.start);
        let buckets = logs.histogram(self.query.selector(), part, whole).ok()?;
        let wanted = Level::ALL.into_iter().filter(|level| levels.contains(*level));
        Some(
            wanted
                .map(|level| buckets.iter().map(|counts| counts[usize::from(level.number())]).sum::<u64>())
                .sum(),
        )
    }
}

/// Parts of the same length, newest first; together they are the range.
fn cut(range: TimeRange, parts: u32) -> impl Iterator<Item = TimeRange> {
    let (start, end) = (i128::from(range.start.nanos()), i128::from(range.end.nanos()));
    let bound = move |part: u32| {
        let nanos = start + (end - start) * i128::from(part) / i128::from(parts);
        Timestamp::from_nanos(nanos as i64)
    };
    (0..parts)
        .rev()
        .map(move |part| TimeRange { start: bound(part), end: bound(part + 1) })
        .filter(|part| part.start < part.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_range_without_a_gap() {
        let range =
            |start, end| TimeRange { start: Timestamp::from_nanos(start), end: Timestamp::from_nanos(end) };
        for (start, end, parts) in [(0, 100, 3), (-7, 12, 20), (5, 6, 20), (i64::MIN, i64::MAX, 20)] {
            let cut: Vec<TimeRange> = cut(range(start, end), parts).collect();
            assert_eq!((cut[0].end.nanos(), cut[cut.len() - 1].start.nanos()), (end, start));
            assert!(cut.windows(2).all(|pair| pair[0].start == pair[1].end), "{cut:?}");
        }
        assert_eq!(cut(range(3, 3), 20).count(), 0);
    }
}
