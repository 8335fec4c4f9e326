//! Writing: what the machine changed, in one transaction.

use rusqlite::{Connection, Transaction, params};

use crate::machine::{Changes, Machine, Transition};
use crate::notify::{Gone, OutboxRow};
use crate::shown::State;
use crate::silence::matchers_json;

use super::words::{json, state_word};

/// Writes all of it, or nothing.
pub(super) fn write(
    connection: &mut Connection,
    machine: &Machine,
    changes: &Changes,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    alerts(&transaction, machine, changes)?;
    incidents(&transaction, machine, changes)?;
    silences(&transaction, machine, changes)?;
    for gone in &changes.gone {
        end_row(&transaction, gone)?;
    }
    let waiting = changes.rows.iter().filter_map(|id| machine.outbox.rows.get(id));
    for waiting in waiting {
        row(&transaction, waiting)?;
    }
    if changes.held {
        super::set_meta(&transaction, super::LATER, json(&machine.later).as_bytes())?;
    }
    let told = |change: &&Transition| change.to.is_some_and(|to| to != State::Pending);
    for change in changes.history.iter().filter(told) {
        history(&transaction, change)?;
    }
    transaction.commit()
}

fn alerts(transaction: &Transaction<'_>, machine: &Machine, changes: &Changes) -> rusqlite::Result<()> {
    let mut keep =
        transaction.prepare_cached("INSERT OR REPLACE INTO alert (fingerprint, body) VALUES (?1, ?2)")?;
    let mut forget = transaction.prepare_cached("DELETE FROM alert WHERE fingerprint = ?1")?;
    for key in &changes.alerts {
        // SQLite's integers are signed; the bits are the same.
        let id = *key as i64;
        match machine.alerts.get(key) {
            Some(alert) => keep.execute(params![id, json(alert)])?,
            None => forget.execute([id])?,
        };
    }
    Ok(())
}

fn incidents(transaction: &Transaction<'_>, machine: &Machine, changes: &Changes) -> rusqlite::Result<()> {
    let mut keep = transaction.prepare_cached(
        "INSERT OR REPLACE INTO incident (id, opened_ms, closed_ms, body) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for incident in changes.incidents.iter().filter_map(|id| machine.incidents.get(id)) {
        keep.execute(params![incident.id, incident.opened_ms, incident.closed_ms, json(incident)])?;
    }
    Ok(())
}

fn silences(transaction: &Transaction<'_>, machine: &Machine, changes: &Changes) -> rusqlite::Result<()> {
    let mut keep = transaction.prepare_cached(
        "INSERT OR REPLACE INTO silence (id, matchers, starts_ms, ends_ms, updated_ms, author, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut forget = transaction.prepare_cached("DELETE FROM silence WHERE id = ?1")?;
    for id in &changes.silences {
        let Some(one) = machine.silences.get(id) else {
            forget.execute([id])?;
            continue;
        };
        let matchers = matchers_json(&one.matchers);
        keep.execute(params![id, matchers, one.starts_ms, one.ends_ms, one.updated_ms, one.by, one.reason])?;
    }
    Ok(())
}

fn row(transaction: &Transaction<'_>, row: &OutboxRow) -> rusqlite::Result<()> {
    let mut keep = transaction.prepare_cached(
        "INSERT INTO outbox (id, incident, receiver, sequence, tier, state, message, created_ms, attempts, next_ms,
                             in_doubt, is_first)
         VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET message = excluded.message, attempts = excluded.attempts,
                                        next_ms = excluded.next_ms, in_doubt = excluded.in_doubt
         ON CONFLICT (incident, receiver, sequence) DO NOTHING",
    )?;
    keep.execute(params![
        row.id,
        row.incident,
        row.receiver,
        row.sequence as i64,
        row.tier.word(),
        json(&row.message),
        row.created_ms,
        row.attempts,
        row.next_ms,
        row.in_doubt,
        row.is_first,
    ])?;
    Ok(())
}

/// A row that may never have been written while it waited.
fn end_row(transaction: &Transaction<'_>, gone: &Gone) -> rusqlite::Result<()> {
    row(transaction, &gone.row)?;
    let keeps_message = gone.fate == crate::notify::Fate::Dead;
    let mut end = transaction.prepare_cached(
        "UPDATE outbox SET state = ?2, note = ?3, ended_ms = ?4, message = iif(?5, message, '') WHERE id = ?1",
    )?;
    end.execute(params![gone.row.id, gone.fate.word(), gone.note, gone.at_ms, keeps_message])?;
    Ok(())
}

fn history(transaction: &Transaction<'_>, change: &Transition) -> rusqlite::Result<()> {
    let mut add = transaction.prepare_cached(
        "INSERT INTO history (at_ms, fingerprint, incident, rule, tier, state, labels, what, why, value, author,
                              lasted_ms, is_drill)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    add.execute(params![
        change.at_ms,
        change.fingerprint as i64,
        change.incident,
        change.rule,
        change.tier.word(),
        change.to.map_or("", state_word),
        json(&crate::machine::labels::map(&change.labels)),
        change.what,
        change.why,
        change.value,
        change.by,
        change.lasted_ms,
        change.is_drill,
    ])?;
    Ok(())
}
