//! What became of messages, what happened, and how the file does.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};

use crate::Message;
use crate::machine::Counted;
use crate::notify::Incident;
use crate::report::{Week, report};
use crate::shown::{Change, Report, State};

use super::words::{labels, state, tier};
use super::{Inner, Keep};

const WEEK_MS: i64 = 7 * 86_400_000;

/// How alerting does, in numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeepStatus {
    /// Alerts by state.
    pub alerts: BTreeMap<&'static str, u64>,
    /// Incidents that go on.
    pub incidents: u64,
    /// Messages that wait.
    pub waiting: u64,
    /// When the oldest of them was made.
    pub oldest_ms: Option<i64>,
    /// What became of messages, by receiver.
    pub receivers: BTreeMap<String, ReceiverCounts>,
    /// What is counted since the start.
    pub counted: Counted,
    /// Why the file cannot be written.
    pub fault: Option<String>,
}

/// What became of a receiver's messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiverCounts {
    /// They wait.
    pub waiting: u64,
    /// They were delivered.
    pub sent: u64,
    /// They were given up.
    pub dead: u64,
    /// Later ones said what they did.
    pub superseded: u64,
    /// The last one that was delivered or given up: when, whether it was delivered, and what was said.
    pub last: Option<(i64, bool, String)>,
}

/// A message that was given up.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// To whom.
    pub receiver: String,
    /// What it said.
    pub message: Message,
    /// When it was given up.
    pub at_ms: i64,
    /// After how many attempts.
    pub attempts: u32,
    /// Why.
    pub why: String,
}

impl Keep {
    /// How alerting does.
    pub fn status(&self) -> rusqlite::Result<KeepStatus> {
        let inner = self.lock();
        let mut status = KeepStatus {
            counted: inner.machine.counted,
            fault: inner.fault.clone(),
            incidents: inner.machine.incidents.values().filter(|one| one.is_open()).count() as u64,
            waiting: inner.machine.outbox.rows.len() as u64,
            oldest_ms: inner.machine.outbox.rows.values().map(|row| row.created_ms).min(),
            ..KeepStatus::default()
        };
        for alert in inner.machine.alerts.values() {
            if let Some(state) = alert.state().filter(|state| *state != State::Resolved) {
                *status.alerts.entry(super::words::state_word(state)).or_default() += 1;
            }
        }
        status.receivers = receivers(&inner.connection)?;
        for row in inner.machine.outbox.rows.values() {
            status.receivers.entry(row.receiver.clone()).or_default().waiting += 1;
        }
        Ok(status)
    }

    /// Messages that were given up, the latest first.
    pub fn letters(&self, limit: usize) -> rusqlite::Result<Vec<Letter>> {
        let inner = self.lock();
        let mut statement = inner.connection.prepare_cached(
            "SELECT receiver, message, ended_ms, attempts, note FROM outbox
             WHERE state = 'dead' ORDER BY ended_ms DESC, id DESC LIMIT ?1",
        )?;
        let mut rows = statement.query([limit as i64])?;
        let mut letters = Vec::new();
        while let Some(row) = rows.next()? {
            let Ok(message) = serde_json::from_str(row.get_ref(1)?.as_str().unwrap_or_default()) else {
                continue;
            };
            letters.push(Letter {
                receiver: row.get(0)?,
                message,
                at_ms: row.get(2)?,
                attempts: row.get(3)?,
                why: row.get(4)?,
            });
        }
        Ok(letters)
    }

    /// What happened from `from_ms` until before `to_ms`, the latest first.
    pub fn history(&self, from_ms: i64, to_ms: i64, limit: usize) -> rusqlite::Result<Vec<Change>> {
        let inner = self.lock();
        let mut statement = inner.connection.prepare_cached(
            "SELECT at_ms, fingerprint, rule, tier, state, labels, what, value, author, lasted_ms FROM history
             WHERE at_ms >= ?1 AND at_ms < ?2 ORDER BY at_ms DESC, id DESC LIMIT ?3",
        )?;
        let mut rows = statement.query(params![from_ms, to_ms, limit as i64])?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            changes.extend(change(row)?);
        }
        Ok(changes)
    }

    /// The report of the week that begins at `from_ms`.
    pub fn report(&self, from_ms: i64) -> rusqlite::Result<Report> {
        Ok(report(from_ms, &self.lock().week(from_ms)?))
    }
}

impl Inner {
    /// The incidents of a week.
    pub(super) fn week(&self, from_ms: i64) -> rusqlite::Result<Vec<Week>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT body, (SELECT count(*) FROM outbox
                           WHERE outbox.incident = incident.id AND outbox.state = 'sent')
             FROM incident WHERE opened_ms >= ?1 AND opened_ms < ?2 ORDER BY opened_ms",
        )?;
        let mut rows = statement.query([from_ms, from_ms.saturating_add(WEEK_MS)])?;
        let mut week = Vec::new();
        while let Some(row) = rows.next()? {
            let body = row.get_ref(0)?.as_str().unwrap_or_default();
            let incident: Option<Incident> = serde_json::from_str(body).ok();
            let messages: i64 = row.get(1)?;
            let real = incident.filter(|incident| !incident.is_drill);
            week.extend(real.map(|incident| Week::of(&incident, messages.unsigned_abs())));
        }
        Ok(week)
    }
}

fn receivers(connection: &Connection) -> rusqlite::Result<BTreeMap<String, ReceiverCounts>> {
    let mut receivers: BTreeMap<String, ReceiverCounts> = BTreeMap::new();
    // The note is that of the row with the largest `ended_ms`: so SQLite defines columns beside max().
    let mut statement = connection.prepare_cached(
        "SELECT receiver, state, count(*), max(ended_ms), note FROM outbox
         WHERE state <> 'waiting' GROUP BY receiver, state",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let counts = receivers.entry(row.get(0)?).or_default();
        let (state, count): (String, i64) = (row.get(1)?, row.get(2)?);
        let last = (row.get::<_, Option<i64>>(3)?.unwrap_or(0), state == "sent", row.get::<_, String>(4)?);
        let count = count.unsigned_abs();
        match state.as_str() {
            "sent" => counts.sent = count,
            "dead" => counts.dead = count,
            _ => {
                counts.superseded = count;
                continue;
            }
        }
        if counts.last.as_ref().is_none_or(|known| known.0 < last.0) {
            counts.last = Some(last);
        }
    }
    Ok(receivers)
}

fn change(row: &Row<'_>) -> rusqlite::Result<Option<Change>> {
    let (tier_word, state_word): (String, String) = (row.get(3)?, row.get(4)?);
    let (Some(tier), Some(state)) = (tier(&tier_word), state(&state_word)) else { return Ok(None) };
    Ok(Some(Change {
        at_ms: row.get(0)?,
        fingerprint: format!("{:016x}", row.get::<_, i64>(1)? as u64),
        rule: row.get(2)?,
        tier,
        state,
        labels: labels(row.get_ref(5)?.as_str().unwrap_or_default()),
        what: row.get(6)?,
        value: row.get(7)?,
        by: row.get(8)?,
        lasted_ms: row.get(9)?,
    }))
}
