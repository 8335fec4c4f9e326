//! The outbox as those who deliver see it, and what they remember of an incident.

use rusqlite::{OptionalExtension, params};

use crate::Message;
use crate::notify::{Fate, OutboxRow};

use super::Keep;

impl Keep {
    /// Of each receiver the oldest row that waits, if its time has come; the most urgent first.
    pub fn due(&self, now_ms: i64, max: usize) -> Vec<OutboxRow> {
        self.lock().machine.outbox.due(now_ms, max).into_iter().cloned().collect()
    }

    /// Critical rows that were put in before `before_ms` and still wait, first in line or not; the oldest first.
    pub fn late(&self, before_ms: i64, max: usize) -> Vec<OutboxRow> {
        let inner = self.lock();
        let rows = inner.machine.outbox.rows.values();
        let late = rows.filter(|row| row.tier == crate::Tier::Critical && row.created_ms < before_ms);
        late.take(max).cloned().collect()
    }

    /// Whether word waits behind a row that somebody has its incident, or that it is over.
    pub fn is_overtaken(&self, row: &OutboxRow) -> bool {
        self.lock().machine.outbox.is_overtaken(row)
    }

    /// When the next row may be tried.
    pub fn due_ms(&self) -> Option<i64> {
        self.lock().machine.outbox.next_ms()
    }

    /// Puts in what was found out since the message was made: evidence and links.
    pub fn complete(&self, id: i64, message: &Message) {
        self.change(|machine| machine.change_row(id, |row| row.message = message.clone()));
    }

    /// An attempt begins: in doubt until its outcome is told. Says whether the row still waits.
    pub fn begin(&self, id: i64, retry_ms: i64) -> bool {
        let begun = self.change(|machine| {
            machine.change_row(id, |row| {
                row.attempts += 1;
                row.next_ms = retry_ms;
                row.in_doubt = true;
            })
        });
        begun.0
    }

    /// The other side has it.
    pub fn sent(&self, id: i64, note: &str, now_ms: i64) {
        self.end_row(id, Fate::Sent, note, now_ms);
    }

    /// It is tried again at `next_ms`; in doubt if the other side may have it all the same.
    pub fn failed(&self, id: i64, next_ms: i64, in_doubt: bool) {
        self.change(|machine| {
            machine.change_row(id, |row| {
                row.next_ms = next_ms;
                row.in_doubt = in_doubt;
            })
        });
    }

    /// It is not tried again.
    pub fn dead(&self, id: i64, why: &str, now_ms: i64) {
        self.end_row(id, Fate::Dead, why, now_ms);
    }

    /// Puts a message in for receivers; nothing where it is there already (incident, receiver and sequence are unique).
    pub fn tell(&self, message: &Message, receivers: &[String], now_ms: i64) -> rusqlite::Result<()> {
        let inner = self.lock();
        let mut new = Vec::new();
        for receiver in receivers {
            let waits = inner.machine.outbox.has(&message.incident, receiver, message.sequence);
            let mut statement = inner.connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM outbox WHERE incident = ?1 AND receiver = ?2 AND sequence = ?3)",
            )?;
            let known = params![message.incident, receiver, message.sequence as i64];
            if !waits && !statement.query_row(known, |row| row.get::<_, bool>(0))? {
                new.push(receiver);
            }
        }
        self.change_in(inner, |machine| {
            for receiver in new {
                machine.put(message, receiver, false, now_ms);
            }
        });
        Ok(())
    }

    /// Keeps a word of a receiver about an incident.
    pub fn remember(
        &self,
        receiver: &str,
        incident: &str,
        key: &str,
        value: &str,
        now_ms: i64,
    ) -> rusqlite::Result<()> {
        let inner = self.lock();
        let mut statement = inner.connection.prepare_cached(
            "INSERT OR REPLACE INTO memory (receiver, incident, key, value, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        statement.execute(params![receiver, incident, key, value, now_ms]).map(|_| ())
    }

    /// What was kept.
    pub fn recall(&self, receiver: &str, incident: &str, key: &str) -> rusqlite::Result<Option<String>> {
        let inner = self.lock();
        let mut statement = inner
            .connection
            .prepare_cached("SELECT value FROM memory WHERE receiver = ?1 AND incident = ?2 AND key = ?3")?;
        statement.query_row([receiver, incident, key], |row| row.get(0)).optional()
    }
}
