//! What makes a release known: events, sessions, deploys, and its maker.

use std::collections::BTreeMap;

use event::ProjectId;
use rusqlite::{Connection, OptionalExtension, Transaction as Commit, params};

use super::recent::minute;
use super::{HOUR_MS, VERSION_BYTES_MAX, rollouts};
use crate::work::Received;

/// More facts about a release are not kept.
const FACTS_MAX: usize = 20;
const FACT_BYTES_MAX: usize = 2000;

/// More releases of a project are not made: somebody makes versions up.
const RELEASES_MAX: i64 = 5000;

/// Of more environments a release is counted in one.
const ENVIRONMENTS_MAX: i64 = 20;
const ENVIRONMENT_BYTES_MAX: usize = 100;
const OTHERS: &str = "<others>";

/// What its maker tells of a release.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// When it was released, in milliseconds since the epoch.
    pub released_ms: Option<i64>,
    /// `ref`, `url`, `commit`, …: what is told replaces what was told under the name before.
    pub about: BTreeMap<String, String>,
}

/// Events of a release that came with one batch.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// By the hour in which they were received.
    hours: BTreeMap<i64, i64>,
    /// And by the minute.
    minutes: BTreeMap<i64, u64>,
    last_ms: i64,
}

impl Seen {
    pub(crate) fn add(&mut self, received_ms: i64) {
        *self.hours.entry(received_ms.div_euclid(HOUR_MS)).or_default() += 1;
        *self.minutes.entry(minute(received_ms)).or_default() += 1;
        self.last_ms = self.last_ms.max(received_ms);
    }

    /// How many, by the minute.
    pub(crate) fn minutes(&self) -> &BTreeMap<i64, u64> {
        &self.minutes
    }
}

/// Counts events of the release.
pub(crate) fn seen(
    commit: &Commit<'_>,
    project: ProjectId,
    version: &str,
    environment: &str,
    seen: &Seen,
) -> rusqlite::Result<()> {
    let Some(release) = known(commit, project, version, seen.last_ms)? else { return Ok(()) };
    for (hour, events) in &seen.hours {
        let environment = counted_as(commit, "release_hour", (release, *hour), environment)?;
        commit
            .prepare_cached(
                "INSERT INTO release_hour VALUES (?, ?, ?, ?)
                 ON CONFLICT (release, hour, environment) DO UPDATE SET events = events + excluded.events",
            )?
            .execute(params![release, environment, hour, events])?;
    }
    Ok(())
}

/// Notes that something other than an event came from the release.
pub(crate) fn heard(commit: &Commit<'_>, received: &Received, version: &str) -> rusqlite::Result<()> {
    known(commit, received.project, version, received.received_ms).map(drop)
}

/// Notes that an issue that was resolved came again with the release.
pub(crate) fn regressed(
    commit: &Commit<'_>,
    received: &Received,
    version: &str,
    issue: i64,
) -> rusqlite::Result<()> {
    let Some(release) = known(commit, received.project, version, received.received_ms)? else {
        return Ok(());
    };
    commit.prepare_cached("INSERT OR REPLACE INTO release_regression VALUES (?, ?, ?)")?.execute([
        release,
        issue,
        received.received_ms,
    ])?;
    Ok(())
}

/// Keeps what is told of a release. Gives whether it was not known before.
pub(crate) fn told(
    commit: &Commit<'_>,
    project: ProjectId,
    version: &str,
    told: &Told,
    now_ms: i64,
) -> rusqlite::Result<bool> {
    let was_known = find(commit, project, version)?.is_some();
    let Some(release) = known(commit, project, version, now_ms)? else { return Ok(false) };
    let about: String =
        commit.query_row("SELECT about FROM release WHERE id = ?", [release], |row| row.get(0))?;
    let mut about: BTreeMap<String, String> = serde_json::from_str(&about).unwrap_or_default();
    for (name, value) in &told.about {
        if about.len() < FACTS_MAX || about.contains_key(name) {
            let value = &value[..value.floor_char_boundary(FACT_BYTES_MAX)];
            about.insert(name.clone(), value.to_owned());
        }
    }
    commit.execute(
        "UPDATE release SET about = ?2, released_ms = coalesce(?3, released_ms) WHERE id = ?1",
        params![release, serde_json::to_string(&about).unwrap_or_default(), told.released_ms],
    )?;
    Ok(!was_known)
}

/// Forgets a release and what was counted of it; its next event makes it anew. Gives whether it was known.
pub(crate) fn forget(commit: &Commit<'_>, project: ProjectId, version: &str) -> rusqlite::Result<bool> {
    let Some(release) = find(commit, project, version)? else { return Ok(false) };
    for table in ["release_hour", "release_regression", "session_hour"] {
        commit.execute(&format!("DELETE FROM {table} WHERE release = ?"), [release])?;
    }
    commit.execute(
        "DELETE FROM deploy WHERE project = ? AND version = ?",
        params![project.0 as i64, version],
    )?;
    commit.execute("DELETE FROM release WHERE id = ?", [release])?;
    Ok(true)
}

/// The release's row, made if it is new; `None` if the version is none.
pub(super) fn known(
    commit: &Commit<'_>,
    project: ProjectId,
    version: &str,
    now_ms: i64,
) -> rusqlite::Result<Option<i64>> {
    if version.is_empty() || version.len() > VERSION_BYTES_MAX {
        return Ok(None);
    }
    let known = find(commit, project, version)?;
    if let Some(release) = known {
        commit
            .prepare_cached("UPDATE release SET last_ms = max(last_ms, ?2) WHERE id = ?1")?
            .execute([release, now_ms])?;
        return Ok(known);
    }
    let project = project.0 as i64;
    let releases: i64 = commit
        .prepare_cached("SELECT count(*) FROM release WHERE project = ?")?
        .query_row([project], |row| row.get(0))?;
    if releases >= RELEASES_MAX {
        return Ok(None);
    }
    commit
        .prepare_cached("INSERT INTO release (project, version, first_ms, last_ms) VALUES (?1, ?2, ?3, ?3)")?
        .execute(params![project, version, now_ms])?;
    let release = commit.last_insert_rowid();
    rollouts::adopt(commit, project, version, now_ms)?;
    Ok(Some(release))
}

/// The environment under which something of the release is counted in the hour; [`OTHERS`] if there are many already.
pub(super) fn counted_as<'e>(
    commit: &Commit<'_>,
    table: &str,
    (release, hour): (i64, i64),
    environment: &'e str,
) -> rusqlite::Result<&'e str> {
    let environment = &environment[..environment.floor_char_boundary(ENVIRONMENT_BYTES_MAX)];
    let (others, is_known): (i64, bool) = commit
        .prepare_cached(&format!(
            "SELECT count(*), coalesce(max(environment = ?3), 0) FROM {table} WHERE release = ?1 AND hour = ?2"
        ))?
        .query_row(params![release, hour, environment], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(if is_known || others < ENVIRONMENTS_MAX { environment } else { OTHERS })
}

pub(super) fn find(
    connection: &Connection,
    project: ProjectId,
    version: &str,
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM release WHERE project = ? AND version = ?")?
        .query_row(params![project.0 as i64, version], |row| row.get(0))
        .optional()
}
