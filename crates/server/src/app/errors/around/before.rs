//! What happened to containers before and around an event, from the entries that the collector writes, and the
//! deploy before it.

use std::time::Duration;

use api::{DeployBefore, Mark, MarkKind};
use logql::{Direction, Page};
use model::label::STREAM;
use model::{TimeRange, Timestamp};
use serde::Deserialize;

use super::Look;
use crate::app::logs::{log_query, mark};
use crate::app::refusal::QueryRefusal;
use crate::app::who::Owner;
use crate::queries::Allowance;

/// Marks of one answer.
const MARKS_MAX: usize = 200;
/// How far back a deploy is looked for, one after the other.
const BACK: [Duration; 3] =
    [Duration::from_secs(86_400), Duration::from_secs(10 * 86_400), Duration::from_secs(90 * 86_400)];

/// What happened to the containers that these matchers select, oldest first.
pub(super) fn marks(look: &Look<'_>, matchers: &str, range: TimeRange) -> Result<Vec<Mark>, QueryRefusal> {
    marks_of(look.logs, look.allowance, matchers, range)
}

/// The same, for a chart of whatever else.
pub(in crate::app) fn marks_of(
    logs: &::logs::Logs,
    allowance: &Allowance,
    matchers: &str,
    range: TimeRange,
) -> Result<Vec<Mark>, QueryRefusal> {
    let query = log_query(&format!("{{{matchers},{STREAM}=\"event\"}}"), "")?;
    let page = Page { range, direction: Direction::Backward, limit: MARKS_MAX, after: None };
    let found = allowance.spend(|budget| query.rows(logs, &page, budget))?;
    Ok(found.rows.iter().rev().filter_map(mark).collect())
}

/// What a deploy's entry says besides its sentence.
#[derive(Default, Deserialize)]
struct Told {
    #[serde(default)]
    image: String,
    #[serde(default)]
    previous_image: String,
}

/// The last time before the event at which the service got another image.
pub(super) fn deploy(
    look: &Look<'_>,
    owner: &Owner,
    at: Timestamp,
) -> Result<Option<DeployBefore>, QueryRefusal> {
    let is_it = |deploy: &&docker::Deploy| {
        deploy.service == owner.service && (owner.project.is_empty() || deploy.project == owner.project)
    };
    let known =
        look.deploys.iter().filter(is_it).filter(|deploy| deploy.at <= at).max_by_key(|deploy| deploy.at);
    if let Some(deploy) = known {
        return Ok(Some(DeployBefore {
            at: deploy.at.millis(),
            what: deploy.image.clone(),
            before: deploy.previous_image.clone(),
            told: false,
        }));
    }
    let query =
        log_query(&format!("{{{},{STREAM}=\"event\"}} |= `\"event\":\"deploy\"`", owner.matchers()), "")?;
    for back in BACK {
        let range = TimeRange { start: at.minus(back), end: at.plus(Duration::from_nanos(1)) };
        let page = Page { range, direction: Direction::Backward, limit: 1, after: None };
        let found = look.allowance.spend(|budget| query.rows(look.logs, &page, budget))?;
        let Some(row) = found.rows.first() else { continue };
        if mark(row).is_none_or(|mark| mark.kind != MarkKind::Deploy) {
            return Ok(None);
        }
        let told: Told = serde_json::from_str(&row.line).unwrap_or_default();
        let at = row.timestamp.millis();
        return Ok(Some(DeployBefore { at, what: told.image, before: told.previous_image, told: false }));
    }
    Ok(None)
}
