//! The outbox as `alerts.db` keeps it.

use tokio::sync::watch;

use super::{Outbox, OutboxError, Row};
use crate::keep::Keep;
use crate::message::Message;
use crate::notify::OutboxRow;

/// No more receivers are served at one look; the most urgent come first.
const ROWS_MAX: usize = 64;

/// The outbox of a [`Keep`], and the clock that its rows go by.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) keep: Keep,
    pub(crate) clock: store::Clock,
}

impl Outbox for Kept {
    fn due(&self, now_ms: i64) -> Result<Vec<Row>, OutboxError> {
        let due = self.keep.due(now_ms, ROWS_MAX).into_iter();
        let with_word = |due: OutboxRow| {
            let is_overtaken = due.in_doubt && self.keep.is_overtaken(&due);
            Row { is_overtaken, ..row(due) }
        };
        Ok(due.map(with_word).collect())
    }

    fn late(&self, before_ms: i64) -> Result<Vec<Row>, OutboxError> {
        Ok(self.keep.late(before_ms, ROWS_MAX).into_iter().map(row).collect())
    }

    fn complete(&self, id: i64, message: &Message) -> Result<(), OutboxError> {
        self.keep.complete(id, message);
        Ok(())
    }

    fn begin(&self, id: i64, retry_ms: i64) -> Result<bool, OutboxError> {
        Ok(self.keep.begin(id, retry_ms))
    }

    fn sent(&self, id: i64, note: &str, now_ms: i64) -> Result<(), OutboxError> {
        self.keep.sent(id, note, now_ms);
        Ok(())
    }

    fn failed(&self, id: i64, _why: &str, next_ms: i64, in_doubt: bool) -> Result<(), OutboxError> {
        self.keep.failed(id, next_ms, in_doubt);
        Ok(())
    }

    fn dead(&self, id: i64, why: &str, now_ms: i64) -> Result<(), OutboxError> {
        self.keep.dead(id, why, now_ms);
        Ok(())
    }

    fn remember(&self, receiver: &str, incident: &str, key: &str, value: &str) -> Result<(), OutboxError> {
        self.keep.remember(receiver, incident, key, value, self.clock.now().millis()).map_err(failed)
    }

    fn recall(&self, receiver: &str, incident: &str, key: &str) -> Result<Option<String>, OutboxError> {
        self.keep.recall(receiver, incident, key).map_err(failed)
    }

    fn tell(&self, message: &Message, receivers: &[String], now_ms: i64) -> Result<(), OutboxError> {
        self.keep.tell(message, receivers, now_ms).map_err(failed)
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.keep.changed()
    }
}

fn row(row: OutboxRow) -> Row {
    Row {
        id: row.id,
        receiver: row.receiver,
        message: row.message,
        created_ms: row.created_ms,
        tries: row.attempts,
        in_doubt: row.in_doubt,
        is_overtaken: false,
    }
}

fn failed(error: rusqlite::Error) -> OutboxError {
    OutboxError(error.to_string())
}
