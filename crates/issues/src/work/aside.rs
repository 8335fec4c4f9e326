//! Items of the spool that cannot be worked in: kept as they were for whoever looks into it, counted, and told.

use rusqlite::{Transaction, params};

use crate::shared::Shared;
use crate::spool::Row;

/// More of them are not kept.
const KEPT: i64 = 100;

/// The subject of the fault that tells of the last one.
const WORKING: &str = "working events in";

/// Keeps an item.
pub(super) fn put(transaction: &Transaction<'_>, row: &Row, reason: &str) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO aside (id, project, received_ms, kind, meta, data, reason)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let Row { id, project, received_ms, kind, meta, data } = row;
    transaction.execute(sql, params![id, project, received_ms, kind, meta, data, reason])?;
    let older = "DELETE FROM aside WHERE id <= (SELECT id FROM aside ORDER BY id DESC LIMIT 1 OFFSET ?1)";
    transaction.execute(older, [KEPT]).map(|_| ())
}

/// Counts it and says so.
pub(super) fn tell(shared: &Shared, row: &Row, reason: &str) {
    shared.counters.get().damaged += 1;
    let message = format!(
        "item {} of project {} could not be worked in and was put aside ({reason}); check the disk's health, and report it if that is good",
        row.id, row.project
    );
    shared.faults.set(WORKING, message);
}
