//! An event is worked in: counted, grouped, and kept unless there are many alike.

use std::collections::btree_map::Entry;

use event::EventId;
use rusqlite::{OptionalExtension, params};

use super::batch::Batch;
use super::sampling::{Kept, keep};
use super::{Received, WorkError};
use crate::activity::{self, What};
use crate::digest::Digest;
use crate::life::{Facts, Status, Turn};
use crate::refusal::Category;
use crate::releases;

impl Batch<'_> {
    pub(super) fn event(
        &mut self,
        received: Received,
        digest: &Digest,
        data: &[u8],
    ) -> Result<(), WorkError> {
        if self.is_known(received, digest.id)? {
            self.done.duplicates += 1;
            return Ok(());
        }
        let fingerprint = self.fingerprint_of(received, digest)?;
        let (hour, number) = self.count(fingerprint, digest)?;
        self.count_tags(fingerprint, digest);
        let issue = self.fingerprint(fingerprint)?.issue;
        self.count_issue(received, issue, fingerprint, digest)?;
        self.live(received, issue, digest)?;
        self.keep(received, (fingerprint, hour, number), digest, data)?;
        self.accepted(received, Category::Error, data.len());
        Ok(())
    }

    pub(super) fn base(&mut self, id: i64, data: &[u8]) -> rusqlite::Result<()> {
        let sql = "INSERT OR IGNORE INTO base (id, uses, data) VALUES (?1, 0, ?2)";
        self.transaction.prepare_cached(sql)?.execute(params![id, data]).map(|_| ())
    }

    /// Whether an event or transaction of the project with this id was worked in before.
    pub(super) fn is_known(&self, received: Received, id: EventId) -> rusqlite::Result<bool> {
        let project = received.project.0 as i64;
        let mut kept =
            self.transaction.prepare_cached("SELECT 1 FROM event WHERE id = ?1 AND project = ?2")?;
        let mut seen = self.transaction.prepare_cached("SELECT 1 FROM seen WHERE id = ?1")?;
        Ok(kept.exists(params![id.0, project])? || seen.exists([seen_id(project, id)])?)
    }

    /// Remembers an id of which nothing is kept.
    pub(super) fn remember(&self, received: Received, id: EventId) -> rusqlite::Result<()> {
        let sql = "INSERT OR IGNORE INTO seen (id, received_ms) VALUES (?1, ?2)";
        let id = seen_id(received.project.0 as i64, id);
        self.transaction.prepare_cached(sql)?.execute(params![id, received.received_ms]).map(|_| ())
    }

    fn count_issue(
        &mut self,
        received: Received,
        issue: i64,
        fingerprint: i64,
        digest: &Digest,
    ) -> rusqlite::Result<()> {
        let is_overflow = self.is_overflow(received.project.0 as i64, fingerprint)?;
        let state = self.issue(issue)?;
        // Neither is an issue named by what there is too much of, nor that which collects it by one event.
        let name = (is_overflow || state.title.is_overflow()).then(|| state.title.clone());
        state.count(digest, received.received_ms);
        if let Some(name) = name {
            state.title = name;
        }
        match &digest.release {
            Some(release) => self.seen_in(received, release, digest.environment.as_deref()),
            None => Ok(()),
        }
    }

    /// Counts an event of a release.
    fn seen_in(
        &mut self,
        received: Received,
        release: &str,
        environment: Option<&str>,
    ) -> rusqlite::Result<()> {
        let key = (received.project, release.to_owned(), environment.unwrap_or_default().to_owned());
        let seen = match self.releases.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                // It is known from its first event on: regressions are told by it.
                releases::heard(self.transaction, &received, release)?;
                free.insert(releases::Seen::default())
            }
        };
        seen.add(received.received_ms);
        Ok(())
    }

    /// What the event does to the life of its issue.
    fn live(&mut self, received: Received, issue: i64, digest: &Digest) -> rusqlite::Result<()> {
        let Some((status, turn)) = self.turn(received, issue, digest)? else { return Ok(()) };
        let release = digest.release.clone();
        let what = match turn {
            Turn::Regressed => What::Regressed { release },
            Turn::Escalating => What::Escalated,
            Turn::Woken | Turn::New => What::Woken,
        };
        activity::write(self.transaction, issue, received.received_ms, None, &what)?;
        if turn == Turn::Regressed
            && let Some(release) = &digest.release
        {
            releases::regressed(self.transaction, &received, release, issue)?;
        }
        let state = self.issue(issue)?;
        state.status = status;
        state.since_ms = received.received_ms;
        self.turned(issue, turn, digest.environment.as_deref(), digest.at_ms);
        Ok(())
    }

    /// What status the issue has from this event on; nothing for most.
    fn turn(
        &mut self,
        received: Received,
        issue: i64,
        digest: &Digest,
    ) -> rusqlite::Result<Option<(Status, Turn)>> {
        self.issue(issue)?;
        let state = &self.issues[&issue];
        let within = match &state.status {
            Status::Archived(until) => until.within.as_ref(),
            _ => None,
        };
        let facts = Facts {
            now_ms: received.received_ms,
            first_ms: state.first_ms,
            count: state.count,
            count_within: within
                .map_or(Ok(0), |within| self.count_within(issue, within.hours, digest.at_ms))?,
            users: &state.sketch,
            escalates: self.escalates(state, received.received_ms)?,
            breaks_resolution: self.breaks_resolution(received, &state.status, digest.release.as_deref())?,
        };
        Ok(state.status.on_event(&facts))
    }

    fn keep(
        &mut self,
        received: Received,
        (fingerprint, hour, number): (i64, i64, u64),
        digest: &Digest,
        data: &[u8],
    ) -> rusqlite::Result<()> {
        let sample_after = self.shared.config.load().sample_after;
        if let Some(former) = self.bucket(fingerprint, hour)?.newest.take() {
            self.drop_event(received, former)?;
        }
        let sql = "INSERT INTO event (project, id, fingerprint, at_ms, received_ms, environment, base, data)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.transaction.prepare_cached(sql)?.execute(params![
            received.project.0 as i64,
            digest.id.0,
            fingerprint,
            digest.at_ms,
            received.received_ms,
            digest.environment,
            digest.base,
            data
        ])?;
        let row = self.transaction.last_insert_rowid();
        if let Some(base) = digest.base {
            *self.base_uses.entry(base).or_default() += 1;
        }
        if keep(number, sample_after) == Kept::UntilNext {
            self.bucket(fingerprint, hour)?.newest = Some(row);
        }
        Ok(())
    }

    /// An event was kept only until another one came.
    fn drop_event(&mut self, received: Received, row: i64) -> rusqlite::Result<()> {
        let sql = "DELETE FROM event WHERE row = ?1 RETURNING id, base";
        let gone: Option<([u8; 16], Option<i64>)> = self
            .transaction
            .prepare_cached(sql)?
            .query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((id, base)) = gone else { return Ok(()) };
        self.remember(received, EventId(id))?;
        if let Some(base) = base {
            *self.base_uses.entry(base).or_default() -= 1;
        }
        self.done.sampled += 1;
        Ok(())
    }

    pub(super) fn issue(&mut self, id: i64) -> rusqlite::Result<&mut super::IssueState> {
        use std::collections::hash_map::Entry;
        match self.issues.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => Ok(free.insert(super::IssueState::load(self.transaction, id)?)),
        }
    }
}

fn seen_id(project: i64, id: EventId) -> Vec<u8> {
    let mut bytes = id.0.to_vec();
    bytes.extend(project.to_le_bytes());
    bytes
}
