//! Deploys that nobody tells of: a service's container was replaced by one of another image. Which release that is, the
//! image's tag says; else it is the one whose first event comes soon after.

use event::ProjectId;
use rusqlite::{Connection, OptionalExtension, Transaction as Commit, params};

use super::deploys::{Deploy, insert};

/// A release that is first seen so long after it is what was deployed.
const FOLLOWS_MS: i64 = 3_600_000;

/// The version of deploys of which it is not known yet.
const UNKNOWN: &str = "";

/// A service's container was replaced by one of another image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// Whose container.
    pub service: String,
    /// The new image, with its tag.
    pub image: String,
    /// When the new container started, in milliseconds since the epoch.
    pub at_ms: i64,
    /// Where it runs.
    pub environment: String,
}

impl Rollout {
    /// `1.4.2` of `registry:5000/shop:1.4.2`.
    fn tag(&self) -> Option<&str> {
        let name = self.image.split('@').next().unwrap_or_default();
        let (_, tag) = name.rsplit_once(':')?;
        (!tag.contains('/') && tag != "latest").then_some(tag)
    }
}

/// Keeps it as a deploy of the project, once.
pub(crate) fn rolled_out(
    commit: &Commit<'_>,
    project: ProjectId,
    rollout: &Rollout,
    now_ms: i64,
) -> rusqlite::Result<()> {
    let known = "SELECT 1 FROM deploy WHERE project = ? AND at_ms = ? AND name = ?";
    let is_known =
        commit.prepare_cached(known)?.exists(params![project.0 as i64, rollout.at_ms, rollout.image])?;
    let version = rollout.tag().map_or(Ok(None), |tag| version_of(commit, project, tag))?;
    if is_known || version.is_none() && rollout.at_ms < now_ms - FOLLOWS_MS {
        return Ok(());
    }
    let deploy = Deploy {
        environment: rollout.environment.clone(),
        at_ms: rollout.at_ms,
        name: rollout.image.clone(),
        ..Deploy::default()
    };
    insert(commit, project, version.as_deref().unwrap_or(UNKNOWN), &deploy).map(|_| ())
}

/// The newest release that is called by the tag: `1.4.2`, `shop@1.4.2`, `v1.4.2`.
fn version_of(commit: &Commit<'_>, project: ProjectId, tag: &str) -> rusqlite::Result<Option<String>> {
    let number = tag.trim_start_matches('v');
    let sql = "SELECT version FROM release WHERE project = ?1
                   AND (version IN (?2, ?3, 'v' || ?3) OR substr(version, -length(?3) - 1) = '@' || ?3)
               ORDER BY first_ms DESC LIMIT 1";
    let mut select = commit.prepare_cached(sql)?;
    select.query_row(params![project.0 as i64, tag, number], |row| row.get(0)).optional()
}

/// A release was seen for the first time: what was deployed just before is it.
pub(super) fn adopt(
    connection: &Connection,
    project: i64,
    version: &str,
    now_ms: i64,
) -> rusqlite::Result<()> {
    let last = "UPDATE deploy SET version = ?2 WHERE id =
                    (SELECT id FROM deploy WHERE project = ?1 AND version = ?3 AND at_ms BETWEEN ?4 AND ?5
                     ORDER BY at_ms DESC LIMIT 1)";
    let values = params![project, version, UNKNOWN, now_ms - FOLLOWS_MS, now_ms];
    connection.prepare_cached(last)?.execute(values)?;
    let older = "DELETE FROM deploy WHERE project = ?1 AND version = ?2 AND at_ms <= ?3";
    connection.prepare_cached(older)?.execute(params![project, UNKNOWN, now_ms]).map(|_| ())
}
