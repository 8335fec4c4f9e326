//! Issues: lists of them, and one.

use event::{Hash, Level, ProjectId};
use model::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::activity::{self, Activity};
use crate::issues::Issues;
use crate::life::Status;
use crate::readers::ReadError;
use crate::search::{self, Find, FindError, Query, Sort};
use crate::work::IssueState;

/// An issue as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its id in Porthole.
    pub id: i64,
    /// Whose it is.
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// What people call it: `SHOP-12`.
    pub short_id: String,
    /// The error's class, or the message.
    pub title: String,
    /// What the error said; empty for a message.
    pub message: String,
    /// Where it happened.
    pub culprit: String,
    /// How severe its last event is.
    pub level: Level,
    /// The language of its last event.
    pub platform: String,
    /// Whether the program did not catch its last event.
    pub unhandled: bool,
    /// The time of its first event, in milliseconds since the epoch.
    pub first_ms: i64,
    /// The time of its last event.
    pub last_ms: i64,
    /// All its events, also those that are not kept any more.
    pub count: u64,
    /// The users that it happened to: exact while they are few.
    pub users: u64,
    /// What is to be done about it.
    pub status: Status,
    /// Since when.
    pub since_ms: i64,
    /// Whose work it is.
    pub assignee: Option<String>,
    /// The release of its first event.
    pub first_release: Option<String>,
    /// The release of its last event that had one.
    pub last_release: Option<String>,
    /// How many comments it has.
    pub comments: u32,
}

/// A group of events: those of one hash. An issue has one, or several after a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FingerprintRow {
    /// Its id in Porthole.
    pub id: i64,
    /// Its hashes.
    pub hashes: Vec<Hash>,
    /// What its first event said.
    pub title: String,
    /// All its events.
    pub count: u64,
    /// The time of its first event, in milliseconds since the epoch.
    pub first_ms: i64,
    /// The time of its last event.
    pub last_ms: i64,
}

/// Which issues.
#[derive(Clone, Debug, Default)]
pub struct IssueQuery {
    /// What is searched for.
    pub query: Query,
    /// Only this project's.
    pub project: Option<ProjectId>,
    /// Only with events of this environment; empty: of any.
    pub environment: String,
    /// Only with events at or after this.
    pub from: Option<Timestamp>,
    /// Only with events before this.
    pub until: Option<Timestamp>,
    /// Their order.
    pub sort: Sort,
    /// [`IssuePage::next`] of the page before; empty: the first page.
    pub cursor: String,
    /// How long a page is.
    pub limit: usize,
    /// Who asks, for `assigned:me`.
    pub me: Option<String>,
}

/// A page of issues.
#[derive(Clone, Debug, Default)]
pub struct IssuePage {
    /// In their order.
    pub issues: Vec<Issue>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
    /// How many there are in all, at most 10,000.
    pub total: usize,
}

