//! Transactions that are kept whole: of each name and hour the slowest ones, and the first that failed.

use event::ProjectId;
use event::items::Transaction;
use rusqlite::{Connection, OptionalExtension, Row, Transaction as Commit, params};

use super::hints::{Hint, hints};
use super::names::{Selection, Window};
use super::orphans;
use super::waterfall::{Step, waterfall};

/// So many of either kind.
const KEPT: i64 = 3;

/// Lists are not longer.
const LIST_MAX: i64 = 100;

const ZSTD_LEVEL: i32 = 3;
const BYTES_MAX: usize = 8 << 20;

/// A transaction that was kept, in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleRow {
    /// Names it.
    pub id: i64,
    /// When it began, in milliseconds since the epoch.
    pub start_ms: i64,
    /// How long it took.
    pub duration_ms: f64,
    /// Whether it failed.
    pub failed: bool,
    /// `ok`, `internal_error`, …; empty if it did not say.
    pub status: String,
    /// Its trace.
    pub trace: event::TraceId,
    /// Empty if it did not say.
    pub environment: String,
    /// Empty if it did not say.
    pub release: String,
    /// How many spans it has.
    pub spans: u32,
}

/// A transaction whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// As in the list.
    pub row: ExampleRow,
    /// Whose it is.
    pub project: ProjectId,
    /// As it came.
    pub transaction: Transaction,
    /// Its spans as a tree, each behind the one that it is part of; the transaction itself is the first.
    pub steps: Vec<Step>,
    /// What could be done better.
    pub hints: Vec<Hint>,
}

/// Keeps the transaction if it is one of those.
pub(super) fn keep(
    commit: &Commit<'_>,
    name: i64,
    hour: i64,
    transaction: &Transaction,
) -> rusqlite::Result<()> {
    let failed = transaction.is_failed();
    let duration_us = transaction.duration().as_micros() as i64;
    let (kept, fastest): (i64, Option<(i64, i64)>) = others(commit, name, hour, failed)?;
    if kept >= KEPT {
        let Some((id, _)) = fastest.filter(|(_, micros)| !failed && *micros < duration_us) else {
            return Ok(());
        };
        commit.prepare_cached("DELETE FROM performance_example WHERE id = ?")?.execute([id])?;
    }
    let Some(data) = packed(transaction) else { return Ok(()) };
    commit
        .prepare_cached(
            "INSERT INTO performance_example
             (name, hour, start_ms, duration_us, failed, status, trace, release, spans, data)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            name,
            hour,
            transaction.start.millis(),
            duration_us,
            failed,
            transaction.status.as_deref().unwrap_or_default(),
            transaction.trace.0,
            transaction.release.as_deref().unwrap_or_default(),
            transaction.spans.len() as i64,
            data,
        ])?;
    Ok(())
}

/// How many are kept, and which of them is the fastest.
fn others(
    commit: &Commit<'_>,
    name: i64,
    hour: i64,
    failed: bool,
) -> rusqlite::Result<(i64, Option<(i64, i64)>)> {
    let mut statement = commit.prepare_cached(
        "SELECT id, duration_us FROM performance_example WHERE name = ? AND hour = ? AND failed = ?",
    )?;
    let mut rows = statement.query(params![name, hour, failed])?;
    let (mut kept, mut fastest) = (0, None);
    while let Some(row) = rows.next()? {
        let one = (row.get(0)?, row.get(1)?);
        kept += 1;
        fastest = fastest.filter(|(_, micros)| *micros <= one.1).or(Some(one));
    }
    Ok((kept, fastest))
}

fn packed(transaction: &Transaction) -> Option<Vec<u8>> {
    let json = serde_json::to_vec(transaction).ok().filter(|json| json.len() <= BYTES_MAX)?;
    zstd::bulk::compress(&json, ZSTD_LEVEL).ok()
}

fn unpacked(data: &[u8]) -> Option<Transaction> {
    let json = zstd::bulk::decompress(data, BYTES_MAX).ok()?;
    serde_json::from_slice(&json).ok()
}

const ROW: &str =
    "e.id, e.start_ms, e.duration_us, e.failed, e.status, e.trace, n.environment, e.release, e.spans";

fn row(row: &Row<'_>) -> rusqlite::Result<ExampleRow> {
    Ok(ExampleRow {
        id: row.get(0)?,
        start_ms: row.get(1)?,
        duration_ms: row.get::<_, i64>(2)? as f64 / 1000.0,
        failed: row.get(3)?,
        status: row.get(4)?,
        trace: event::TraceId(row.get(5)?),
        environment: row.get(6)?,
        release: row.get(7)?,
        spans: row.get(8)?,
    })
}

/// What is kept of a name, newest first.
pub fn examples(
    connection: &Connection,
    selection: &Selection<'_>,
    window: &Window,
) -> rusqlite::Result<Vec<ExampleRow>> {
    let (hours, names) = (window.hours(), selection.condition());
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ROW} FROM performance_example e JOIN performance_name n ON n.id = e.name
         WHERE {} AND e.hour BETWEEN ?5 AND ?6 ORDER BY e.start_ms DESC, e.id DESC LIMIT {LIST_MAX}",
        names.sql
    ))?;
    let [project, name, op, environment] = names.values;
    statement.query_map(params![project, name, op, environment, hours.start, hours.end - 1], row)?.collect()
}

/// Those of a trace that began within a time, oldest first.
pub fn examples_of_trace(
    connection: &Connection,
    trace: event::TraceId,
    (from_ms, until_ms): (i64, i64),
    limit: usize,
) -> rusqlite::Result<Vec<ExampleRow>> {
    // Name by name, since that is how they are found; an hour later, since the hour is that of their end.
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ROW} FROM performance_name n CROSS JOIN performance_example e ON e.name = n.id
         WHERE e.hour BETWEEN ?1 AND ?2 AND e.trace = ?3 AND e.start_ms BETWEEN ?4 AND ?5
         ORDER BY e.start_ms, e.id LIMIT ?6"
    ))?;
    let hours = (from_ms.div_euclid(super::HOUR_MS), until_ms.div_euclid(super::HOUR_MS) + 1);
    let values = params![hours.0, hours.1, trace.0, from_ms, until_ms, limit as i64];
    statement.query_map(values, row)?.collect()
}

/// One that is kept; `None` if it is not, or not any more.
pub fn example(connection: &Connection, id: i64) -> rusqlite::Result<Option<Example>> {
    let found = connection
        .prepare_cached(&format!(
            "SELECT {ROW}, n.project, e.data FROM performance_example e JOIN performance_name n ON n.id = e.name
             WHERE e.id = ?"
        ))?
        .query_row([id], |found| {
            let transaction = unpacked(found.get_ref(10)?.as_blob()?);
            Ok((row(found)?, ProjectId(found.get::<_, i64>(9)? as u64), transaction))
        })
        .optional()?;
    let Some((mut row, project, Some(mut transaction))) = found else { return Ok(None) };
    row.spans += orphans::add(connection, project, &mut transaction)? as u32;
    let steps = waterfall(&transaction);
    let hints = hints(&transaction);
    Ok(Some(Example { row, project, steps, hints, transaction }))
}
