//! An issue while the writer works on it.

use event::Level;
use rusqlite::{Connection, params};

use crate::digest::{Digest, Title};
use crate::life::{Status, quarter};
use crate::sketch::Sketch;

/// A row of `issue`.
#[derive(Clone, Debug)]
pub(crate) struct IssueState {
    pub(crate) id: i64,
    pub(crate) project: i64,
    pub(crate) number: u64,
    pub(crate) title: Title,
    pub(crate) level: Level,
    pub(crate) platform: String,
    pub(crate) unhandled: bool,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    pub(crate) seen_ms: i64,
    pub(crate) count: u64,
    pub(crate) sketch: Sketch,
    pub(crate) status: Status,
    pub(crate) since_ms: i64,
    pub(crate) assignee: Option<String>,
    pub(crate) first_release: Option<String>,
    pub(crate) last_release: Option<String>,
    /// The quarter of an hour of the last event that was received, and the events in it.
    pub(crate) quarter: i64,
    pub(crate) quarter_count: u64,
}

impl IssueState {
    /// An issue as its first event makes it, before that is counted.
    pub(super) fn of(digest: &Digest, project: i64, number: u64, status: Status, received_ms: i64) -> Self {
        Self {
            id: 0,
            project,
            number,
            title: digest.title.clone(),
            level: digest.level,
            platform: digest.platform.clone(),
            unhandled: digest.unhandled,
            first_ms: digest.at_ms,
            last_ms: digest.at_ms,
            seen_ms: received_ms,
            count: 0,
            sketch: Sketch::default(),
            status,
            since_ms: received_ms,
            assignee: None,
            first_release: None,
            last_release: None,
            quarter: quarter(received_ms),
            quarter_count: 0,
        }
    }

    /// Counts an event, and looks from now on as its newest one does.
    pub(super) fn count(&mut self, digest: &Digest, received_ms: i64) {
        self.count += 1;
        digest.user.map(|user| self.sketch.add(user));
        let quarter = quarter(received_ms);
        if quarter != self.quarter {
            (self.quarter, self.quarter_count) = (quarter, 0);
        }
        self.quarter_count += 1;
        self.seen_ms = self.seen_ms.max(received_ms);
        if digest.at_ms < self.first_ms || self.first_release.is_none() {
            self.first_release = digest.release.clone().or(self.first_release.take());
        }
        self.first_ms = self.first_ms.min(digest.at_ms);
        if digest.at_ms < self.last_ms {
            return;
        }
        self.last_ms = digest.at_ms;
        self.title.clone_from(&digest.title);
        self.level = digest.level;
        self.unhandled = digest.unhandled;
        self.platform.clone_from(&digest.platform);
        if digest.release.is_some() {
            self.last_release.clone_from(&digest.release);
        }
    }

    /// The issue of this id.
    pub(crate) fn load(connection: &Connection, id: i64) -> rusqlite::Result<Self> {
        let mut select = connection.prepare_cached("SELECT * FROM issue WHERE id = ?1")?;
        select.query_row([id], Self::read)
    }

    pub(crate) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let text = |column: &str| row.get::<_, String>(column);
        let number = |column: &str| row.get::<_, i64>(column).map(i64::unsigned_abs);
        let condition: Option<String> = row.get("condition")?;
        Ok(Self {
            id: row.get("id")?,
            project: row.get("project")?,
            number: number("number")?,
            title: Title { title: text("title")?, message: text("message")?, culprit: text("culprit")? },
            level: Level::from_word(&text("level")?).unwrap_or_default(),
            platform: text("platform")?,
            unhandled: row.get("unhandled")?,
            first_ms: row.get("first_ms")?,
            last_ms: row.get("last_ms")?,
            seen_ms: row.get("seen_ms")?,
            count: number("count")?,
            sketch: Sketch::read(row.get_ref("sketch")?.as_blob()?),
            status: Status::read(&text("status")?, &text("substatus")?, condition.as_deref()),
            since_ms: row.get("since_ms")?,
            assignee: row.get("assignee")?,
            first_release: row.get("first_release")?,
            last_release: row.get("last_release")?,
            quarter: row.get("quarter")?,
            quarter_count: number("quarter_count")?,
        })
    }

    /// Writes everything that may have changed.
    pub(crate) fn save(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut update = connection.prepare_cached(
            "UPDATE issue SET title = ?2, message = ?3, culprit = ?4, level = ?5, platform = ?6, unhandled = ?7,
                 first_ms = ?8, last_ms = ?9, seen_ms = ?10, count = ?11, users = ?12, sketch = ?13, status = ?14,
                 substatus = ?15, condition = ?16, since_ms = ?17, assignee = ?18, first_release = ?19,
                 last_release = ?20, quarter = ?21, quarter_count = ?22
             WHERE id = ?1",
        )?;
        let Title { title, message, culprit } = &self.title;
        update
            .execute(params![
                self.id,
                title,
                message,
                culprit,
                self.level.name(),
                self.platform,
                self.unhandled,
                self.first_ms,
                self.last_ms,
                self.seen_ms,
                self.count as i64,
                self.sketch.count() as i64,
                self.sketch.bytes(),
                self.status.name(),
                self.status.substatus(),
                self.status.condition(),
                self.since_ms,
                self.assignee,
                self.first_release,
                self.last_release,
                self.quarter,
                self.quarter_count as i64,
            ])
            .map(|_| ())
    }

    /// Makes the row. From then on [`IssueState::save`] changes it.
    pub(crate) fn insert(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare_cached(
            "INSERT INTO issue (project, number, title, message, culprit, level, platform, unhandled, first_ms, last_ms,
                 seen_ms, count, users, sketch, status, substatus, since_ms, quarter, quarter_count)
             VALUES (?1, ?2, '', '', '', '', '', 0, 0, 0, ?3, 0, 0, x'', ?4, ?5, ?6, 0, 0)",
        )?;
        let (status, substatus) = (self.status.name(), self.status.substatus());
        let number = self.number as i64;
        insert.execute(params![self.project, number, self.seen_ms, status, substatus, self.since_ms])?;
        self.id = connection.last_insert_rowid();
        Ok(())
    }
}
