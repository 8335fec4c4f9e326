//! What happened to an issue, and who did it.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::life::{Resolution, Until};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// It came for the first time.
    First,
    /// Somebody says something.
    Comment {
        /// What.
        text: String,
    },
    /// It was resolved.
    Resolved {
        /// How.
        how: Resolution,
    },
    /// It was archived.
    Archived {
        /// Until when.
        until: Until,
    },
    /// Somebody wants to see it again.
    Unresolved,
    /// The condition was met until which it was archived.
    Woken,
    /// It was resolved and came again.
    Regressed {
        /// The release in which it came again.
        release: Option<String>,
    },
    /// Much more of it came than usual.
    Escalated,
    /// It was given to somebody, or taken from.
    Assigned {
        /// Whose it is now.
        to: Option<String>,
    },
    /// Others became part of it.
    Merged {
        /// Their short ids.
        short_ids: Vec<String>,
    },
    /// Parts became issues of their own.
    Unmerged {
        /// Their short ids.
        short_ids: Vec<String>,
    },
}

/// Something that happened to an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// When, in milliseconds since the epoch.
    pub at_ms: i64,
    /// Who did it; nobody: Porthole itself.
    pub by: Option<String>,
    /// What.
    pub what: What,
}

/// Adds to what happened to an issue.
pub(crate) fn write(
    connection: &Connection,
    issue: i64,
    at_ms: i64,
    by: Option<&str>,
    what: &What,
) -> rusqlite::Result<()> {
    let json = serde_json::to_string(what).unwrap_or_default();
    let sql = "INSERT INTO activity (issue, at_ms, by, what) VALUES (?1, ?2, ?3, ?4)";
    connection.prepare_cached(sql)?.execute(params![issue, at_ms, by, json]).map(|_| ())
}

/// What happened to an issue, newest first.
pub(crate) fn read(connection: &Connection, issue: i64, limit: usize) -> rusqlite::Result<Vec<Activity>> {
    let sql = "SELECT at_ms, by, what FROM activity WHERE issue = ?1 ORDER BY id DESC LIMIT ?2";
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_map(params![issue, limit as i64], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
    })?;
    let mut activities = Vec::new();
    for row in rows {
        let (at_ms, by, what) = row?;
        // What a later version wrote and this one does not know is left out.
        activities.extend(serde_json::from_str(&what).ok().map(|what| Activity { at_ms, by, what }));
    }
    Ok(activities)
}
