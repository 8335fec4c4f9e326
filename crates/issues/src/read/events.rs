//! Events, and what came with them.

use std::path::PathBuf;

use event::items::Feedback;
use event::{EventId, ProjectId};
use model::Ordered as _;
use rusqlite::{Connection, OptionalExtension, params};

use crate::database::{self, EventRow, Stored};
use crate::issues::Issues;
use crate::pack::ARTIFACTS;
use crate::readers::ReadError;

/// A place among the events of an issue, by their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventCursor {
    /// When the event happened, in milliseconds since the epoch.
    pub at_ms: i64,
    /// Tells events of one instant apart.
    pub row: i64,
}

/// An event in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct EventSummary {
    /// Where it stands.
    pub cursor: EventCursor,
    /// Its id.
    pub id: EventId,
    /// The event; damaged ones have none.
    pub stored: Option<Stored>,
}

/// An event with what is around it in its issue.
#[derive(Clone, Debug, PartialEq)]
pub struct EventWhole {
    /// Where it stands.
    pub cursor: EventCursor,
    /// Whose it is.
    pub project: ProjectId,
    /// Its issue.
    pub issue: i64,
    /// The event and how it was grouped.
    pub stored: Stored,
    /// The one before it that is kept.
    pub previous: Option<EventId>,
    /// The one after it.
    pub next: Option<EventId>,
    /// Files that came with it.
    pub attachments: Vec<AttachmentRow>,
    /// What its user wrote.
    pub feedback: Vec<Feedback>,
}

/// Where an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPlace {
    /// Whose it is.
    pub project: ProjectId,
    /// Its issue.
    pub issue: i64,
    /// Its id.
    pub id: EventId,
}

/// A file that came with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRow {
    /// Its id in Porthole.
    pub id: i64,
    /// Its name, as it was sent.
    pub name: String,
    /// What it says that it is; not to be believed.
    pub content_type: String,
    /// How large it is.
    pub bytes: u64,
    /// Where it is.
    pub path: PathBuf,
}

impl Issues {
    /// Events of an issue that are kept, newest first, before a place; of one environment or of all.
    pub fn events(
        &self,
        issue: i64,
        environment: Option<&str>,
        before: Option<EventCursor>,
        limit: usize,
    ) -> Result<Vec<EventSummary>, ReadError> {
        let reader = self.shared.readers.get()?;
        let before = before.unwrap_or(EventCursor { at_ms: i64::MAX, row: i64::MAX });
        let places = places(&reader, issue, environment, before, limit)?;
        places.into_iter().map(|(cursor, id)| self.summary(&reader, cursor, id)).collect()
    }

    pub(super) fn summary(
        &self,
        reader: &Connection,
        cursor: EventCursor,
        id: EventId,
    ) -> Result<EventSummary, ReadError> {
        let stored = match database::event_in(reader, cursor.row) {
            Ok(found) => found.map(|row| row.stored),
            Err(error @ ReadError::Damaged { .. }) => {
                self.damaged(&error);
                None
            }
            Err(error) => return Err(error),
        };
        Ok(EventSummary { cursor, id, stored })
    }

