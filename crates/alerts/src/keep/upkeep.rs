//! What nobody needs any more goes, in small batches; and the weekly report.

use rusqlite::{Connection, params};

use super::Inner;
use crate::report;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// What receivers remember of an incident.
const MEMORY_MS: i64 = 30 * DAY_MS;
/// More rows are not kept, however young.
const HISTORY_MAX: i64 = 200_000;
const OUTBOX_MAX: i64 = 50_000;

impl Inner {
    /// Once an hour.
    pub(super) fn upkeep(&mut self, now_ms: i64) {
        if now_ms.abs_diff(self.upkept_ms) < HOUR_MS.unsigned_abs() {
            return;
        }
        self.upkept_ms = now_ms;
        let keeps_ms = self.machine.policy().history_ms;
        if let Err(error) = expire(&mut self.connection, now_ms, keeps_ms) {
            tracing::warn!(%error, "what is old in alerts.db could not be deleted");
        }
    }

    /// The weekly report, when it is time.
    pub(super) fn send_report(&mut self, now_ms: i64) {
        let Some(from_ms) = self.machine.report_due(now_ms) else { return };
        let week = match self.week(from_ms) {
            Ok(week) => week,
            Err(error) => {
                tracing::error!(%error, "the weekly report could not be made");
                return;
            }
        };
        let message = report::message(&report::report(from_ms, &week), now_ms);
        let policy = self.machine.policy();
        for receiver in policy.report.iter().flat_map(|report| &report.receivers) {
            self.machine.put(&message, receiver, false, now_ms);
        }
    }
}

fn expire(connection: &mut Connection, now_ms: i64, keeps_ms: i64) -> rusqlite::Result<()> {
    let before = now_ms - keeps_ms;
    let transaction = connection.transaction()?;
    transaction.execute("DELETE FROM history WHERE at_ms < ?1", [before])?;
    transaction
        .execute("DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - ?1", [HISTORY_MAX])?;
    transaction.execute("DELETE FROM incident WHERE closed_ms < ?1", [before])?;
    transaction.execute("DELETE FROM outbox WHERE state <> 'waiting' AND ended_ms < ?1", [before])?;
    transaction.execute(
        "DELETE FROM outbox WHERE state <> 'waiting' AND id <= (SELECT max(id) FROM outbox) - ?1",
        [OUTBOX_MAX],
    )?;
    transaction.execute("DELETE FROM memory WHERE at_ms < ?1", params![now_ms - MEMORY_MS])?;
    transaction.commit()
}
