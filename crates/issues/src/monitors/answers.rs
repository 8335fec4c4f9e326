//! Answers: all monitors with how they do, and one with its runs.

use event::items::MonitorConfig;
use event::{EventId, ProjectId};
use model::Ordered as _;
use rusqlite::{Connection, OptionalExtension, params};

use super::schedule::{Plan, words};
use super::{ENVIRONMENT, State};

/// Lists of check-ins are not longer.
const CHECK_INS_MAX: i64 = 200;

/// Lists of monitors are not longer.
const ROWS_MAX: i64 = 2000;

/// One monitor in one environment.
#[derive(Clone, Debug, PartialEq)]
pub struct MonitorRow {
    /// Whose.
    pub project: ProjectId,
    /// Names it within its project.
    pub slug: String,
    /// Where it runs.
    pub environment: String,
    /// How the last run did that ended or is missing.
    pub state: State,
    /// Since when runs do so, in milliseconds since the epoch.
    pub since_ms: Option<i64>,
    /// When it runs, in words; empty: not told.
    pub schedule: String,
    /// The last check-in.
    pub last_ms: Option<i64>,
    /// When the next is due.
    pub next_ms: Option<i64>,
    /// How long the last run took.
    pub duration_ms: Option<i64>,
    /// Its issue while it fails.
    pub issue: Option<i64>,
    /// By bucket of the window: the worst check-in; `None`: there was none.
    pub strip: Vec<Option<State>>,
}

/// One monitor whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Monitor {
    /// One row per environment.
    pub rows: Vec<MonitorRow>,
    /// How late it may begin, in minutes.
    pub margin_min: i64,
    /// How long it may take, in minutes.
    pub runtime_min: i64,
    /// Bad runs in a row that make an issue.
    pub failures: u32,
    /// Good runs in a row that end it.
    pub recoveries: u32,
    /// Newest first, at most 200.
    pub check_ins: Vec<CheckInRow>,
}

/// One run, or one that is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckInRow {
    /// When it began, or should have.
    pub at_ms: i64,
    /// How it did.
    pub state: State,
    /// How long it took.
    pub duration_ms: Option<i64>,
    /// Where it ran.
    pub environment: String,
    /// The SDK's name for it.
    pub id: Option<EventId>,
    /// Empty: not told.
    pub release: String,
}

/// The buckets of a strip: so many of equal length, from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strip {
    /// Where the first begins, in milliseconds since the epoch.
    pub start_ms: i64,
    /// How long each is; at least 1.
    pub step_ms: i64,
    /// How many.
    pub buckets: usize,
}

/// All monitors, or those of a project and an environment: what is wrong first, then by project, name, environment.
pub fn monitors(
    connection: &Connection,
    project: Option<ProjectId>,
    environment: Option<&str>,
    strip: &Strip,
) -> rusqlite::Result<Vec<MonitorRow>> {
    let mut rows = rows(connection, project, None, environment, strip)?;
    let is_wrong = |row: &MonitorRow| row.state.is_bad();
    rows.order_by(|a, b| {
        let names = |row: &MonitorRow| (row.project.0, row.slug.clone(), row.environment.clone());
        is_wrong(b).cmp(&is_wrong(a)).then_with(|| names(a).cmp(&names(b)))
    });
    Ok(rows)
}

/// One monitor; `None` if there is none of that name.
pub fn monitor(
    connection: &Connection,
    project: ProjectId,
    slug: &str,
    environment: Option<&str>,
    strip: &Strip,
) -> rusqlite::Result<Option<Monitor>> {
    let found: Option<(i64, Option<String>)> = connection
        .prepare_cached("SELECT id, config FROM monitor WHERE project = ? AND slug = ?")?
        .query_row(params![project.0 as i64, slug], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, config)) = found else { return Ok(None) };
    let plan = Plan::of(read(config).as_ref());
    Ok(Some(Monitor {
        rows: rows(connection, Some(project), Some(slug), environment, strip)?,
        margin_min: plan.margin_ms / 60_000,
        runtime_min: plan.runtime_ms / 60_000,
        failures: plan.failures,
        recoveries: plan.recoveries,
        check_ins: check_ins(connection, id, environment)?,
    }))
}

