//! Counters: what intake refused is written, what is too old goes.

use rusqlite::{Connection, params};

use crate::life::hour;
use crate::status::{Refused, Unwritten};
use crate::work::{Storage, WorkError};

/// Refusals that are kept of each project, to be shown one by one.
const REFUSED_KEPT: i64 = 100;

/// Ids of which nothing is kept are remembered for so long: whoever repeats an envelope does it at once.
const SEEN_MS: i64 = 3_600_000;

/// No more of them are remembered.
const SEEN_MAX: i64 = 2_000_000;

/// The kind under which envelopes are counted by who sent them.
const CLIENT: &str = "client";

/// Clients of an hour that are told apart: their names are made by whoever sends.
const CLIENTS_MAX: i64 = 100;

/// All others.
const OTHERS: &str = "<others>";

/// Fingerprints whose buckets are looked at with one commit.
const FINGERPRINTS_MAX: i64 = 100;

impl Storage {
    /// Writes what intake counted. What cannot be written now is tried again.
    pub(crate) fn write_counters(&mut self, _as_of_ms: i64) -> Result<bool, WorkError> {
        let unwritten = self.shared.counters.take_unwritten();
        if unwritten.is_empty() {
            return Ok(false);
        }
        let written = self.write(&unwritten);
        if written.is_err() {
            self.shared.counters.put_back(unwritten);
        }
        written.map(|()| false)
    }

    fn write(&mut self, unwritten: &Unwritten) -> Result<(), WorkError> {
        let now = hour(self.shared.now_ms());
        let transaction = self.connection.transaction()?;
        for (project, one) in &unwritten.refused {
            write_refused(&transaction, project.0 as i64, one)?;
        }
        for ((project, kind, reason), (quantity, bytes)) in &unwritten.counts {
            add(&transaction, (project.0 as i64, now), kind, reason, *quantity, *bytes)?;
        }
        for ((project, client), envelopes) in &unwritten.clients {
            let project = project.0 as i64;
            let client = if has_room(&transaction, project, now, client)? { client } else { OTHERS };
            add(&transaction, (project, now), CLIENT, client, *envelopes, 0)?;
        }
        Ok(transaction.commit()?)
    }

    /// Deletes counters that are past the retention of events, and ids that nobody repeats any more.
    pub(super) fn expire_counters(&mut self, as_of_ms: i64) -> Result<bool, WorkError> {
        let before_ms = self.expired_ms(as_of_ms);
        let before_hour = hour(before_ms);
        let limit = self.shared.limits.slice_rows as i64;
        let transaction = self.connection.transaction()?;
        transaction
            .prepare_cached("DELETE FROM outcome WHERE project IN (SELECT id FROM project) AND hour < ?1")?
            .execute([before_hour])?;
        let seen = transaction
            .prepare_cached(
                "DELETE FROM seen WHERE row IN (SELECT row FROM seen ORDER BY row LIMIT ?2)
                     AND (received_ms < ?1 OR row <= (SELECT max(row) FROM seen) - ?3)",
            )?
            .execute([as_of_ms - SEEN_MS, limit, SEEN_MAX])?;
        let fingerprints: Vec<i64> = transaction
            .prepare_cached("SELECT id FROM fingerprint WHERE id > ?1 ORDER BY id LIMIT ?2")?
            .query_map([self.due.bucket_cursor, FINGERPRINTS_MAX], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut buckets =
            transaction.prepare_cached("DELETE FROM bucket WHERE fingerprint = ?1 AND hour < ?2")?;
        for fingerprint in &fingerprints {
            buckets.execute([*fingerprint, before_hour])?;
        }
        drop(buckets);
        transaction.commit()?;
        // Round and round: a few with each look.
        self.due.bucket_cursor = fingerprints.last().copied().unwrap_or(0);
        Ok(seen as i64 == limit)
    }
}

fn write_refused(connection: &Connection, project: i64, one: &Refused) -> rusqlite::Result<()> {
    let sql = "INSERT INTO refused (project, at_ms, reason, bytes, client) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = params![project, one.at_ms, one.reason, one.bytes as i64, one.client];
    connection.prepare_cached(sql)?.execute(values)?;
    let older = "DELETE FROM refused WHERE project = ?1 AND id <=
                     (SELECT id FROM refused WHERE project = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    connection.prepare_cached(older)?.execute([project, REFUSED_KEPT]).map(|_| ())
}

fn add(
    connection: &Connection,
    (project, hour): (i64, i64),
    kind: &str,
    outcome: &str,
    quantity: u64,
    bytes: u64,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO outcome (project, hour, category, outcome, quantity, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity, bytes = bytes + excluded.bytes";
    let values = params![project, hour, kind, outcome, quantity as i64, bytes as i64];
    connection.prepare_cached(sql)?.execute(values).map(|_| ())
}

/// Whether a client of the hour can be counted for itself.
fn has_room(connection: &Connection, project: i64, hour: i64, client: &str) -> rusqlite::Result<bool> {
    let of_hour = "FROM outcome WHERE project = ?1 AND hour = ?2 AND category = 'client'";
    let known = format!("SELECT 1 {of_hour} AND outcome = ?3");
    if connection.prepare_cached(&known)?.exists(params![project, hour, client])? {
        return Ok(true);
    }
    let count = format!("SELECT count(*) {of_hour}");
    let count: i64 = connection.prepare_cached(&count)?.query_row([project, hour], |row| row.get(0))?;
    Ok(count < CLIENTS_MAX)
}
