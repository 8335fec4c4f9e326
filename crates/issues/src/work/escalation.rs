//! Whether there is much more of an issue than usual.

use super::batch::Batch;
use super::issue::IssueState;
use crate::life::{Status, Substatus, Usual, escalates, hour, may_escalate};

/// The days over which it is looked what is usual at an hour.
const DAYS: i64 = 7;

impl Batch<'_> {
    pub(super) fn escalates(&self, issue: &IssueState, now_ms: i64) -> rusqlite::Result<bool> {
        let matters = match &issue.status {
            Status::Unresolved(substatus) => *substatus != Substatus::Escalating,
            Status::Archived(until) => until.escalating,
            Status::Resolved(_) => false,
        };
        if !matters || !may_escalate(issue.quarter_count, now_ms - issue.first_ms) {
            return Ok(false);
        }
        Ok(escalates(issue.quarter_count, self.usual(issue, now_ms)?))
    }

    fn usual(&self, issue: &IssueState, now_ms: i64) -> rusqlite::Result<Usual> {
        let now = hour(now_ms);
        let oldest = (now - DAYS * 24).max(hour(issue.first_ms));
        let mut select = self.transaction.prepare_cached(
            "SELECT hour, sum(bucket.count) FROM bucket JOIN fingerprint ON fingerprint.id = bucket.fingerprint
             WHERE issue = ?1 AND hour >= ?2 AND hour < ?3 GROUP BY hour",
        )?;
        let mut rows = select.query([issue.id, oldest, now])?;
        let (mut same_hour, mut last_day) = (0, 0);
        while let Some(row) = rows.next()? {
            let (at, count): (i64, i64) = (row.get(0)?, row.get(1)?);
            same_hour += if (now - at) % 24 == 0 { count } else { 0 };
            last_day += if now - at <= 24 { count } else { 0 };
        }
        let days = ((now - oldest) / 24).max(1);
        let hours = (now - oldest).clamp(1, 24);
        Ok(Usual { same_hour: same_hour as f64 / days as f64, hour: last_day as f64 / hours as f64 })
    }
}
