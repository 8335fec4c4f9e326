//! Merging and unmerging: fingerprints go from one issue to another. Their counts hang on them, so none changes; what an
//! issue has in sum is summed up anew.

use event::Hash;
use rusqlite::{Connection, params};

use super::{ChangeError, live};
use crate::activity::{self, What};
use crate::issues::Issues;
use crate::life::{self, Status};
use crate::sketch::Sketch;
use crate::work::{IssueState, Storage, next_number};

impl Issues {
    /// Makes issues of one project one: that of `into`, with its status. Gives how many became part of it.
    pub async fn merge(&self, into: i64, ids: &[i64], by: Option<String>) -> Result<u64, ChangeError> {
        let ids = ids.to_vec();
        self.on_writer(move |storage| storage.merge(into, &ids, by.as_deref())).await?
    }

    /// Makes fingerprints of an issue issues of their own, one for each that one of the hashes belongs to. Gives the new
    /// issues.
    pub async fn unmerge(
        &self,
        issue: i64,
        hashes: &[Hash],
        by: Option<String>,
    ) -> Result<Vec<i64>, ChangeError> {
        let hashes = hashes.to_vec();
        self.on_writer(move |storage| storage.unmerge(issue, &hashes, by.as_deref())).await?
    }
}

impl Storage {
    pub(crate) fn merge(&mut self, into: i64, ids: &[i64], by: Option<&str>) -> Result<u64, ChangeError> {
        let now_ms = self.shared.now_ms();
        let transaction = self.connection.transaction()?;
        let mut target = live(&transaction, into)?.ok_or(ChangeError::Unknown)?;
        let mut short_ids = Vec::new();
        for id in ids.iter().filter(|id| **id != into) {
            let source = live(&transaction, *id)?.ok_or(ChangeError::Unknown)?;
            if source.project != target.project {
                return Err(ChangeError::OtherProject);
            }
            take_over(&transaction, &mut target, &source)?;
            short_ids.push(source.number);
        }
        let merged = short_ids.len() as u64;
        if merged > 0 {
            sum_up(&transaction, &mut target)?;
            target.save(&transaction)?;
            let what = What::Merged { short_ids: self.shared.short_ids(target.project, &short_ids) };
            activity::write(&transaction, into, now_ms, by, &what)?;
        }
        transaction.commit()?;
        Ok(merged)
    }

    pub(crate) fn unmerge(
        &mut self,
        issue: i64,
        hashes: &[Hash],
        by: Option<&str>,
    ) -> Result<Vec<i64>, ChangeError> {
        let now_ms = self.shared.now_ms();
        let transaction = self.connection.transaction()?;
        let mut parent = live(&transaction, issue)?.ok_or(ChangeError::Unknown)?;
        let all = fingerprints(&transaction, issue)?;
        let mut leaving = Vec::new();
        for hash in hashes {
            let fingerprint = owner(&transaction, parent.project, *hash)?;
            leaving.extend(fingerprint.filter(|one| all.contains(one) && !leaving.contains(one)));
        }
        if leaving.is_empty() || leaving.len() >= all.len() {
            return Err(ChangeError::NothingLeft);
        }
        let (mut made, mut numbers) = (Vec::new(), Vec::new());
        for fingerprint in leaving {
            let child = split_off(&transaction, &parent, fingerprint, now_ms)?;
            activity::write(&transaction, child.id, now_ms, by, &What::First)?;
            made.push(child.id);
            numbers.push(child.number);
        }
        sum_up(&transaction, &mut parent)?;
        parent.save(&transaction)?;
        let what = What::Unmerged { short_ids: self.shared.short_ids(parent.project, &numbers) };
        activity::write(&transaction, issue, now_ms, by, &what)?;
        transaction.commit()?;
        Ok(made)
    }
}

