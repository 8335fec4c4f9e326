//! What the passing of time does: runs that are missing, and runs that take too long.

use rusqlite::{Transaction as Commit, params};

use super::place::place;
use super::runs::{NewRun, insert};
use super::{State, Turn};

/// If nobody has looked for so long, Porthole was off: what should have come meanwhile could not come.
const LOOK_GAP_MS: i64 = 180_000;

/// So much is worked on in one look; the rest in the next.
const LOOK_MAX: i64 = 200;

/// Looks for what is missing and what takes too long. Called at least once a minute.
pub(crate) fn tick(commit: &Commit<'_>, now_ms: i64) -> rusqlite::Result<Vec<Turn>> {
    // Who has no monitors is spared the writing.
    let is_used: bool = commit.query_row("SELECT EXISTS (SELECT 1 FROM monitor)", [], |row| row.get(0))?;
    if !is_used {
        return Ok(Vec::new());
    }
    let looked: Option<i64> =
        commit.query_row("SELECT max(at_ms) FROM monitor_look", [], |row| row.get(0))?;
    commit.execute("DELETE FROM monitor_look", [])?;
    commit.execute("INSERT INTO monitor_look VALUES (?)", [now_ms])?;
    if looked.is_none_or(|looked| !(0..=LOOK_GAP_MS).contains(&(now_ms - looked))) {
        pardon(commit, now_ms)?;
        return Ok(Vec::new());
    }
    let mut turns = timed_out(commit, now_ms)?;
    turns.extend(missed(commit, now_ms)?);
    Ok(turns)
}

/// If Porthole was off, or its clock leapt, nothing was missed.
fn pardon(commit: &Commit<'_>, now_ms: i64) -> rusqlite::Result<()> {
    let expected: Vec<(i64, String)> = commit
        .prepare_cached("SELECT monitor, environment FROM monitor_place WHERE next_ms <= ?")?
        .query_map([now_ms], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (monitor, environment) in expected {
        let mut place = place(commit, monitor, &environment)?;
        place.wait_from(now_ms);
        place.save(commit)?;
    }
    commit.execute(
        "UPDATE check_in SET timeout_ms = ?1 + ?2 WHERE timeout_ms <= ?1",
        params![now_ms, LOOK_GAP_MS],
    )?;
    Ok(())
}

fn due(commit: &Commit<'_>, now_ms: i64) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut statement = commit.prepare_cached(
        "SELECT monitor, environment FROM monitor_place WHERE missed_ms <= ? ORDER BY missed_ms LIMIT ?",
    )?;
    statement.query_map([now_ms, LOOK_MAX], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn missed(commit: &Commit<'_>, now_ms: i64) -> rusqlite::Result<Vec<Turn>> {
    let mut turns = Vec::new();
    for (monitor, environment) in due(commit, now_ms)? {
        let mut place = place(commit, monitor, &environment)?;
        let expected_ms = place.next_ms.unwrap_or(now_ms);
        insert(commit, &place, &NewRun { at_ms: expected_ms, ..NewRun::of(State::Missed) })?;
        // Further runs may have been due meanwhile; one is enough to tell.
        let next = place.plan.after(expected_ms).filter(|next| *next + place.plan.margin_ms > now_ms);
        place.expect(next.or_else(|| place.plan.after(now_ms)));
        turns.extend(place.ends(State::Missed, None, now_ms));
        place.save(commit)?;
    }
    Ok(turns)
}

fn timed_out(commit: &Commit<'_>, now_ms: i64) -> rusqlite::Result<Vec<Turn>> {
    let late: Vec<(i64, i64, String)> = commit
        .prepare_cached(
            "SELECT row, monitor, environment FROM check_in WHERE timeout_ms <= ? ORDER BY timeout_ms LIMIT ?",
        )?
        .query_map([now_ms, LOOK_MAX], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut turns = Vec::new();
    for (row, monitor, environment) in late {
        let mut place = place(commit, monitor, &environment)?;
        commit.execute("UPDATE check_in SET state = 'timeout', timeout_ms = NULL WHERE row = ?", [row])?;
        turns.extend(place.ends(State::Timeout, None, now_ms));
        place.save(commit)?;
    }
    Ok(turns)
}
