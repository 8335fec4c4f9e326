//! What became of everything that was sent to a project.

use event::{Key, ProjectId};
use rusqlite::params;

use crate::issues::Issues;
use crate::life::hour;
use crate::readers::ReadError;
use crate::status::Refused;

/// How much of a kind had an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What it was, in Sentry's words: `error`, `transaction`, …; `client`: envelopes, with who sent them as the outcome.
    pub category: String,
    /// `accepted`, a [`Reason`](crate::Reason)'s name, or `sdk:` and why the SDK itself did not send it.
    pub outcome: String,
    /// How many.
    pub quantity: u64,
    /// Their bytes, where they are known.
    pub bytes: u64,
}

/// A project in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectCounts {
    /// Issues that are unresolved.
    pub unresolved: u64,
    /// When its last event happened, in milliseconds since the epoch.
    pub last_event_ms: Option<i64>,
}

impl Issues {
    /// What became of everything that came since then, most first.
    pub fn outcomes(&self, project: ProjectId, since_ms: i64) -> Result<Vec<Outcome>, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT category, outcome, sum(quantity), sum(bytes) FROM outcome WHERE project = ?1 AND hour >= ?2
             GROUP BY category, outcome ORDER BY 3 DESC, category, outcome",
        )?;
        let rows = select.query_map(params![project.0 as i64, hour(since_ms)], |row| {
            Ok(Outcome {
                category: row.get(0)?,
                outcome: row.get(1)?,
                quantity: row.get::<_, i64>(2)?.unsigned_abs(),
                bytes: row.get::<_, i64>(3)?.unsigned_abs(),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What was refused last, newest first. What was refused in the last seconds is not in here yet.
    pub fn last_refused(&self, project: ProjectId, limit: usize) -> Result<Vec<Refused>, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT at_ms, reason, bytes, client FROM refused WHERE project = ?1 ORDER BY id DESC LIMIT ?2",
        )?;
        let rows = select.query_map(params![project.0 as i64, limit as i64], |row| {
            Ok(Refused {
                at_ms: row.get(0)?,
                reason: row.get(1)?,
                bytes: row.get::<_, i64>(2)?.unsigned_abs(),
                client: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A project in numbers.
    pub fn project_counts(&self, project: ProjectId) -> Result<ProjectCounts, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT count(*) FILTER (WHERE status = 'unresolved'), max(last_ms) FROM issue
             WHERE project = ?1 AND status <> 'deleted'",
        )?;
        let counts = select.query_row([project.0 as i64], |row| {
            Ok(ProjectCounts { unresolved: row.get::<_, i64>(0)?.unsigned_abs(), last_event_ms: row.get(1)? })
        })?;
        Ok(counts)
    }

    /// When a key was last used since the start, in milliseconds since the epoch.
    pub fn key_used(&self, key: &Key) -> Option<i64> {
        self.shared.counters.get().used.get(key).copied()
    }
}
