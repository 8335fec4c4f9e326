//! Events that are too old, those that there is no room for, and whatever belongs to issues that are gone.

use rusqlite::{Connection, OptionalExtension, params};
use settings::ByteSize;

use crate::change;
use crate::work::{Storage, WorkError};
use crate::{monitors, performance, releases, search};

/// The subject of the fault that tells of events deleted for their size.
const SIZE: &str = "size of the issues";

const HOUR_MS: i64 = 3_600_000;

/// A write-ahead log of more bytes is cut.
const LOG_BYTES: u64 = 8 << 20;

/// Free pages are used again: such a part of all stays.
const FREE_PART: i64 = 8;

/// Pages that are given back at once; others have to be moved to where these were.
const PAGES_GIVEN: i64 = 512;

/// Issues that end with one commit.
const ISSUES_MAX: i64 = 50;

/// An event that is to go.
struct Gone {
    row: i64,
    base: Option<i64>,
}

impl Storage {
    /// Deletes events that are past their retention.
    pub(super) fn expire_events(&mut self, as_of_ms: i64) -> Result<bool, WorkError> {
        let before_ms = self.expired_ms(as_of_ms);
        let oldest = oldest(&self.connection, self.shared.limits.slice_rows)?;
        let is_full = oldest.len() == self.shared.limits.slice_rows;
        let gone: Vec<Gone> =
            oldest.into_iter().take_while(|(_, at_ms)| *at_ms < before_ms).map(|(gone, _)| gone).collect();
        let is_more = is_full && gone.len() == self.shared.limits.slice_rows;
        self.delete_events(&gone)?;
        Ok(is_more)
    }

    /// Deletes the oldest events while there are more bytes than there may be.
    pub(super) fn make_room(&mut self, as_of_ms: i64) -> Result<bool, WorkError> {
        let max = self.shared.config.load().max_size;
        let bytes = self.used_bytes()?;
        if bytes <= max.0 {
            self.due.room_ms = None;
            // As long as it is close, the next events will take the place of others.
            if bytes < max.0 / 10 * 9 {
                self.shared.faults.clear(SIZE);
            }
            return Ok(false);
        }
        let oldest = oldest(&self.connection, self.shared.limits.slice_rows)?;
        // Whatever is as old as these events goes with them, so that nothing takes the room of everything else.
        let before_ms = match oldest.last() {
            Some((_, received_ms)) => *received_ms,
            None => as_of_ms - (as_of_ms - self.due.room_ms.unwrap_or(self.expired_ms(as_of_ms))) / 2,
        };
        self.due.room_ms = Some(before_ms);
        let gone: Vec<Gone> = oldest.into_iter().map(|(gone, _)| gone).collect();
        self.delete_events(&gone)?;
        let others_left = self.expire_others(before_ms)?;
        let is_more = !gone.is_empty() || others_left || as_of_ms - before_ms > HOUR_MS;
        let message = match is_more {
            true => format!(
                "events and transactions reached {max} on disk: the oldest were deleted before their time, the counts of issues stay; raise [issues] max_size or lower the retention"
            ),
            false => format!(
                "what is kept beside events takes {} on disk, of {max} in all; raise [issues] max_size or lower the retention",
                ByteSize(bytes)
            ),
        };
        self.shared.faults.set(SIZE, message);
        Ok(is_more)
    }

    /// Bytes of the file that hold something. Those of deleted rows are used again before the file grows.
    fn used_bytes(&self) -> rusqlite::Result<u64> {
        let pages = "SELECT (page_count - freelist_count) * page_size
                     FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
        let bytes: i64 = self.connection.query_row(pages, [], |row| row.get(0))?;
        Ok(bytes.unsigned_abs() + self.shared.backlog.load(std::sync::atomic::Ordering::Relaxed))
    }

    /// Makes the write-ahead log small again that readers kept from being used anew.
    pub(super) fn cut_log(&mut self, _as_of_ms: i64) -> Result<bool, WorkError> {
        let log = self.directory().join(format!("{}-wal", crate::database::FILE));
        if std::fs::metadata(log).is_ok_and(|meta| meta.len() > LOG_BYTES) {
            // Where somebody reads just now it is left for the next time.
            self.connection.execute_batch(
                "PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000;",
            )?;
        }
        Ok(false)
    }