/// Everything of one issue becomes the other's, and the one goes.
fn take_over(connection: &Connection, target: &mut IssueState, source: &IssueState) -> rusqlite::Result<()> {
    let (from, to) = (source.id, target.id);
    connection.execute("UPDATE fingerprint SET issue = ?2 WHERE issue = ?1", [from, to])?;
    connection.execute("UPDATE activity SET issue = ?2 WHERE issue = ?1", [from, to])?;
    let comments =
        "UPDATE issue SET comments = comments + (SELECT comments FROM issue WHERE id = ?1) WHERE id = ?2";
    connection.execute(comments, [from, to])?;
    connection.execute("DELETE FROM issue WHERE id = ?1", [from])?;
    if source.first_ms < target.first_ms && source.first_release.is_some() {
        target.first_release.clone_from(&source.first_release);
    }
    if source.last_ms > target.last_ms {
        if !target.title.is_overflow() && !source.title.is_overflow() {
            target.title.clone_from(&source.title);
        }
        (target.level, target.unhandled) = (source.level, source.unhandled);
        target.platform.clone_from(&source.platform);
        target.last_release = source.last_release.clone().or(target.last_release.take());
    }
    target.seen_ms = target.seen_ms.max(source.seen_ms);
    target.assignee = target.assignee.take().or(source.assignee.clone());
    Ok(())
}

/// Counts and times of an issue are those of its fingerprints together.
fn sum_up(connection: &Connection, issue: &mut IssueState) -> rusqlite::Result<()> {
    let mut select = connection
        .prepare_cached("SELECT first_ms, last_ms, count, sketch FROM fingerprint WHERE issue = ?1")?;
    let mut rows = select.query([issue.id])?;
    let (mut first_ms, mut last_ms) = (i64::MAX, i64::MIN);
    (issue.count, issue.sketch) = (0, Sketch::default());
    while let Some(row) = rows.next()? {
        first_ms = first_ms.min(row.get(0)?);
        last_ms = last_ms.max(row.get(1)?);
        issue.count += row.get::<_, i64>(2)?.unsigned_abs();
        issue.sketch.merge(&Sketch::read(row.get_ref(3)?.as_blob()?));
    }
    (issue.first_ms, issue.last_ms) = (first_ms, last_ms);
    Ok(())
}

/// Makes an issue of a fingerprint. What only events know, such as its title's parts, is as the parent's until the next
/// one comes.
fn split_off(
    connection: &Connection,
    parent: &IssueState,
    fingerprint: i64,
    now_ms: i64,
) -> rusqlite::Result<IssueState> {
    let mut child = parent.clone();
    child.number = next_number(connection, parent.project)?;
    child.insert(connection)?;
    connection.execute("UPDATE fingerprint SET issue = ?2 WHERE id = ?1", params![fingerprint, child.id])?;
    sum_up(connection, &mut child)?;
    let sql = "SELECT title FROM fingerprint WHERE id = ?1";
    let title: String = connection.query_row(sql, [fingerprint], |row| row.get(0))?;
    let (class, message) = title.split_once(": ").unwrap_or((title.as_str(), ""));
    (child.title.title, child.title.message) = (class.to_owned(), message.to_owned());
    child.status = Status::Unresolved(life::usual(child.first_ms, now_ms));
    child.since_ms = now_ms;
    child.save(connection)?;
    Ok(child)
}

fn fingerprints(connection: &Connection, issue: i64) -> rusqlite::Result<Vec<i64>> {
    let mut select = connection.prepare_cached("SELECT id FROM fingerprint WHERE issue = ?1")?;
    select.query_map([issue], |row| row.get(0))?.collect()
}

fn owner(connection: &Connection, project: i64, hash: Hash) -> rusqlite::Result<Option<i64>> {
    use rusqlite::OptionalExtension;
    let mut select =
        connection.prepare_cached("SELECT fingerprint FROM hash WHERE project = ?1 AND hash = ?2")?;
    select.query_row(params![project, hash.0], |row| row.get(0)).optional()
}