fn read(config: Option<String>) -> Option<MonitorConfig> {
    config.and_then(|json| serde_json::from_str(&json).ok())
}

fn rows(
    connection: &Connection,
    project: Option<ProjectId>,
    slug: Option<&str>,
    environment: Option<&str>,
    strip: &Strip,
) -> rusqlite::Result<Vec<MonitorRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.id, m.project, m.slug, m.config, p.environment, p.state, p.since_ms, p.last_ms, p.next_ms,
                p.duration_ms, p.issue,
                EXISTS (SELECT 1 FROM check_in c WHERE c.monitor = m.id AND c.environment = p.environment
                                                   AND c.state = 'in_progress')
         FROM monitor m LEFT JOIN monitor_place p ON p.monitor = m.id
         WHERE (?1 IS NULL OR m.project = ?1) AND (?2 IS NULL OR m.slug = ?2)
           AND (?3 IS NULL OR p.environment = ?3)
         ORDER BY m.slug, p.environment LIMIT ?4",
    )?;
    let project = project.map(|project| project.0 as i64);
    let mut rows = statement.query(params![project, slug, environment, ROWS_MAX])?;
    let mut monitors = Vec::new();
    while let Some(row) = rows.next()? {
        let environment: String = row.get::<_, Option<_>>(4)?.unwrap_or_else(|| ENVIRONMENT.to_owned());
        let state: Option<String> = row.get(5)?;
        let config = read(row.get(3)?);
        let state = match State::read(state.as_deref().unwrap_or_default()) {
            // The first run tells nothing yet, but that it is there.
            State::Unknown if row.get(11)? => State::InProgress,
            state => state,
        };
        monitors.push(MonitorRow {
            project: ProjectId(row.get::<_, i64>(1)? as u64),
            slug: row.get(2)?,
            strip: drawn(connection, row.get(0)?, &environment, strip)?,
            environment,
            state,
            since_ms: row.get::<_, Option<i64>>(6)?.filter(|since| *since > 0),
            schedule: config.as_ref().map(words).unwrap_or_default(),
            last_ms: row.get(7)?,
            next_ms: row.get(8)?,
            duration_ms: row.get(9)?,
            issue: row.get(10)?,
        });
    }
    Ok(monitors)
}

fn drawn(
    connection: &Connection,
    monitor: i64,
    environment: &str,
    strip: &Strip,
) -> rusqlite::Result<Vec<Option<State>>> {
    let mut worst = vec![None; strip.buckets];
    let end_ms = strip.start_ms + strip.step_ms * strip.buckets as i64;
    let mut statement = connection.prepare_cached(
        "SELECT (at_ms - ?3) / ?4, state FROM check_in
         WHERE monitor = ?1 AND environment = ?2 AND at_ms >= ?3 AND at_ms < ?5 GROUP BY 1, 2",
    )?;
    let mut rows =
        statement.query(params![monitor, environment, strip.start_ms, strip.step_ms.max(1), end_ms])?;
    while let Some(row) = rows.next()? {
        let state = State::read(row.get_ref(1)?.as_str()?);
        if let Some(bucket) = worst.get_mut(row.get::<_, i64>(0)? as usize) {
            *bucket = (*bucket).max(Some(state));
        }
    }
    Ok(worst)
}

fn check_ins(
    connection: &Connection,
    monitor: i64,
    environment: Option<&str>,
) -> rusqlite::Result<Vec<CheckInRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT at_ms, state, duration_ms, environment, id, release FROM check_in
         WHERE monitor = ?1 AND (?2 IS NULL OR environment = ?2) ORDER BY at_ms DESC, row DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![monitor, environment, CHECK_INS_MAX], |row| {
        Ok(CheckInRow {
            at_ms: row.get(0)?,
            state: State::read(row.get_ref(1)?.as_str()?),
            duration_ms: row.get(2)?,
            environment: row.get(3)?,
            id: row.get::<_, Option<[u8; 16]>>(4)?.map(EventId),
            release: row.get(5)?,
        })
    })?;
    rows.collect()
}