    /// Makes the file smaller, a slice at a time, where much of it is free.
    pub(super) fn give_back(&mut self, _as_of_ms: i64) -> Result<bool, WorkError> {
        let pages = "SELECT page_count, freelist_count, auto_vacuum
                     FROM pragma_page_count, pragma_freelist_count, pragma_auto_vacuum";
        let (all, free, shrinks): (i64, i64, i64) =
            self.connection.query_row(pages, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let kept = self.shared.limits.pages_free.max(all / FREE_PART);
        if shrinks == 0 || free <= kept {
            return Ok(false);
        }
        let slice = PAGES_GIVEN.min(free - kept);
        // Each step gives one page back.
        let mut giving = self.connection.prepare(&format!("PRAGMA incremental_vacuum({slice})"))?;
        let mut given = giving.query([])?;
        while given.next()?.is_some() {}
        Ok(free - slice > kept)
    }

    fn delete_events(&mut self, gone: &[Gone]) -> Result<(), WorkError> {
        if gone.is_empty() {
            return Ok(());
        }
        let transaction = self.connection.transaction()?;
        delete_events(&transaction, gone)?;
        Ok(transaction.commit()?)
    }

    /// Ends issues of which no event came for as long as events are kept.
    pub(super) fn expire_issues(&mut self, as_of_ms: i64) -> Result<bool, WorkError> {
        let before_ms = self.expired_ms(as_of_ms);
        let transaction = self.connection.transaction()?;
        let sql = "SELECT id FROM issue WHERE seen_ms < ?1 AND status <> 'deleted' ORDER BY seen_ms LIMIT ?2";
        let ids: Vec<i64> = transaction
            .prepare_cached(sql)?
            .query_map([before_ms, ISSUES_MAX], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for id in &ids {
            change::delete(&transaction, *id)?;
        }
        transaction.commit()?;
        Ok(ids.len() as i64 == ISSUES_MAX)
    }

    /// Deletes a slice of what belongs to an issue that is gone.
    pub(super) fn clear_deleted(&mut self, _as_of_ms: i64) -> Result<bool, WorkError> {
        let limit = self.shared.limits.slice_rows;
        let transaction = self.connection.transaction()?;
        let sql = "SELECT id FROM issue WHERE status = 'deleted' LIMIT 1";
        let issue: Option<i64> =
            transaction.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
        let Some(issue) = issue else { return Ok(false) };
        let (gone, files) = events_of(&transaction, issue, limit)?;
        match gone.is_empty() {
            true => clear(&transaction, issue)?,
            false => delete_events(&transaction, &gone)?,
        }
        transaction.commit()?;
        self.steps.reached(crate::work::Step::Deleted)?;
        files.iter().try_for_each(|file| self.remove_file(file))?;
        Ok(true)
    }

    /// What transactions, monitors and releases keep, and what the index of words has forgotten.
    pub(super) fn expire_neighbours(&mut self, as_of_ms: i64) -> Result<bool, WorkError> {
        self.expire_others(self.expired_ms(as_of_ms))
    }

    fn expire_others(&mut self, before_ms: i64) -> Result<bool, WorkError> {
        let limit = self.shared.limits.slice_rows;
        let transaction = self.connection.transaction()?;
        let mut more = performance::expire(&transaction, before_ms, limit)?;
        more |= monitors::expire(&transaction, before_ms, limit)?;
        more |= releases::expire(&transaction, before_ms, limit)?;
        let feedback =
            "DELETE FROM feedback WHERE id IN (SELECT id FROM feedback ORDER BY id LIMIT ?2) AND at_ms < ?1";
        let deleted = transaction.prepare_cached(feedback)?.execute(params![before_ms, limit as i64])?;
        more |= deleted == limit;
        search::tidy(&transaction, &self.shared.index)?;
        transaction.commit()?;
        Ok(more)
    }
}

/// The events that came first, with the instants at which they did.
fn oldest(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<(Gone, i64)>> {
    let sql = "SELECT row, base, received_ms FROM event ORDER BY row LIMIT ?1";
    let mut select = connection.prepare_cached(sql)?;
    let rows = select
        .query_map([limit as i64], |row| Ok((Gone { row: row.get(0)?, base: row.get(1)? }, row.get(2)?)))?;
    rows.collect()
}

fn delete_events(connection: &Connection, gone: &[Gone]) -> rusqlite::Result<()> {
    let mut delete = connection.prepare_cached("DELETE FROM event WHERE row = ?1")?;
    let mut unused = connection.prepare_cached("UPDATE base SET uses = uses - 1 WHERE id = ?1")?;
    for event in gone {
        delete.execute([event.row])?;
        if let Some(base) = event.base {
            unused.execute([base])?;
        }
    }
    Ok(())
}

/// Some of the issue's events, and the files that came with them, whose rows are deleted.
fn events_of(
    connection: &Connection,
    issue: i64,
    limit: usize,
) -> rusqlite::Result<(Vec<Gone>, Vec<String>)> {
    let mut select = connection.prepare_cached(
        "SELECT row, base, id, project FROM event WHERE fingerprint IN (SELECT id FROM fingerprint WHERE issue = ?1)
         LIMIT ?2",
    )?;
    let mut attachments = connection
        .prepare_cached("DELETE FROM attachment WHERE event = ?1 AND project = ?2 RETURNING file")?;
    let mut rows = select.query(params![issue, limit as i64])?;
    let (mut gone, mut files) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        gone.push(Gone { row: row.get(0)?, base: row.get(1)? });
        let (id, project): ([u8; 16], i64) = (row.get(2)?, row.get(3)?);
        for file in attachments.query_map(params![id, project], |row| row.get(0))? {
            files.push(file?);
        }
    }
    Ok((gone, files))
}

/// Deletes what is left of an issue without events.
fn clear(connection: &Connection, issue: i64) -> rusqlite::Result<()> {
    let of_fingerprints = "WHERE fingerprint IN (SELECT id FROM fingerprint WHERE issue = ?1)";
    for table in ["bucket", "facet", "hash"] {
        connection.execute(&format!("DELETE FROM {table} {of_fingerprints}"), [issue])?;
    }
    connection.execute("DELETE FROM fingerprint WHERE issue = ?1", [issue])?;
    connection.execute("DELETE FROM activity WHERE issue = ?1", [issue])?;
    connection.execute("DELETE FROM issue WHERE id = ?1", [issue]).map(|_| ())
}
