//! Taking a check-in in: the monitor and the environment that it is about, made if they are new.

use event::ProjectId;
use event::items::{CheckIn, MonitorConfig};
use rusqlite::{OptionalExtension, Transaction as Commit, params};

use super::place::place;
use super::runs::open_run;
use super::{ENVIRONMENT, Turn};
use crate::work::Received;

/// More are not made for one project: somebody makes names up.
const MONITORS_MAX: i64 = 1000;
const SLUG_BYTES_MAX: usize = 100;

/// Nor does a monitor run in more environments.
const ENVIRONMENTS_MAX: i64 = 50;

/// Takes a check-in in.
pub(crate) fn apply(
    commit: &Commit<'_>,
    received: &Received,
    check_in: &CheckIn,
) -> rusqlite::Result<Vec<Turn>> {
    let slug = &check_in.monitor[..check_in.monitor.floor_char_boundary(SLUG_BYTES_MAX)];
    let Some(monitor) = known_or_made(commit, received.project, slug, check_in.config.as_ref())? else {
        tracing::warn!("project {} has {MONITORS_MAX} monitors: `{slug}` is not made", received.project.0);
        return Ok(Vec::new());
    };
    let told = check_in.environment.as_deref().filter(|name| !name.is_empty()).unwrap_or(ENVIRONMENT);
    let environment = &told[..told.floor_char_boundary(SLUG_BYTES_MAX)];
    if !has_room(commit, monitor, environment)? {
        tracing::warn!("`{slug}` runs in {ENVIRONMENTS_MAX} environments: `{environment}` is not watched");
        return Ok(Vec::new());
    }
    let mut place = place(commit, monitor, environment)?;
    let now_ms = received.received_ms;
    place.last_ms = place.last_ms.max(now_ms);
    let turn = match open_run(commit, &place, check_in.id)? {
        Some(run) => place.goes_on(commit, &run, check_in, now_ms)?,
        None => place.begins(commit, check_in, now_ms)?,
    };
    place.save(commit)?;
    Ok(turn.into_iter().collect())
}

/// Notes which issue was made of a failure.
pub(crate) fn opened(
    commit: &Commit<'_>,
    monitor: i64,
    environment: &str,
    issue: i64,
) -> rusqlite::Result<()> {
    commit
        .prepare_cached("UPDATE monitor_place SET issue = ?3 WHERE monitor = ?1 AND environment = ?2")?
        .execute(params![monitor, environment, issue])?;
    Ok(())
}

fn known_or_made(
    commit: &Commit<'_>,
    project: ProjectId,
    slug: &str,
    config: Option<&MonitorConfig>,
) -> rusqlite::Result<Option<i64>> {
    let project = project.0 as i64;
    let known: Option<(i64, Option<String>)> = commit
        .prepare_cached("SELECT id, config FROM monitor WHERE project = ? AND slug = ?")?
        .query_row(params![project, slug], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let told = config.and_then(|config| serde_json::to_string(config).ok());
    if let Some((id, config)) = known {
        if told.is_some() && told != config {
            commit.execute("UPDATE monitor SET config = ?2 WHERE id = ?1", params![id, told])?;
            // Of the old schedule nothing is due any more.
            commit.execute(
                "UPDATE monitor_place SET next_ms = NULL, missed_ms = NULL WHERE monitor = ?",
                [id],
            )?;
        }
        return Ok(Some(id));
    }
    let monitors: i64 =
        commit.query_row("SELECT count(*) FROM monitor WHERE project = ?", [project], |row| row.get(0))?;
    if monitors >= MONITORS_MAX {
        return Ok(None);
    }
    commit.execute(
        "INSERT INTO monitor (project, slug, config) VALUES (?, ?, ?)",
        params![project, slug, told],
    )?;
    Ok(Some(commit.last_insert_rowid()))
}

/// Whether the monitor runs in this environment, or in few others.
fn has_room(commit: &Commit<'_>, monitor: i64, environment: &str) -> rusqlite::Result<bool> {
    let (others, is_known): (i64, bool) = commit
        .prepare_cached(
            "SELECT count(*), coalesce(max(environment = ?2), 0) FROM monitor_place WHERE monitor = ?1",
        )?
        .query_row(params![monitor, environment], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(is_known || others < ENVIRONMENTS_MAX)
}
