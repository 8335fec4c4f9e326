//! Deploys: a release came to an environment.

use event::ProjectId;
use rusqlite::{Connection, Transaction as Commit, params};

use super::write::known;

const TEXT_BYTES_MAX: usize = 500;

/// Lists are not longer.
const LIST_MAX: i64 = 100;

/// A release came to an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deploy {
    /// Names it; made when it is kept.
    pub id: i64,
    /// Where to.
    pub environment: String,
    /// When it was done, in milliseconds since the epoch.
    pub at_ms: i64,
    /// When it was begun, if that is told.
    pub started_ms: Option<i64>,
    /// Its maker's words; empty: none.
    pub name: String,
    /// More about it; empty: none. Typed by somebody: never to be followed or linked.
    pub url: String,
}

/// Keeps a deploy and gives its id; `None` if the version is none.
pub(crate) fn deploy(
    commit: &Commit<'_>,
    project: ProjectId,
    version: &str,
    deploy: &Deploy,
) -> rusqlite::Result<Option<i64>> {
    if known(commit, project, version, deploy.at_ms)?.is_none() {
        return Ok(None);
    }
    insert(commit, project, version, deploy).map(Some)
}

/// Keeps a deploy of a version that is known, or will be. Gives its id.
pub(super) fn insert(
    commit: &Commit<'_>,
    project: ProjectId,
    version: &str,
    deploy: &Deploy,
) -> rusqlite::Result<i64> {
    let shortened = |text: &str| text[..text.floor_char_boundary(TEXT_BYTES_MAX)].to_owned();
    commit.execute(
        "INSERT INTO deploy (project, version, environment, at_ms, started_ms, name, url)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            project.0 as i64,
            version,
            shortened(&deploy.environment),
            deploy.at_ms,
            deploy.started_ms,
            shortened(&deploy.name),
            shortened(&deploy.url)
        ],
    )?;
    Ok(commit.last_insert_rowid())
}

/// The deploys of a release, newest first, at most 100.
pub fn deploys(connection: &Connection, project: ProjectId, version: &str) -> rusqlite::Result<Vec<Deploy>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, environment, at_ms, started_ms, name, url FROM deploy
         WHERE project = ? AND version = ? ORDER BY at_ms DESC, id DESC LIMIT ?",
    )?;
    let rows = statement.query_map(params![project.0 as i64, version, LIST_MAX], |row| {
        Ok(Deploy {
            id: row.get(0)?,
            environment: row.get(1)?,
            at_ms: row.get(2)?,
            started_ms: row.get(3)?,
            name: row.get(4)?,
            url: row.get(5)?,
        })
    })?;
    rows.collect()
}
