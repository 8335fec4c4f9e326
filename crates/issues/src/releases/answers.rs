//! Answers: all releases with what they brought, and one of them.

use std::collections::BTreeMap;

use event::ProjectId;
use rusqlite::{Connection, Row, params};

use super::HOUR_MS;
use super::deploys::{Deploy, deploys};
use crate::sketch::Sketch;

/// A page of releases.
const PAGE: usize = 50;

/// The series of a release has so many buckets.
const BUCKETS: i64 = 60;

/// So many issues of a kind are named.
const ISSUES_MAX: i64 = 50;

/// Which releases.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// Whose; `None`: of all projects.
    pub project: Option<ProjectId>,
    /// Only what came from this environment is counted; `None`: from all.
    pub environment: Option<&'a str>,
    /// Only versions that contain this, whatever the case.
    pub contains: &'a str,
    /// What the page before gave; empty: the first.
    pub cursor: &'a str,
}

/// One release of one project in a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReleaseRow {
    /// `shop@1.4.2`, a commit.
    pub version: String,
    /// Whose.
    pub project: u64,
    /// When it was told of, or first seen, in milliseconds since the epoch.
    pub first_ms: i64,
    /// The last event or session of it.
    pub last_ms: i64,
    /// When it was declared released.
    pub released_ms: Option<i64>,
    /// Its last deploy.
    pub deploy: Option<Deploy>,
    /// Issues that came for the first time with it.
    pub new_issues: u64,
    /// Issues that came again with it though they were resolved.
    pub regressed_issues: u64,
    /// Its events.
    pub events: u64,
    /// Its sessions; 0: the program sends none.
    pub sessions: u64,
    /// The share of them that did not crash, 0 to 1.
    pub crash_free_sessions: Option<f64>,
    /// The share of users who met no crash.
    pub crash_free_users: Option<f64>,
}

/// One release whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Release {
    /// As in the list.
    pub row: ReleaseRow,
    /// Newest first.
    pub deploys: Vec<Deploy>,
    /// Where the first bucket of `events` begins.
    pub start_ms: i64,
    /// How long each bucket is.
    pub step_ms: i64,
    /// Its events over time.
    pub events: Vec<u64>,
    /// What its maker told, by name.
    pub about: BTreeMap<String, String>,
    /// The release of the project that was first seen before it.
    pub previous: Option<String>,
}

const COLUMNS: &str = "id, project, version, first_ms, last_ms, released_ms, about";

/// A page of releases, the one that was first seen last at its head, and where the next page begins.
pub fn releases(
    connection: &Connection,
    selection: &Selection<'_>,
) -> rusqlite::Result<(Vec<ReleaseRow>, Option<String>)> {
    let cursor = selection.cursor.split_once(':');
    let cursor = cursor.and_then(|(first, id)| Some((first.parse().ok()?, id.parse().ok()?)));
    let (first_ms, id) = cursor.unwrap_or((i64::MAX, i64::MAX));
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM release
         WHERE (?1 IS NULL OR project = ?1) AND instr(lower(version), ?2) > 0 AND (first_ms, id) < (?3, ?4)
         ORDER BY first_ms DESC, id DESC LIMIT ?5"
    ))?;
    let project = selection.project.map(|project| project.0 as i64);
    let contains = selection.contains.to_lowercase();
    let found = statement.query_map(params![project, contains, first_ms, id, PAGE as i64 + 1], known)?;
    let mut found: Vec<Known> = found.collect::<rusqlite::Result<_>>()?;
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().filter(|_| has_more);
    let next = last.map(|last| format!("{}:{}", last.first_ms, last.id));
    let rows = found.iter().map(|known| row(connection, known, selection.environment));
    Ok((rows.collect::<rusqlite::Result<_>>()?, next))
}

/// One release, of the project or of whichever has it; `None` if nobody does.
pub fn release(
    connection: &Connection,
    project: Option<ProjectId>,
    version: &str,
) -> rusqlite::Result<Option<Release>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM release WHERE version = ?1 AND (?2 IS NULL OR project = ?2)
         ORDER BY last_ms DESC LIMIT 1"
    ))?;
    let project = project.map(|project| project.0 as i64);
    let mut found = statement.query_map(params![version, project], known)?;
    let Some(known) = found.next().transpose()? else { return Ok(None) };
    let (start_ms, step_ms, events) = series(connection, &known)?;
    let previous = connection
        .prepare_cached(
            "SELECT version FROM release WHERE project = ? AND (first_ms, id) < (?, ?)
             ORDER BY first_ms DESC, id DESC LIMIT 1",
        )?
        .query_map([known.project, known.first_ms, known.id], |row| row.get(0))?
        .next()
        .transpose()?;
    Ok(Some(Release {
        row: row(connection, &known, None)?,
        deploys: deploys(connection, ProjectId(known.project as u64), version)?,
        start_ms,
        step_ms,
        events,
        about: serde_json::from_str(&known.about).unwrap_or_default(),
        previous,
    }))
}

