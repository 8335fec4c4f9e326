//! Deleting what is too old, a few rows at a time.

use rusqlite::{Transaction as Commit, params};

use super::{HOUR_MS, orphans};
use crate::hours::Hours;

/// More examples are not kept, whatever their age.
const EXAMPLES_MAX: i64 = 20_000;

/// 200 names for 50 days; about 100 MB.
const HOURS: Hours = Hours { table: "performance_hour", key: "name, hour", rows_kept: 250_000 };

/// Examples are found by their names, so names go last, once nothing of theirs is left.
const OLD_EXAMPLES: &str = "DELETE FROM performance_example WHERE id IN
    (SELECT e.id FROM performance_name n JOIN performance_example e ON e.name = n.id AND e.hour < ?1 LIMIT ?2)";
const MANY_EXAMPLES: &str = "DELETE FROM performance_example WHERE id IN
    (SELECT id FROM performance_example WHERE id <= (SELECT max(id) FROM performance_example) - ?1 LIMIT ?2)";
const UNUSED_NAMES: &str = "DELETE FROM performance_name WHERE id IN
    (SELECT id FROM performance_name n
     WHERE NOT EXISTS (SELECT 1 FROM performance_hour WHERE name = n.id)
       AND NOT EXISTS (SELECT 1 FROM performance_example WHERE name = n.id) LIMIT ?1)";

/// Deletes what ended before the instant, at most so many rows of a kind. Gives whether there may be more.
pub(crate) fn expire(commit: &Commit<'_>, before_ms: i64, rows_max: usize) -> rusqlite::Result<bool> {
    let (hour, rows) = (before_ms.div_euclid(HOUR_MS), rows_max as i64);
    let old = commit.prepare_cached(OLD_EXAMPLES)?.execute([hour, rows])?;
    let many = commit.prepare_cached(MANY_EXAMPLES)?.execute([EXAMPLES_MAX, rows])?;
    let orphans = orphans::expire(commit, before_ms, rows_max)?;
    let more = orphans | HOURS.expire(commit, hour, rows_max)?;
    let unused = commit.prepare_cached(UNUSED_NAMES)?.execute(params![rows])?;
    Ok(more || [old, many, unused].iter().any(|deleted| *deleted >= rows_max))
}
