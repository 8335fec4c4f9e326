//! Events and issues beyond one issue: of a project, of a trace, and by where they happened.

use event::{EventId, ProjectId, TraceId};
use model::Ordered as _;
use rusqlite::params;

use super::{EventCursor, EventSummary};
use crate::issues::Issues;
use crate::readers::ReadError;

/// Fingerprints and events of each that are looked through for those of a trace.
const FINGERPRINTS_MAX: usize = 50;
const EVENTS_MAX: i64 = 50;

/// More issues are not told apart by where they happened.
const PLACES_MAX: i64 = 10_000;

/// An open issue that was seen lately, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenAt {
    /// Whose it is.
    pub project: ProjectId,
    /// The issue.
    pub issue: i64,
    /// What its events say of the host: of a container, the first digits of its id. Empty if they say nothing.
    pub server_name: String,
}

impl Issues {
    /// Events of a project or of all that are kept, in the order in which they were received, newest first, each with its
    /// project and issue; before a row.
    pub fn events_received(
        &self,
        project: Option<ProjectId>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(ProjectId, i64, EventSummary)>, ReadError> {
        let reader = self.shared.readers.get()?;
        let of_project = if project.is_some() { "AND event.project = ?3" } else { "AND ?3 IS NULL" };
        let mut select = reader.prepare_cached(&format!(
            "SELECT event.project, issue, at_ms, row, event.id FROM event
             CROSS JOIN fingerprint ON fingerprint.id = event.fingerprint
             WHERE row < ?1 {of_project} ORDER BY row DESC LIMIT ?2"
        ))?;
        let project = project.map(|project| project.0 as i64);
        let mut rows = select.query(params![before.unwrap_or(i64::MAX), limit as i64, project])?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            let cursor = EventCursor { at_ms: row.get(2)?, row: row.get(3)? };
            let project = ProjectId(row.get::<_, i64>(0)?.unsigned_abs());
            events.push((project, row.get(1)?, self.summary(&reader, cursor, EventId(row.get(4)?))?));
        }
        Ok(events)
    }

    /// Events of a trace that happened within a time, oldest first, each with its issue. Those of the last seconds may be
    /// missing: they are found by the index of words.
    pub fn events_of_trace(
        &self,
        project: ProjectId,
        trace: TraceId,
        (from_ms, until_ms): (i64, i64),
    ) -> Result<Vec<(i64, EventSummary)>, ReadError> {
        // An index that cannot be asked just now finds nothing; whoever searches is told.
        let found = self.shared.index.with_trace(&trace.to_string()).unwrap_or_default();
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT issue, at_ms, row, event.id FROM event
             JOIN fingerprint ON fingerprint.id = event.fingerprint
             WHERE event.fingerprint = ?1 AND at_ms BETWEEN ?2 AND ?3 AND event.project = ?4 LIMIT ?5",
        )?;
        let mut events = Vec::new();
        for fingerprint in found.into_iter().take(FINGERPRINTS_MAX) {
            let values = params![fingerprint as i64, from_ms, until_ms, project.0 as i64, EVENTS_MAX];
            let mut rows = select.query(values)?;
            while let Some(row) = rows.next()? {
                let cursor = EventCursor { at_ms: row.get(1)?, row: row.get(2)? };
                let summary = self.summary(&reader, cursor, EventId(row.get(3)?))?;
                let is_of_trace =
                    summary.stored.as_ref().is_some_and(|stored| stored.event.trace_id() == Some(trace));
                if is_of_trace {
                    events.push((row.get(0)?, summary));
                }
            }
        }
        events.order_by_key(|(_, summary)| summary.cursor);
        Ok(events)
    }

    /// Open issues of which events happened since then, by where they did.
    pub fn open_since(&self, since_ms: i64) -> Result<Vec<SeenAt>, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT DISTINCT issue.project, issue.id, coalesce(facet.value, '') FROM issue
             JOIN fingerprint ON fingerprint.issue = issue.id AND fingerprint.last_ms >= ?1
             LEFT JOIN facet ON facet.fingerprint = fingerprint.id AND facet.key = 'server_name' AND facet.last_ms >= ?1
             WHERE issue.last_ms >= ?1 AND issue.status = 'unresolved' LIMIT ?2",
        )?;
        let rows = select.query_map([since_ms, PLACES_MAX], |row| {
            Ok(SeenAt {
                project: ProjectId(row.get::<_, i64>(0)?.unsigned_abs()),
                issue: row.get(1)?,
                server_name: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
