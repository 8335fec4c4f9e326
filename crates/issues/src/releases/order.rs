//! Which release is the later one.

use std::cmp::Ordering;

use event::ProjectId;
use rusqlite::{Connection, OptionalExtension, params};

/// So many of the last releases have to be numbered for the greatest number to be the latest.
const LOOKED_AT: i64 = 20;

/// A version as numbers: `[package@]1.2.3[.4][-rc.1][+build]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Numbered<'a> {
    package: &'a str,
    numbers: [u64; 4],
    /// What stands behind a hyphen; a version that has it is before the one that does not.
    early: Option<&'a str>,
    build: &'a str,
}

impl<'a> Numbered<'a> {
    /// Reads a version; `None` if it has no numbers: a commit, a date without dots, a name.
    pub(super) fn parse(version: &'a str) -> Option<Self> {
        let (package, version) = version.rsplit_once('@').unwrap_or(("", version));
        let (version, build) = version.split_once('+').unwrap_or((version, ""));
        let (version, early) = match version.split_once('-') {
            Some((version, early)) => (version, Some(early)),
            None => (version, None),
        };
        let version = version.strip_prefix('v').unwrap_or(version);
        let parts: Vec<&str> = version.split('.').collect();
        if !(2..=4).contains(&parts.len()) {
            return None;
        }
        let mut numbers = [0; 4];
        for (number, part) in numbers.iter_mut().zip(parts) {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            *number = part.parse().ok().filter(|_| is_number)?;
        }
        Some(Self { package, numbers, early, build })
    }
}

/// How two versions compare by their numbers; `None` if they cannot be compared.
pub(super) fn by_number(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Numbered::parse(a)?, Numbered::parse(b)?);
    if a.package != b.package {
        return None;
    }
    let early = match (a.early, b.early) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) => parts(a, b),
    };
    Some(a.numbers.cmp(&b.numbers).then(early).then_with(|| parts(a.build, b.build)))
}

/// Parts between dots, numbers by their size and before words.
fn parts(a: &str, b: &str) -> Ordering {
    let is_there = |part: &&str| !part.is_empty();
    let (mut left, mut right) = (a.split('.').filter(is_there), b.split('.').filter(is_there));
    loop {
        let (a, b) = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => (a, b),
        };
        let order = match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => a.cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Whether release `a` comes before `b`. What was never seen comes after everything: it is newer than all that is known.
pub(crate) fn is_before(
    connection: &Connection,
    project: ProjectId,
    a: &str,
    b: &str,
) -> rusqlite::Result<bool> {
    if a == b {
        return Ok(false);
    }
    if let Some(order) = by_number(a, b) {
        return Ok(order == Ordering::Less);
    }
    Ok(match (first_seen(connection, project, a)?, first_seen(connection, project, b)?) {
        (Some(a), Some(b)) => a < b,
        (Some(_), None) => true,
        (None, _) => false,
    })
}

/// When it was first seen; the row tells apart those of one millisecond.
fn first_seen(
    connection: &Connection,
    project: ProjectId,
    version: &str,
) -> rusqlite::Result<Option<(i64, i64)>> {
    connection
        .prepare_cached("SELECT first_ms, id FROM release WHERE project = ? AND version = ?")?
        .query_row(params![project.0 as i64, version], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// The latest release of a project: of the last ones the one with the greatest number, if all of them have one and are
/// of one package; else the one that was first seen last.
pub(crate) fn latest(connection: &Connection, project: ProjectId) -> rusqlite::Result<Option<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT version FROM release WHERE project = ? ORDER BY first_ms DESC, id DESC LIMIT ?",
    )?;
    let last: Vec<String> = statement
        .query_map([project.0 as i64, LOOKED_AT], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let Some(newest) = last.first() else { return Ok(None) };
    let greatest = last.iter().try_fold(newest, |greatest, version| {
        let order = by_number(greatest, version)?;
        Some(if order == Ordering::Less { version } else { greatest })
    });
    Ok(Some(greatest.unwrap_or(newest).clone()))
}

/// The latest release of every project that has one.
pub(crate) fn latest_of_all(connection: &Connection) -> rusqlite::Result<Vec<(u64, String)>> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT project FROM release")?;
    let projects: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let of = |project: i64| {
        let version = latest(connection, ProjectId(project as u64))?;
        Ok(version.map(|version| (project as u64, version)))
    };
    projects.into_iter().map(of).filter_map(Result::transpose).collect()
}
