//! What happened to issues by themselves, whichever they are: news that nobody heard when they were told.

use event::ProjectId;

use crate::activity::What;
use crate::issues::Issues;
use crate::life::Turn;
use crate::readers::ReadError;

/// Activities are written in the order in which events are worked in; by so much their times may differ from it.
const DISORDER_MS: i64 = 10 * 60_000;

/// Something that happened to an issue by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turned {
    /// What.
    pub turn: Turn,
    /// When it came, in milliseconds since the epoch.
    pub at_ms: i64,
    /// Which issue.
    pub issue: i64,
    /// Whose it is.
    pub project: ProjectId,
}

impl Issues {
    /// What happened from `from_ms` to before `until_ms`, oldest first; of more than `limit` the newest.
    pub fn turns(&self, from_ms: i64, until_ms: i64, limit: usize) -> Result<Vec<Turned>, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT activity.at_ms, activity.what, issue.id, issue.project FROM activity
             JOIN issue ON issue.id = activity.issue WHERE activity.by IS NULL ORDER BY activity.id DESC",
        )?;
        let mut rows = select.query([])?;
        let mut turned = Vec::new();
        while let Some(row) = rows.next()? {
            let at_ms: i64 = row.get(0)?;
            if at_ms < from_ms - DISORDER_MS || turned.len() >= limit {
                break;
            }
            // What a later version wrote and this one does not know is left out.
            let what = serde_json::from_str(row.get_ref(1)?.as_str().unwrap_or_default()).ok();
            let Some(turn) = what.as_ref().and_then(turn) else { continue };
            if (from_ms..until_ms).contains(&at_ms) {
                let project = ProjectId(row.get::<_, i64>(3)?.unsigned_abs());
                turned.push(Turned { turn, at_ms, issue: row.get(2)?, project });
            }
        }
        turned.reverse();
        Ok(turned)
    }
}

fn turn(what: &What) -> Option<Turn> {
    match what {
        What::First => Some(Turn::New),
        What::Regressed { .. } => Some(Turn::Regressed),
        What::Escalated => Some(Turn::Escalating),
        What::Woken => Some(Turn::Woken),
        _ => None,
    }
}