    /// How many events of an issue are kept.
    pub fn events_kept(&self, issue: i64) -> Result<u64, ReadError> {
        let reader = self.shared.readers.get()?;
        let sql =
            "SELECT count(*) FROM event WHERE fingerprint IN (SELECT id FROM fingerprint WHERE issue = ?1)";
        let count: i64 = reader.prepare_cached(sql)?.query_row([issue], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// How many kept events of an issue came before a place.
    pub fn events_before(&self, issue: i64, cursor: EventCursor) -> Result<u64, ReadError> {
        let reader = self.shared.readers.get()?;
        let sql =
            "SELECT count(*) FROM event WHERE fingerprint IN (SELECT id FROM fingerprint WHERE issue = ?1)
                       AND at_ms <= ?2 AND (at_ms < ?2 OR row < ?3)";
        let values = params![issue, cursor.at_ms, cursor.row];
        let count: i64 = reader.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// The newest event of an issue that is kept.
    pub fn latest_event(&self, issue: i64) -> Result<Option<EventWhole>, ReadError> {
        self.extreme_event(issue, true)
    }

    /// The oldest event of an issue that is kept.
    pub fn oldest_event(&self, issue: i64) -> Result<Option<EventWhole>, ReadError> {
        self.extreme_event(issue, false)
    }

    fn extreme_event(&self, issue: i64, newest: bool) -> Result<Option<EventWhole>, ReadError> {
        let reader = self.shared.readers.get()?;
        let last = EventCursor { at_ms: i64::MAX, row: i64::MAX };
        let first = EventCursor { at_ms: i64::MIN, row: i64::MIN };
        let found = match newest {
            true => places(&reader, issue, None, last, 1)?.first().copied(),
            false => after(&reader, issue, first)?,
        };
        found.map_or(Ok(None), |(cursor, _)| self.whole(&reader, cursor.row))
    }

    /// An event of a project.
    pub fn event(&self, project: ProjectId, id: EventId) -> Result<Option<EventWhole>, ReadError> {
        let reader = self.shared.readers.get()?;
        let sql = "SELECT row FROM event WHERE id = ?1 AND project = ?2";
        let row: Option<i64> = reader
            .prepare_cached(sql)?
            .query_row(params![id.0, project.0 as i64], |row| row.get(0))
            .optional()?;
        row.map_or(Ok(None), |row| self.whole(&reader, row))
    }

    /// Where events of this id are: one, unless several projects were sent the same.
    pub fn find_event(&self, id: EventId) -> Result<Vec<EventPlace>, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT event.project, issue FROM event JOIN fingerprint ON fingerprint.id = event.fingerprint
             WHERE event.id = ?1",
        )?;
        let rows = select.query_map([id.0], |row| {
            Ok(EventPlace {
                project: ProjectId(row.get::<_, i64>(0)?.unsigned_abs()),
                issue: row.get(1)?,
                id,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn whole(&self, reader: &Connection, row: i64) -> Result<Option<EventWhole>, ReadError> {
        let found = database::event_in(reader, row).inspect_err(|error| self.damaged(error))?;
        let Some(EventRow { project, id, fingerprint, stored, .. }) = found else { return Ok(None) };
        let sql =
            "SELECT issue, at_ms FROM fingerprint JOIN event ON event.row = ?2 WHERE fingerprint.id = ?1";
        let (issue, at_ms) = reader
            .prepare_cached(sql)?
            .query_row([fingerprint, row], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let cursor = EventCursor { at_ms, row };
        Ok(Some(EventWhole {
            cursor,
            project: ProjectId(project.unsigned_abs()),
            issue,
            stored,
            previous: places(reader, issue, None, cursor, 1)?.first().map(|(_, id)| *id),
            next: after(reader, issue, cursor)?.map(|(_, id)| id),
            attachments: self.attachments(reader, project, id)?,
            feedback: feedback(reader, project, id)?,
        }))
    }

    fn attachments(
        &self,
        reader: &Connection,
        project: i64,
        id: EventId,
    ) -> rusqlite::Result<Vec<AttachmentRow>> {
        let mut select = reader.prepare_cached(
            "SELECT id, name, content_type, bytes, file FROM attachment WHERE event = ?1 AND project = ?2",
        )?;
        let rows = select.query_map(params![id.0, project], |row| self.attachment_of(row))?;
        rows.collect()
    }

    /// A file that came with an event, and whose it is.
    pub fn attachment(&self, id: i64) -> Result<Option<(ProjectId, AttachmentRow)>, ReadError> {
        let reader = self.shared.readers.get()?;
        let sql = "SELECT id, name, content_type, bytes, file, project FROM attachment WHERE id = ?1";
        let found = reader.prepare_cached(sql)?.query_row([id], |row| {
            Ok((ProjectId(row.get::<_, i64>("project")?.unsigned_abs()), self.attachment_of(row)?))
        });
        Ok(found.optional()?)
    }

    fn attachment_of(&self, row: &rusqlite::Row<'_>) -> rusqlite::Result<AttachmentRow> {
        let file: String = row.get("file")?;
        Ok(AttachmentRow {
            id: row.get("id")?,
            name: row.get("name")?,
            content_type: row.get("content_type")?,
            bytes: row.get::<_, i64>("bytes")?.unsigned_abs(),
            path: self.shared.directory.join(ARTIFACTS).join(file),
        })
    }

    /// Damage is named once, and stays named until the next start.
    fn damaged(&self, error: &ReadError) {
        if matches!(error, ReadError::Damaged { .. }) {
            let message = format!("{error}; check the disk's health or restore a backup");
            self.shared.faults.set("damaged events", message);
        }
    }
}

type Place = (EventCursor, EventId);

/// Events of all fingerprints of the issue before a place, newest first. Each fingerprint is asked for itself, since only
/// then the index gives their order.
fn places(
    reader: &Connection,
    issue: i64,
    environment: Option<&str>,
    before: EventCursor,
    limit: usize,
) -> rusqlite::Result<Vec<Place>> {
    let mut select = reader.prepare_cached(
        "SELECT at_ms, row, id FROM event WHERE fingerprint = ?1 AND at_ms <= ?2 AND (at_ms < ?2 OR row < ?3)
             AND (?4 IS NULL OR environment = ?4)
         ORDER BY at_ms DESC, row DESC LIMIT ?5",
    )?;
    let mut places = Vec::new();
    for fingerprint in fingerprints(reader, issue)? {
        let values = params![fingerprint, before.at_ms, before.row, environment, limit as i64];
        places.extend(select.query_map(values, place)?.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    places.order_by_key(|(cursor, _)| std::cmp::Reverse(*cursor));
    places.truncate(limit);
    Ok(places)
}

/// The first event of the issue after a place.
fn after(reader: &Connection, issue: i64, cursor: EventCursor) -> rusqlite::Result<Option<Place>> {
    let mut select = reader.prepare_cached(
        "SELECT at_ms, row, id FROM event WHERE fingerprint = ?1 AND at_ms >= ?2 AND (at_ms > ?2 OR row > ?3)
         ORDER BY at_ms, row LIMIT 1",
    )?;
    let mut first: Option<Place> = None;
    for fingerprint in fingerprints(reader, issue)? {
        let found = select.query_row(params![fingerprint, cursor.at_ms, cursor.row], place).optional()?;
        first = first.into_iter().chain(found).min_by_key(|(cursor, _)| *cursor);
    }
    Ok(first)
}

fn place(row: &rusqlite::Row<'_>) -> rusqlite::Result<Place> {
    Ok((EventCursor { at_ms: row.get(0)?, row: row.get(1)? }, EventId(row.get(2)?)))
}

fn fingerprints(reader: &Connection, issue: i64) -> rusqlite::Result<Vec<i64>> {
    let mut select = reader.prepare_cached("SELECT id FROM fingerprint WHERE issue = ?1")?;
    select.query_map([issue], |row| row.get(0))?.collect()
}

fn feedback(reader: &Connection, project: i64, id: EventId) -> rusqlite::Result<Vec<Feedback>> {
    let sql = "SELECT data FROM feedback WHERE event = ?1 AND project = ?2 ORDER BY id";
    let mut select = reader.prepare_cached(sql)?;
    let rows = select.query_map(params![id.0, project], |row| row.get::<_, String>(0))?;
    let texts = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
}
