//! Sessions, added up by release, environment and the hour in which they began: how many did not crash.

use event::items::{SessionAggregate, SessionStatus, SessionUpdate, Sessions};
use rusqlite::{OptionalExtension, Transaction as Commit, params};

use super::HOUR_MS;
use super::write::{counted_as, known};
use crate::sketch::{self, Sketch};
use crate::work::Received;

/// What came to an end in one hour.
#[derive(Debug, Default)]
struct Ends<'a> {
    sessions: u64,
    errored: u64,
    crashed: u64,
    abnormal: u64,
    user: Option<&'a str>,
}

/// Takes sessions in.
pub(crate) fn apply_sessions(
    commit: &Commit<'_>,
    received: &Received,
    sessions: &Sessions,
) -> rusqlite::Result<()> {
    let Some(release) = known(commit, received.project, &sessions.release, received.received_ms)? else {
        return Ok(());
    };
    let environment = sessions.environment.as_deref().unwrap_or_default();
    // No session began later than now, whatever the program's clock says.
    let hour = |started: model::Timestamp| started.millis().min(received.received_ms).div_euclid(HOUR_MS);
    for update in &sessions.updates {
        add(commit, release, environment, hour(update.started), &of_update(update))?;
    }
    for aggregate in &sessions.aggregates {
        add(commit, release, environment, hour(aggregate.started), &of_aggregate(aggregate))?;
    }
    Ok(())
}

/// A session is counted when it says its first word, and its end when it says its last: each is said once.
fn of_update(update: &SessionUpdate) -> Ends<'_> {
    let is_over = update.status != SessionStatus::Ok;
    let is_bad = matches!(update.status, SessionStatus::Crashed | SessionStatus::Abnormal);
    let had_errors = update.errors > 0 || update.status == SessionStatus::Unhandled;
    Ends {
        sessions: update.init.into(),
        errored: (is_over && !is_bad && had_errors).into(),
        crashed: (update.status == SessionStatus::Crashed).into(),
        abnormal: (update.status == SessionStatus::Abnormal).into(),
        user: update.user.as_deref(),
    }
}

fn of_aggregate(aggregate: &SessionAggregate) -> Ends<'_> {
    let errored = u64::from(aggregate.errored) + u64::from(aggregate.unhandled);
    let (crashed, abnormal) = (aggregate.crashed.into(), aggregate.abnormal.into());
    Ends {
        sessions: u64::from(aggregate.exited) + errored + crashed + abnormal,
        errored,
        crashed,
        abnormal,
        user: aggregate.user.as_deref(),
    }
}

fn add(
    commit: &Commit<'_>,
    release: i64,
    environment: &str,
    hour: i64,
    ends: &Ends<'_>,
) -> rusqlite::Result<()> {
    let environment = counted_as(commit, "session_hour", (release, hour), environment)?;
    let known = commit
        .prepare_cached(
            "SELECT users, crashed_users FROM session_hour WHERE release = ? AND environment = ? AND hour = ?",
        )?
        .query_row(params![release, environment, hour], |row| {
            Ok((Sketch::read(row.get_ref(0)?.as_blob()?), Sketch::read(row.get_ref(1)?.as_blob()?)))
        })
        .optional()?;
    let (mut users, mut crashed_users) = known.unwrap_or_default();
    if let Some(user) = ends.user.map(sketch::hash) {
        users.add(user);
        if ends.crashed > 0 {
            crashed_users.add(user);
        }
    }
    commit
        .prepare_cached(
            "INSERT INTO session_hour VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (release, hour, environment) DO UPDATE SET sessions = sessions + ?4,
                 errored = errored + ?5, crashed = crashed + ?6, abnormal = abnormal + ?7,
                 users = ?8, crashed_users = ?9",
        )?
        .execute(params![
            release,
            environment,
            hour,
            ends.sessions as i64,
            ends.errored as i64,
            ends.crashed as i64,
            ends.abnormal as i64,
            users.bytes(),
            crashed_users.bytes(),
        ])?;
    Ok(())
}
