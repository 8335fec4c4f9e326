//! What time alone does to issues: they are new no longer, escalate no longer, or wake up.

use rusqlite::{Connection, params};

use crate::activity::{self, What};
use crate::life::{self, ESCALATING_MS, NEW_MS, Status};
use crate::work::{IssueState, Storage, WorkError};

impl Storage {
    pub(super) fn look_at_issues(&mut self) -> Result<(), WorkError> {
        let now_ms = self.shared.now_ms();
        let transaction = self.connection.transaction()?;
        let settle = |substatus: &str, column: &str, after_ms: i64| {
            let sql = format!(
                "UPDATE issue SET substatus = 'ongoing' WHERE status = 'unresolved' AND substatus = ?1 AND {column} < ?2"
            );
            transaction.prepare_cached(&sql)?.execute(params![substatus, now_ms - after_ms])
        };
        settle("new", "first_ms", NEW_MS)?;
        settle("regressed", "since_ms", NEW_MS)?;
        settle("escalating", "since_ms", ESCALATING_MS)?;
        for mut issue in archived(&transaction)? {
            let is_over = matches!(&issue.status, Status::Archived(until) if until.at_ms.is_some_and(|at| at <= now_ms));
            if is_over {
                issue.status = Status::Unresolved(life::usual(issue.first_ms, now_ms));
                issue.since_ms = now_ms;
                issue.save(&transaction)?;
                activity::write(&transaction, issue.id, now_ms, None, &What::Woken)?;
            }
        }
        Ok(transaction.commit()?)
    }
}

/// Those that wait for an instant.
fn archived(connection: &Connection) -> rusqlite::Result<Vec<IssueState>> {
    let sql = "SELECT * FROM issue WHERE status = 'archived' AND condition LIKE '%at_ms%'";
    let mut select = connection.prepare_cached(sql)?;
    select.query_map([], IssueState::read)?.collect()
}
