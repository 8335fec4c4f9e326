//! Taking a transaction in: its name, its hour, and whether it is worth to be kept whole.

use event::ProjectId;
use event::items::{SpanContainer, Transaction};
use rusqlite::{OptionalExtension, Transaction as Commit, params};

use super::histogram::Histogram;
use super::operations::{Operations, Sum};
use super::own_time::own_times_ms;
use super::{HOUR_MS, OTHERS, examples, orphans, segments};
use crate::releases;
use crate::work::Received;

/// More names of one project are counted together.
const NAMES_MAX: i64 = 2000;
const NAME_BYTES_MAX: usize = 200;

/// A rate below this is taken for it: one transaction shall not stand for all that there ever were.
const SAMPLE_RATE_MIN: f64 = 0.0001;

/// Takes a transaction in.
pub(crate) fn apply(
    commit: &Commit<'_>,
    received: &Received,
    transaction: &Transaction,
) -> rusqlite::Result<()> {
    let name = name_id(commit, received.project, transaction)?;
    let hour = transaction.end.millis().div_euclid(HOUR_MS);
    count(commit, name, hour, transaction)?;
    if let Some(release) = &transaction.release {
        releases::heard(commit, received, release)?;
    }
    examples::keep(commit, name, hour, transaction)
}

/// Takes in what a container of spans stands for.
pub(crate) fn apply_spans(
    commit: &Commit<'_>,
    received: &Received,
    spans: SpanContainer,
) -> rusqlite::Result<()> {
    let at = model::Timestamp::from_millis(received.received_ms);
    let (transactions, parts) = segments::transactions(spans, at);
    for mut transaction in transactions {
        orphans::adopt(commit, received.project, &mut transaction)?;
        apply(commit, received, &transaction)?;
    }
    orphans::keep(commit, received, parts)
}

fn name_id(commit: &Commit<'_>, project: ProjectId, transaction: &Transaction) -> rusqlite::Result<i64> {
    let name = shortened(&transaction.name);
    let name = if name.is_empty() { "<unnamed>" } else { name };
    let method = transaction.method.as_deref().map(shortened).unwrap_or_default();
    let environment = transaction.environment.as_deref().map(shortened).unwrap_or_default();
    let op = shortened(&transaction.op);
    if let Some(id) = known(commit, project, name, op, method, environment)? {
        return Ok(id);
    }
    let names: i64 = commit
        .prepare_cached("SELECT count(*) FROM performance_name WHERE project = ?")?
        .query_row([project.0 as i64], |row| row.get(0))?;
    // Whoever makes names up makes up the rest as well.
    let (name, op, method, environment) =
        if names < NAMES_MAX { (name, op, method, environment) } else { (OTHERS, "", "", "") };
    commit
        .prepare_cached(
            "INSERT INTO performance_name (project, name, op, method, environment) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![project.0 as i64, name, op, method, environment])?;
    known(commit, project, name, op, method, environment)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

fn known(
    commit: &Commit<'_>,
    project: ProjectId,
    name: &str,
    op: &str,
    method: &str,
    environment: &str,
) -> rusqlite::Result<Option<i64>> {
    commit
        .prepare_cached(
            "SELECT id FROM performance_name
             WHERE project = ? AND name = ? AND op = ? AND method = ? AND environment = ?",
        )?
        .query_row(params![project.0 as i64, name, op, method, environment], |row| row.get(0))
        .optional()
}

fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(NAME_BYTES_MAX)]
}

fn count(commit: &Commit<'_>, name: i64, hour: i64, transaction: &Transaction) -> rusqlite::Result<()> {
    let stored = commit
        .prepare_cached("SELECT histogram, operations FROM performance_hour WHERE name = ? AND hour = ?")?
        .query_row([name, hour], |row| {
            Ok((Histogram::read(row.get_ref(0)?.as_blob()?), Operations::read(row.get_ref(1)?.as_blob()?)))
        })
        .optional()?;
    let (mut histogram, mut operations) = stored.unwrap_or_default();

    let weight = weight(transaction);
    let duration = transaction.duration();
    histogram.add(duration, weight.round() as u64);
    for (span, own_ms) in transaction.spans.iter().zip(own_times_ms(transaction)) {
        operations.add(&span.op, Sum { spans: weight, time_ms: weight * own_ms });
    }
    let failed = if transaction.is_failed() { weight } else { 0.0 };
    let time_ms = weight * duration.as_secs_f64() * 1000.0;
    commit
        .prepare_cached(
            "INSERT INTO performance_hour VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (name, hour) DO UPDATE SET count = count + ?3, failed = failed + ?4,
                 time_ms = time_ms + ?5, histogram = ?6, operations = ?7",
        )?
        .execute(params![name, hour, weight, failed, time_ms, histogram.bytes(), operations.bytes()])?;
    Ok(())
}

/// How many transactions this one stands for.
fn weight(transaction: &Transaction) -> f64 {
    let rate = transaction.sample_rate.filter(|rate| rate.is_finite()).unwrap_or(1.0);
    1.0 / rate.clamp(SAMPLE_RATE_MIN, 1.0)
}
