//! To which fingerprint, and so to which issue, an event belongs.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use super::Received;
use super::batch::Batch;
use super::count::Fingerprint;
use super::issue::IssueState;
use crate::activity::{self, What};
use crate::digest::{Digest, Title};
use crate::life::{Status, Substatus, Turn};

/// The hash of the issue that takes the events of new ones when there are too many.
const OVERFLOW: [u8; 16] = [0xff; 16];

/// More hashes do not become a fingerprint's: somebody makes stacks up. It is found by those that it has.
const HASHES_MAX: i64 = 200;

/// Issues that were made in the last minute, by project.
#[derive(Debug, Default)]
pub(crate) struct Newcomers(HashMap<i64, (i64, u64)>);

impl Newcomers {
    /// Counts another new issue, if there may be one.
    fn admit(&mut self, project: i64, received_ms: i64, per_minute: u64) -> bool {
        let minute = received_ms.div_euclid(60_000);
        let known = self.0.entry(project).or_default();
        if known.0 != minute {
            *known = (minute, 0);
        }
        known.1 += 1;
        known.1 <= per_minute
    }
}

impl Batch<'_> {
    /// The fingerprint that owns one of the hashes; else a new one, with a new issue. Hashes that nobody owns become its.
    pub(super) fn fingerprint_of(&mut self, received: Received, digest: &Digest) -> rusqlite::Result<i64> {
        let project = received.project.0 as i64;
        let hashes: Vec<[u8; 16]> = digest.hashes.iter().map(|hash| hash.0).collect();
        let mut owner = None;
        for hash in &hashes {
            owner = match owner {
                None => self.owner(project, *hash)?,
                known => known,
            };
        }
        if let Some(owner) = owner {
            self.own(project, &hashes, owner)?;
            return Ok(owner);
        }
        let per_minute = self.shared.config.load().quotas.new_issues_per_minute;
        if self.memory.newcomers.admit(project, received.received_ms, per_minute) {
            return self.create(received, digest, &hashes);
        }
        match self.owner(project, OVERFLOW)? {
            Some(overflow) => Ok(overflow),
            None => {
                let overflow = self.create(received, digest, &[OVERFLOW])?;
                self.overflows.insert(project, Some(overflow));
                Ok(overflow)
            }
        }
    }

    /// Whether an issue stands for all those that there were too many of.
    pub(super) fn is_overflow(&mut self, project: i64, fingerprint: i64) -> rusqlite::Result<bool> {
        let overflow = match self.overflows.get(&project) {
            Some(known) => *known,
            None => {
                let found = self.owner(project, OVERFLOW)?;
                self.overflows.insert(project, found);
                found
            }
        };
        Ok(overflow == Some(fingerprint))
    }

    fn owner(&mut self, project: i64, hash: [u8; 16]) -> rusqlite::Result<Option<i64>> {
        if let Some(known) = self.hashes.get(&(project, hash)) {
            return Ok(Some(*known));
        }
        let mut select = self
            .transaction
            .prepare_cached("SELECT fingerprint FROM hash WHERE project = ?1 AND hash = ?2")?;
        let found: Option<i64> = select.query_row(params![project, hash], |row| row.get(0)).optional()?;
        if let Some(found) = found {
            self.hashes.insert((project, hash), found);
        }
        Ok(found)
    }

    fn own(&mut self, project: i64, hashes: &[[u8; 16]], fingerprint: i64) -> rusqlite::Result<()> {
        for hash in hashes {
            if self.owner(project, *hash)?.is_none() && self.takes_hashes(fingerprint)? {
                let sql = "INSERT INTO hash (project, hash, fingerprint) VALUES (?1, ?2, ?3)";
                self.transaction.prepare_cached(sql)?.execute(params![project, hash, fingerprint])?;
                self.hashes.insert((project, *hash), fingerprint);
            }
        }
        Ok(())
    }

    fn takes_hashes(&self, fingerprint: i64) -> rusqlite::Result<bool> {
        let mut count = self
            .transaction
            .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM hash WHERE fingerprint = ?1 LIMIT ?2)")?;
        let hashes: i64 = count.query_row([fingerprint, HASHES_MAX], |row| row.get(0))?;
        Ok(hashes < HASHES_MAX)
    }

    fn create(&mut self, received: Received, digest: &Digest, hashes: &[[u8; 16]]) -> rusqlite::Result<i64> {
        let project = received.project.0 as i64;
        let number = self.next_number(project)?;
        let status = Status::Unresolved(Substatus::New);
        let mut issue = IssueState::of(digest, project, number, status, received.received_ms);
        if hashes.contains(&OVERFLOW) {
            issue.title = Title::overflow();
        }
        issue.insert(self.transaction)?;
        activity::write(self.transaction, issue.id, received.received_ms, None, &What::First)?;
        let title = name(&issue.title);
        let sql = "INSERT INTO fingerprint (project, issue, title, first_ms, last_ms, count, sketch, keys)
                   VALUES (?1, ?2, ?3, ?4, ?4, 0, x'', 0)";
        self.transaction.prepare_cached(sql)?.execute(params![project, issue.id, title, digest.at_ms])?;
        let fingerprint = self.transaction.last_insert_rowid();
        self.fingerprints.insert(fingerprint, Fingerprint::new(issue.id, digest.at_ms));
        let id = issue.id;
        self.issues.insert(id, issue);
        self.own(project, hashes, fingerprint)?;
        self.turned(id, Turn::New, digest.environment.as_deref(), digest.at_ms);
        Ok(fingerprint)
    }

    pub(super) fn next_number(&self, project: i64) -> rusqlite::Result<u64> {
        next_number(self.transaction, project)
    }
}

/// The number of the project's next short id.
pub(crate) fn next_number(connection: &rusqlite::Connection, project: i64) -> rusqlite::Result<u64> {
    let sql = "UPDATE project SET issues = issues + 1 WHERE id = ?1 RETURNING issues";
    let number: Option<i64> =
        connection.prepare_cached(sql)?.query_row([project], |row| row.get(0)).optional()?;
    Ok(number.unwrap_or(0).unsigned_abs())
}

/// What a fingerprint is called.
fn name(title: &Title) -> String {
    let Title { title, message, .. } = title;
    if message.is_empty() { title.clone() } else { format!("{title}: {message}") }
}