/// The issues that came for the first time with a release, and those that came again, the last seen first, at most 50.
pub fn issues_of(
    connection: &Connection,
    project: ProjectId,
    version: &str,
) -> rusqlite::Result<(Vec<i64>, Vec<i64>)> {
    let ids = |sql: &str| -> rusqlite::Result<Vec<i64>> {
        let mut statement = connection.prepare_cached(sql)?;
        statement.query_map(params![project.0 as i64, version, ISSUES_MAX], |row| row.get(0))?.collect()
    };
    let new = ids("SELECT id FROM issue WHERE project = ? AND first_release = ? AND status <> 'deleted'
         ORDER BY last_ms DESC LIMIT ?")?;
    let regressed = ids(
        "SELECT i.id FROM release r JOIN release_regression g ON g.release = r.id JOIN issue i ON i.id = g.issue
         WHERE r.project = ? AND r.version = ? AND i.status <> 'deleted' ORDER BY i.last_ms DESC LIMIT ?",
    )?;
    Ok((new, regressed))
}

/// A row of `release`.
struct Known {
    id: i64,
    project: i64,
    version: String,
    first_ms: i64,
    last_ms: i64,
    released_ms: Option<i64>,
    about: String,
}

fn known(row: &Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        id: row.get(0)?,
        project: row.get(1)?,
        version: row.get(2)?,
        first_ms: row.get(3)?,
        last_ms: row.get(4)?,
        released_ms: row.get(5)?,
        about: row.get(6)?,
    })
}

fn row(connection: &Connection, known: &Known, environment: Option<&str>) -> rusqlite::Result<ReleaseRow> {
    let count = |sql: &str| -> rusqlite::Result<u64> {
        let values = params![known.project, known.version, known.id];
        Ok(connection.prepare_cached(sql)?.query_row(values, |row| row.get::<_, i64>(0))? as u64)
    };
    let events: i64 = connection
        .prepare_cached(
            "SELECT coalesce(sum(events), 0) FROM release_hour
             WHERE release = ?1 AND (?2 IS NULL OR environment = ?2)",
        )?
        .query_row(params![known.id, environment], |row| row.get(0))?;
    let health = health(connection, known.id, environment)?;
    let project = ProjectId(known.project as u64);
    Ok(ReleaseRow {
        version: known.version.clone(),
        project: project.0,
        first_ms: known.first_ms,
        last_ms: known.last_ms,
        released_ms: known.released_ms,
        deploy: deploys(connection, project, &known.version)?
            .into_iter()
            .find(|deploy| environment.is_none_or(|environment| deploy.environment == environment)),
        new_issues: count(
            "SELECT count(*) FROM issue
             WHERE project = ?1 AND first_release = ?2 AND status <> 'deleted' AND ?3 IS NOT NULL",
        )?,
        regressed_issues: count(
            "SELECT count(*) FROM release_regression g JOIN issue i ON i.id = g.issue
             WHERE g.release = ?3 AND i.project = ?1 AND i.status <> 'deleted' AND ?2 IS NOT NULL",
        )?,
        events: events as u64,
        sessions: health.sessions,
        crash_free_sessions: share(health.sessions, health.crashed),
        crash_free_users: share(health.users.count(), health.crashed_users.count()),
    })
}

/// The share that is not bad; `None` of nothing.
fn share(all: u64, bad: u64) -> Option<f64> {
    (all > 0).then(|| 1.0 - bad.min(all) as f64 / all as f64)
}

#[derive(Default)]
struct Health {
    sessions: u64,
    crashed: u64,
    users: Sketch,
    crashed_users: Sketch,
}

fn health(connection: &Connection, release: i64, environment: Option<&str>) -> rusqlite::Result<Health> {
    let mut statement = connection.prepare_cached(
        "SELECT sessions, crashed, users, crashed_users FROM session_hour
         WHERE release = ?1 AND (?2 IS NULL OR environment = ?2)",
    )?;
    let mut rows = statement.query(params![release, environment])?;
    let mut health = Health::default();
    while let Some(row) = rows.next()? {
        health.sessions += row.get::<_, i64>(0)? as u64;
        health.crashed += row.get::<_, i64>(1)? as u64;
        health.users.merge(&Sketch::read(row.get_ref(2)?.as_blob()?));
        health.crashed_users.merge(&Sketch::read(row.get_ref(3)?.as_blob()?));
    }
    Ok(health)
}

/// Events from the first to the last, in whole hours: where the first bucket begins, how long each is, and how many.
fn series(connection: &Connection, known: &Known) -> rusqlite::Result<(i64, i64, Vec<u64>)> {
    let first = known.first_ms.div_euclid(HOUR_MS);
    let hours = known.last_ms.div_euclid(HOUR_MS) - first + 1;
    let each = (hours.max(1) as u64).div_ceil(BUCKETS as u64) as i64;
    let mut events = vec![0; (hours.max(1) as u64).div_ceil(each as u64) as usize];
    let mut statement = connection.prepare_cached(
        "SELECT (hour - ?2) / ?3, sum(events) FROM release_hour WHERE release = ?1 AND hour >= ?2 GROUP BY 1",
    )?;
    let mut rows = statement.query([known.id, first, each])?;
    while let Some(row) = rows.next()? {
        if let Some(bucket) = events.get_mut(row.get::<_, i64>(0)? as usize) {
            *bucket = row.get::<_, i64>(1)? as u64;
        }
    }
    Ok((first * HOUR_MS, each * HOUR_MS, events))
}
