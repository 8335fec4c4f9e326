//! Finding issues: what the index knows of events and SQL of issues, put together, sorted and cut into pages.

use event::ProjectId;
use model::Timestamp;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, params_from_iter};

use super::beside;
use super::events::{Latest, event_query};
use super::index::Index;
use super::issues::{Asked, Sql, any, with};
use super::query::{Filter, Query, Version};
use crate::releases;

/// More are not counted.
const TOTAL_MAX: i64 = 10_000;

const HOUR_MS: i64 = 3_600_000;

/// Which issues, and which page of them.
#[derive(Clone, Copy, Debug)]
pub struct Find<'a> {
    /// What must hold.
    pub query: &'a Query,
    /// Only this project's.
    pub project: Option<ProjectId>,
    /// Only with events of this environment; empty: of any.
    pub environment: &'a str,
    /// Only with events at or after this.
    pub from: Option<Timestamp>,
    /// Only with events before this.
    pub until: Option<Timestamp>,
    /// Their order.
    pub sort: Sort,
    /// [`Found::next`] of the page before; empty: the first page.
    pub cursor: &'a str,
    /// How long a page is.
    pub limit: usize,
    /// Whoever asks, for `assigned:me`.
    pub me: Option<&'a str>,
    /// What time it is.
    pub now: Timestamp,
}

/// The order of issues; the latest and the greatest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By their last event.
    #[default]
    LastSeen,
    /// By their first event.
    FirstSeen,
    /// By how many events they have, in the range that is asked for.
    Events,
    /// By how many users they happened to.
    Users,
    /// By how many events more they have in the last 24 hours than in those before.
    Trend,
}

/// A page of issues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// In their order.
    pub ids: Vec<i64>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
    /// How many there are in all, at most 10,000.
    pub total: usize,
}