/// Why nothing could be found.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The search failed.
    #[error(transparent)]
    Find(#[from] FindError),
    /// What was found could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// More issues are not changed by one query.
const IDS_MAX: usize = 10_000;

impl Issues {
    /// A page of the issues that the query finds.
    pub fn issues(&self, query: &IssueQuery) -> Result<IssuePage, SearchError> {
        let reader = self.shared.readers.get()?;
        let found = search::find(&reader, &self.shared.index, &self.asked(query))?;
        let mut issues = Vec::with_capacity(found.ids.len());
        for id in found.ids {
            issues.extend(self.issue_in(&reader, id)?);
        }
        Ok(IssuePage { issues, next: found.next, total: found.total })
    }

    /// The ids of all issues that the query finds, at most 10,000.
    pub fn ids(&self, query: &IssueQuery) -> Result<Vec<i64>, SearchError> {
        let reader = self.shared.readers.get()?;
        let mut query = IssueQuery { limit: 1000, cursor: String::new(), ..query.clone() };
        let mut ids = Vec::new();
        while ids.len() < IDS_MAX {
            let found = search::find(&reader, &self.shared.index, &self.asked(&query))?;
            ids.extend(found.ids);
            match found.next {
                Some(next) => query.cursor = next,
                None => break,
            }
        }
        Ok(ids)
    }

    fn asked<'q>(&self, query: &'q IssueQuery) -> Find<'q> {
        Find {
            query: &query.query,
            project: query.project,
            environment: &query.environment,
            from: query.from,
            until: query.until,
            sort: query.sort,
            cursor: &query.cursor,
            limit: query.limit,
            me: query.me.as_deref(),
            now: self.shared.clock.now(),
        }
    }

    /// The issue of this id; none if it was deleted.
    pub fn issue(&self, id: i64) -> Result<Option<Issue>, ReadError> {
        self.issue_in(&*self.shared.readers.get()?, id)
    }

    /// The issue that people call so.
    pub fn issue_called(&self, short_id: &str) -> Result<Option<Issue>, ReadError> {
        let Some((prefix, number)) = short_id.rsplit_once('-') else { return Ok(None) };
        let (Some(project), Ok(number)) =
            (self.project_named(&prefix.to_ascii_lowercase()), number.parse::<i64>())
        else {
            return Ok(None);
        };
        let reader = self.shared.readers.get()?;
        let sql = "SELECT id FROM issue WHERE project = ?1 AND number = ?2";
        let id: Option<i64> =
            reader.query_row(sql, params![project.id.0 as i64, number], |row| row.get(0)).optional()?;
        id.map_or(Ok(None), |id| self.issue_in(&reader, id))
    }

    fn issue_in(&self, connection: &rusqlite::Connection, id: i64) -> Result<Option<Issue>, ReadError> {
        let mut select =
            connection.prepare_cached("SELECT * FROM issue WHERE id = ?1 AND status <> 'deleted'")?;
        let read = select.query_row([id], |row| Ok((IssueState::read(row)?, row.get("comments")?)));
        let Some((state, comments)) = read.optional()? else { return Ok(None) };
        let project = ProjectId(state.project.unsigned_abs());
        let known = self.project_of(project);
        Ok(Some(Issue {
            id: state.id,
            project,
            short_id: known.as_ref().map(|known| known.short_id(state.number)).unwrap_or_default(),
            project_name: known.map(|known| known.name.clone()).unwrap_or_default(),
            title: state.title.title,
            message: state.title.message,
            culprit: state.title.culprit,
            level: state.level,
            platform: state.platform,
            unhandled: state.unhandled,
            first_ms: state.first_ms,
            last_ms: state.last_ms,
            count: state.count,
            users: state.sketch.count(),
            status: state.status,
            since_ms: state.since_ms,
            assignee: state.assignee,
            first_release: state.first_release,
            last_release: state.last_release,
            comments,
        }))
    }

    /// The groups of events that the issue consists of.
    pub fn fingerprints(&self, issue: i64) -> Result<Vec<FingerprintRow>, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT id, title, count, first_ms, last_ms FROM fingerprint WHERE issue = ?1 ORDER BY first_ms",
        )?;
        let rows = select.query_map([issue], |row| {
            Ok(FingerprintRow {
                id: row.get(0)?,
                hashes: Vec::new(),
                title: row.get(1)?,
                count: row.get::<_, i64>(2)?.unsigned_abs(),
                first_ms: row.get(3)?,
                last_ms: row.get(4)?,
            })
        })?;
        let mut fingerprints = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let mut hashes = reader.prepare_cached("SELECT hash FROM hash WHERE fingerprint = ?1")?;
        for fingerprint in &mut fingerprints {
            let rows = hashes.query_map([fingerprint.id], |row| row.get(0).map(Hash))?;
            fingerprint.hashes = rows.collect::<rusqlite::Result<_>>()?;
        }
        Ok(fingerprints)
    }

    /// What happened to the issue, newest first.
    pub fn activity(&self, issue: i64, limit: usize) -> Result<Vec<Activity>, ReadError> {
        Ok(activity::read(&*self.shared.readers.get()?, issue, limit)?)
    }
}
