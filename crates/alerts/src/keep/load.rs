//! Reading the machine back, as it was when it was last written.

use std::sync::Arc;

use rusqlite::{Connection, Row};
use serde::de::DeserializeOwned;

use crate::config::policy::Policy;
use crate::machine::Machine;
use crate::notify::OutboxRow;
use crate::shown::Silence;
use crate::silence::matchers_of;

use super::words::tier;

/// Incidents that ended earlier are looked up where they are needed.
const CLOSED_MS: i64 = 3_600_000;

/// The machine that the file holds. What cannot be read is told and left out: an alert that is still so is observed
/// again, and nothing is gained by not starting.
pub(super) fn load(connection: &Connection, policy: Arc<Policy>) -> rusqlite::Result<Machine> {
    let mut machine = Machine::new(policy);
    let alerts = bodies(connection, "SELECT fingerprint, body FROM alert", |row| row.get::<_, i64>(0))?;
    machine.alerts = alerts.into_iter().map(|(key, alert)| (key as u64, alert)).collect();
    let newest: Option<i64> =
        connection.query_row("SELECT max(closed_ms) FROM incident", [], |row| row.get(0))?;
    let since = newest.unwrap_or(0) - CLOSED_MS;
    let sql = format!("SELECT id, body FROM incident WHERE closed_ms IS NULL OR closed_ms > {since}");
    machine.incidents = bodies(connection, &sql, |row| row.get(0))?.into_iter().collect();
    for silence in silences(connection)? {
        machine.silences.insert(silence.id.clone(), silence);
    }
    machine.outbox.rows = rows(connection)?.into_iter().map(|row| (row.id, row)).collect();
    machine.outbox.last_id =
        connection.query_row("SELECT coalesce(max(id), 0) FROM outbox", [], |row| row.get(0))?;
    let later = super::meta(connection, super::LATER)?.unwrap_or_default();
    machine.later = serde_json::from_slice(&later).unwrap_or_default();
    machine.find_sources();
    Ok(machine)
}

fn bodies<K: std::fmt::Debug, T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    key: impl Fn(&Row<'_>) -> rusqlite::Result<K>,
) -> rusqlite::Result<Vec<(K, T)>> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        let key = key(row)?;
        match serde_json::from_str(row.get_ref(1)?.as_str().unwrap_or_default()) {
            Ok(body) => read.push((key, body)),
            Err(error) => tracing::error!(?key, %error, "alerts.db holds something that cannot be read"),
        }
    }
    Ok(read)
}

fn silences(connection: &Connection) -> rusqlite::Result<Vec<Silence>> {
    let sql = "SELECT id, matchers, starts_ms, ends_ms, updated_ms, author, reason FROM silence";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let matchers = match matchers_of(row.get_ref(1)?.as_str().unwrap_or_default()) {
            Ok(matchers) => matchers,
            Err(error) => {
                tracing::error!(id, error, "a silence in alerts.db cannot be read");
                continue;
            }
        };
        read.push(Silence {
            id,
            matchers,
            starts_ms: row.get(2)?,
            ends_ms: row.get(3)?,
            updated_ms: row.get(4)?,
            by: row.get(5)?,
            reason: row.get(6)?,
        });
    }
    Ok(read)
}

fn rows(connection: &Connection) -> rusqlite::Result<Vec<OutboxRow>> {
    let mut statement = connection.prepare(
        "SELECT id, incident, receiver, sequence, tier, message, created_ms, attempts, next_ms, in_doubt, is_first
         FROM outbox WHERE state = 'waiting' ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        read.extend(outbox_row(row)?);
    }
    Ok(read)
}

/// A row of the outbox; `None` if its message cannot be read.
pub(super) fn outbox_row(row: &Row<'_>) -> rusqlite::Result<Option<OutboxRow>> {
    let id: i64 = row.get(0)?;
    let message = match serde_json::from_str(row.get_ref(5)?.as_str().unwrap_or_default()) {
        Ok(message) => message,
        Err(error) => {
            tracing::error!(id, %error, "a message in alerts.db cannot be read");
            return Ok(None);
        }
    };
    let tier_word: String = row.get(4)?;
    Ok(Some(OutboxRow {
        id,
        incident: row.get(1)?,
        receiver: row.get(2)?,
        sequence: row.get::<_, i64>(3)? as u64,
        tier: tier(&tier_word).unwrap_or(crate::Tier::High),
        message,
        created_ms: row.get(6)?,
        attempts: row.get(7)?,
        next_ms: row.get(8)?,
        in_doubt: row.get(9)?,
        is_first: row.get(10)?,
    }))
}
