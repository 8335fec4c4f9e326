//! Deleting old check-ins, and whole monitors.

use event::ProjectId;
use rusqlite::{Transaction as Commit, params};

/// More runs are not kept, whatever their age.
const RUNS_MAX: i64 = 200_000;

/// Deletes check-ins from before the instant, and the first of too many, at most so many of each. Gives whether there may
/// be more.
pub(crate) fn expire(commit: &Commit<'_>, before_ms: i64, rows_max: usize) -> rusqlite::Result<bool> {
    let rows = rows_max as i64;
    let old = "DELETE FROM check_in WHERE row IN (SELECT row FROM check_in WHERE at_ms < ?1 LIMIT ?2)";
    let many = "DELETE FROM check_in WHERE row IN
                    (SELECT row FROM check_in WHERE row <= (SELECT max(row) FROM check_in) - ?1 LIMIT ?2)";
    let old = commit.prepare_cached(old)?.execute([before_ms, rows])?;
    let many = commit.prepare_cached(many)?.execute([RUNS_MAX, rows])?;
    Ok(old >= rows_max || many >= rows_max)
}

/// Deletes a monitor; its next check-in makes it anew. Gives whether there was one.
pub(crate) fn delete(commit: &Commit<'_>, project: ProjectId, slug: &str) -> rusqlite::Result<bool> {
    let of_it = "(SELECT id FROM monitor WHERE project = ? AND slug = ?)";
    let names = params![project.0 as i64, slug];
    commit.execute(&format!("DELETE FROM check_in WHERE monitor IN {of_it}"), names)?;
    commit.execute(&format!("DELETE FROM monitor_place WHERE monitor IN {of_it}"), names)?;
    Ok(commit.execute("DELETE FROM monitor WHERE project = ? AND slug = ?", names)? > 0)
}
