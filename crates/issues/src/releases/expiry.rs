//! Deleting what is too old, a few rows at a time.

use rusqlite::{Transaction as Commit, params};

use super::HOUR_MS;
use crate::hours::Hours;

const KEY: &str = "release, hour, environment";
const EVENTS: Hours = Hours { table: "release_hour", key: KEY, rows_kept: 500_000 };

/// With up to 2 KB of users in each.
const SESSIONS: Hours = Hours { table: "session_hour", key: KEY, rows_kept: 50_000 };

/// Deletes what is from before the instant's hour, at most so many rows of a kind. Releases of which nothing was heard since
/// go with their deploys. Gives whether there may be more.
pub(crate) fn expire(commit: &Commit<'_>, before_ms: i64, rows_max: usize) -> rusqlite::Result<bool> {
    let (hour, rows) = (before_ms.div_euclid(HOUR_MS), rows_max as i64);
    let mut more = EVENTS.expire(commit, hour, rows_max)?;
    more |= SESSIONS.expire(commit, hour, rows_max)?;
    let old = "SELECT id FROM release WHERE last_ms < ?1 ORDER BY id LIMIT ?2";
    let deploys = format!(
        "DELETE FROM deploy WHERE (project, version) IN
             (SELECT project, version FROM release WHERE id IN ({old}))"
    );
    let regressions = format!("DELETE FROM release_regression WHERE release IN ({old})");
    let releases = format!("DELETE FROM release WHERE id IN ({old})");
    let unknown = "DELETE FROM deploy WHERE version = '' AND at_ms < ?1";
    commit.prepare_cached(unknown)?.execute([before_ms])?;
    let mut deleted = 0;
    for sql in [deploys, regressions, releases] {
        deleted = commit.prepare_cached(&sql)?.execute(params![hour * HOUR_MS, rows])?;
    }
    Ok(more || deleted >= rows_max)
}
