//! What people change about issues and projects. All of it waits for the writer; what touches many issues is done in
//! slices, so that events go on being worked in.

mod merge;
mod project;

use rusqlite::{Connection, OptionalExtension, params};

use crate::activity::{self, What};
use crate::issues::Issues;
use crate::life::{self, Resolution, Status, Until, Within};
use crate::releases;
use crate::work::{IssueState, Storage};
use crate::writer::Closed;

/// Issues that are changed with one commit.
const SLICE: usize = 200;

/// Counts by the hour are looked back so far.
const HOURS_MAX: u64 = 7 * 24;

/// Longer comments are refused.
const COMMENT_CHARS: usize = 4000;

/// What is to be done about an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Any event from now on is a regression.
    Resolve,
    /// Events of this release and later ones are; of the latest one known where none is said.
    ResolveInRelease(Option<String>),
    /// Events of releases after the latest one known are.
    ResolveInNext,
    /// Nobody needs to look until the first of these is met; without any of them, for ever.
    Archive {
        /// An instant, in milliseconds since the epoch.
        at_ms: Option<i64>,
        /// So many events more.
        more_events: Option<u64>,
        /// So many users more.
        more_users: Option<u64>,
        /// So many events within a time.
        within: Option<Within>,
        /// Much more of it than usual.
        escalating: bool,
    },
    /// Somebody should look again.
    Unresolve,
    /// It is somebody's, or nobody's.
    Assign(Option<String>),
    /// It and its events go.
    Delete,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The appliance is ending.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// It could not be written.
    #[error("issues/issues.db cannot be written ({0}); make room on the disk or check its health")]
    Sqlite(#[from] rusqlite::Error),
    /// There is no such issue.
    #[error("there is no such issue")]
    Unknown,
    /// They cannot be one.
    #[error("issues of different projects cannot be merged")]
    OtherProject,
    /// Something has to stay.
    #[error("these are all the fingerprints that the issue has, or none of them; leave one")]
    NothingLeft,
    /// The comment says nothing, or too much.
    #[error("write 1 to {COMMENT_CHARS} characters")]
    Comment,
}

impl Issues {
    /// Does something about issues. Gives how many there were; those that are gone are passed over.
    pub async fn update(&self, ids: &[i64], change: Change, by: Option<String>) -> Result<u64, ChangeError> {
        let mut changed = 0;
        for slice in ids.chunks(SLICE) {
            let (slice, change, by) = (slice.to_vec(), change.clone(), by.clone());
            changed +=
                self.on_writer(move |storage| storage.change(&slice, &change, by.as_deref())).await??;
        }
        Ok(changed)
    }

    /// Says something about an issue.
    pub async fn comment(&self, issue: i64, text: &str, by: Option<String>) -> Result<(), ChangeError> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > COMMENT_CHARS {
            return Err(ChangeError::Comment);
        }
        let what = What::Comment { text: text.to_owned() };
        self.on_writer(move |storage| storage.comment(issue, &what, by.as_deref())).await?
    }
}

impl Storage {
    pub(crate) fn change(
        &mut self,
        ids: &[i64],
        change: &Change,
        by: Option<&str>,
    ) -> Result<u64, ChangeError> {
        let now_ms = self.shared.now_ms();
        let transaction = self.connection.transaction()?;
        let mut changed = 0;
        for id in ids {
            let Some(mut issue) = live(&transaction, *id)? else { continue };
            changed += 1;
            let Some(what) = apply(&transaction, &mut issue, change, now_ms)? else { continue };
            issue.save(&transaction)?;
            activity::write(&transaction, *id, now_ms, by, &what)?;
        }
        transaction.commit()?;
        Ok(changed)
    }

    fn comment(&mut self, issue: i64, what: &What, by: Option<&str>) -> Result<(), ChangeError> {
        let now_ms = self.shared.now_ms();
        let transaction = self.connection.transaction()?;
        live(&transaction, issue)?.ok_or(ChangeError::Unknown)?;
        transaction.execute("UPDATE issue SET comments = comments + 1 WHERE id = ?1", [issue])?;
        activity::write(&transaction, issue, now_ms, by, what)?;
        Ok(transaction.commit()?)
    }
}

/// The issue, unless it was deleted.
fn live(connection: &Connection, id: i64) -> rusqlite::Result<Option<IssueState>> {
    let mut select =
        connection.prepare_cached("SELECT * FROM issue WHERE id = ?1 AND status <> 'deleted'")?;
    select.query_row([id], IssueState::read).optional()
}

/// Changes the issue. Gives what happened to it; nothing where all stays as it was.
fn apply(
    connection: &Connection,
    issue: &mut IssueState,
    change: &Change,
    now_ms: i64,
) -> rusqlite::Result<Option<What>> {
    let project = event::ProjectId(issue.project.unsigned_abs());
    let latest = || releases::latest(connection, project);
    let status = match change {
        Change::Resolve => Status::Resolved(Resolution::Now),
        Change::ResolveInRelease(release) => {
            let release = match release {
                Some(release) => Some(release.clone()),
                None => latest()?,
            };
            Status::Resolved(release.map_or(Resolution::Now, Resolution::InRelease))
        }
        Change::ResolveInNext => Status::Resolved(Resolution::InNext { after: latest()? }),
        Change::Archive { at_ms, more_events, more_users, within, escalating } => Status::Archived(Until {
            escalating: *escalating,
            at_ms: *at_ms,
            count: more_events.map(|more| issue.count.saturating_add(more)),
            users: more_users.map(|more| issue.sketch.count().saturating_add(more)),
            within: within.clone().map(|within| Within { hours: within.hours.clamp(1, HOURS_MAX), ..within }),
        }),
        Change::Unresolve => match issue.status {
            Status::Unresolved(_) => return Ok(None),
            _ => Status::Unresolved(life::usual(issue.first_ms, now_ms)),
        },
        Change::Assign(to) => {
            let what = (issue.assignee != *to).then(|| What::Assigned { to: to.clone() });
            issue.assignee.clone_from(to);
            return Ok(what);
        }
        Change::Delete => {
            delete(connection, issue.id)?;
            return Ok(None);
        }
    };
    let what = match &status {
        Status::Resolved(how) => What::Resolved { how: how.clone() },
        Status::Archived(until) => What::Archived { until: until.clone() },
        Status::Unresolved(_) => What::Unresolved,
    };
    issue.status = status;
    issue.since_ms = now_ms;
    Ok(Some(what))
}

/// From now on nobody sees it, and events that were its make an issue of their own. Its events go in slices later.
pub(crate) fn delete(connection: &Connection, issue: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM hash WHERE fingerprint IN (SELECT id FROM fingerprint WHERE issue = ?1)",
        )?
        .execute([issue])?;
    let sql = "UPDATE issue SET status = 'deleted' WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![issue]).map(|_| ())
}

/// Likewise for all issues of a project.
fn delete_all(connection: &Connection, project: event::ProjectId) -> rusqlite::Result<()> {
    let project = project.0 as i64;
    connection.execute("DELETE FROM hash WHERE project = ?1", [project])?;
    connection.execute("UPDATE issue SET status = 'deleted' WHERE project = ?1", [project]).map(|_| ())
}