/// Why nothing could be found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The database failed.
    #[error("the issues cannot be read: {0}")]
    Database(#[from] rusqlite::Error),
    /// The index failed; if it is damaged it is being made anew.
    #[error("the index of words cannot be read: {0}; it is looked after, try again in a while")]
    Index(#[from] tantivy::TantivyError),
    /// The cursor is none.
    #[error("the cursor is none of ours; leave it out to begin with the first page")]
    Cursor,
}

/// Finds issues.
pub fn find(connection: &Connection, index: &Index, find: &Find<'_>) -> Result<Found, FindError> {
    let latest = match mentions_latest(find.query) {
        true => releases::latest_of_all(connection)?,
        false => Latest::new(),
    };
    let condition = condition(index, find, &latest)?;
    let (key, key_values) = sort_key(find);
    let from =
        format!("FROM (SELECT i.id AS id, {key} AS key FROM issue i WHERE {}) AS found", condition.text);
    let mut values: Vec<SqlValue> = key_values;
    values.extend(condition.values);
    let total = count(connection, &from, &values)?;

    let page = match cursor(find.cursor)? {
        None => String::new(),
        Some((key, id)) => {
            values.extend([key.into(), id.into()]);
            "WHERE (key, id) < (?, ?)".to_owned()
        }
    };
    values.push((find.limit as i64 + 1).into());
    let sql = format!("SELECT id, key {from} {page} ORDER BY key DESC, id DESC LIMIT ?");
    let mut statement = connection.prepare(&sql)?;
    let rows: Vec<(i64, i64)> = statement
        .query_map(params_from_iter(&values), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let has_more = rows.len() > find.limit;
    let last = rows.iter().take(find.limit).next_back().filter(|_| has_more);
    let next = last.map(|(id, key)| format!("{key}:{id}"));
    Ok(Found { ids: rows.iter().take(find.limit).map(|(id, _)| *id).collect(), next, total })
}

fn mentions_latest(query: &Query) -> bool {
    query.conditions.iter().any(|condition| match &condition.node.filter {
        Filter::Release(versions) | Filter::FirstRelease(versions) => versions.contains(&Version::Latest),
        _ => false,
    })
}

fn condition(index: &Index, find: &Find<'_>, latest: &Latest) -> Result<Sql, FindError> {
    let mut sql = Sql::default();
    sql.and("i.status <> 'deleted'", []);
    if let Some(project) = find.project {
        sql.and("i.project = ?", [(project.0 as i64).into()]);
    }
    if let Some(from) = find.from {
        sql.and("i.last_ms >= ?", [from.millis().into()]);
    }
    if let Some(until) = find.until {
        sql.and("i.first_ms < ?", [until.millis().into()]);
    }
    let asked = Asked { me: find.me, now: find.now, latest };
    for condition in &find.query.conditions {
        sql.and_condition(&condition.node, &asked);
    }
    if let Some(query) = event_query(index.fields(), find.query, find.environment, latest)? {
        let range = from_ms(find)..until_ms(find);
        let fingerprints = index.fingerprints(&*query, range)?;
        let indexed = with(
            "i.id IN (SELECT f.issue FROM fingerprint f WHERE f.id IN (SELECT value FROM json_each(?)))",
            [json(fingerprints.into_iter()).into()],
        );
        let known = beside::known(find.query, find.environment, from_ms(find), until_ms(find));
        let either = any([Some(indexed), known].into_iter().flatten());
        sql.and(&format!("({})", either.text), either.values);
    }
    Ok(sql)
}

fn from_ms(find: &Find<'_>) -> i64 {
    find.from.map_or(i64::MIN, Timestamp::millis)
}

fn until_ms(find: &Find<'_>) -> i64 {
    find.until.map_or(i64::MAX, Timestamp::millis)
}

fn json(numbers: impl Iterator<Item = u64>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    format!("[{}]", numbers.join(","))
}

/// What is sorted by, a whole number, and its values.
fn sort_key(find: &Find<'_>) -> (&'static str, Vec<SqlValue>) {
    match find.sort {
        Sort::LastSeen => ("i.last_ms", Vec::new()),
        Sort::FirstSeen => ("i.first_ms", Vec::new()),
        Sort::Users => ("i.users", Vec::new()),
        Sort::Events if find.from.is_none() && find.until.is_none() => ("i.count", Vec::new()),
        Sort::Events => {
            let hour = |at: Option<Timestamp>, none| at.map_or(none, |at| at.millis().div_euclid(HOUR_MS));
            (
                "(SELECT coalesce(sum(b.count), 0) FROM fingerprint f JOIN bucket b ON b.fingerprint = f.id
                  WHERE f.issue = i.id AND b.hour BETWEEN ? AND ?)",
                vec![hour(find.from, 0).into(), hour(find.until, i64::MAX).into()],
            )
        }
        Sort::Trend => {
            let hour = find.now.millis().div_euclid(HOUR_MS);
            (
                "(SELECT coalesce(sum(iif(b.hour > ?, b.count, -b.count)), 0)
                  FROM fingerprint f JOIN bucket b ON b.fingerprint = f.id
                  WHERE f.issue = i.id AND b.hour > ?)",
                vec![(hour - 24).into(), (hour - 48).into()],
            )
        }
    }
}

fn count(connection: &Connection, from: &str, values: &[SqlValue]) -> rusqlite::Result<usize> {
    let sql = format!("SELECT count(*) FROM (SELECT 1 {from} LIMIT {TOTAL_MAX})");
    connection
        .query_row(&sql, params_from_iter(values), |row| row.get::<_, i64>(0))
        .map(|count| count as usize)
}

fn cursor(cursor: &str) -> Result<Option<(i64, i64)>, FindError> {
    if cursor.is_empty() {
        return Ok(None);
    }
    let parts = cursor.split_once(':').and_then(|(key, id)| Some((key.parse().ok()?, id.parse().ok()?)));
    parts.map(Some).ok_or(FindError::Cursor)
}
