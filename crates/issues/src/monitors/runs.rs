//! Runs of a job: that one has begun, goes on, or has ended.

use event::EventId;
use event::items::{CheckIn, CheckInStatus};
use rusqlite::{OptionalExtension, Transaction as Commit, params};

use super::place::Place;
use super::{State, Turn};

/// A run that has begun and not ended.
pub(super) struct Run {
    row: i64,
    at_ms: i64,
    state: State,
}

/// The run that a check-in is about, if it is one that was told of before.
pub(super) fn open_run(
    commit: &Commit<'_>,
    place: &Place,
    id: Option<EventId>,
) -> rusqlite::Result<Option<Run>> {
    let run = |row: &rusqlite::Row<'_>| {
        Ok(Run { row: row.get(0)?, at_ms: row.get(1)?, state: State::read(row.get_ref(2)?.as_str()?) })
    };
    match id.filter(|id| !id.is_nil()) {
        Some(id) => commit
            .prepare_cached(
                "SELECT row, at_ms, state FROM check_in WHERE id = ? AND monitor = ? AND environment = ?
                 ORDER BY row DESC LIMIT 1",
            )?
            .query_row(params![id.0, place.monitor, place.environment], run)
            .optional(),
        None => commit
            .prepare_cached(
                "SELECT row, at_ms, state FROM check_in
                 WHERE monitor = ? AND environment = ? AND state = 'in_progress' ORDER BY at_ms DESC LIMIT 1",
            )?
            .query_row(params![place.monitor, place.environment], run)
            .optional(),
    }
}

/// A run that was not told of before, or is missing.
pub(super) struct NewRun<'a> {
    pub(super) id: Option<EventId>,
    pub(super) state: State,
    pub(super) at_ms: i64,
    pub(super) timeout_ms: Option<i64>,
    pub(super) duration_ms: Option<i64>,
    pub(super) release: &'a str,
}

impl NewRun<'_> {
    pub(super) fn of(state: State) -> Self {
        Self { id: None, state, at_ms: 0, timeout_ms: None, duration_ms: None, release: "" }
    }
}

pub(super) fn insert(commit: &Commit<'_>, place: &Place, run: &NewRun<'_>) -> rusqlite::Result<()> {
    commit
        .prepare_cached(
            "INSERT INTO check_in (monitor, environment, id, state, at_ms, timeout_ms, duration_ms, release)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            place.monitor,
            place.environment,
            run.id.map(|id| id.0),
            run.state.name(),
            run.at_ms,
            run.timeout_ms,
            run.duration_ms,
            run.release
        ])?;
    Ok(())
}

fn state_of(status: CheckInStatus) -> State {
    match status {
        CheckInStatus::InProgress => State::InProgress,
        CheckInStatus::Ok => State::Ok,
        CheckInStatus::Error => State::Error,
    }
}

fn duration_ms(check_in: &CheckIn) -> Option<i64> {
    let seconds = check_in.duration_s.filter(|seconds| seconds.is_finite() && *seconds >= 0.0)?;
    Some((seconds * 1000.0).round() as i64)
}

impl Place {
    /// A run that was not told of before.
    pub(super) fn begins(
        &mut self,
        commit: &Commit<'_>,
        check_in: &CheckIn,
        now_ms: i64,
    ) -> rusqlite::Result<Option<Turn>> {
        let state = state_of(check_in.status);
        let took_ms = duration_ms(check_in);
        let began_ms = now_ms - took_ms.filter(|_| state != State::InProgress).unwrap_or(0);
        let timeout_ms = (state == State::InProgress).then_some(now_ms + self.plan.runtime_ms);
        let run = NewRun {
            id: check_in.id,
            at_ms: began_ms,
            timeout_ms,
            duration_ms: took_ms,
            release: check_in.release.as_deref().unwrap_or_default(),
            ..NewRun::of(state)
        };
        insert(commit, self, &run)?;
        self.wait_from(began_ms);
        if state == State::InProgress {
            return Ok(None);
        }
        self.duration_ms = took_ms.or(self.duration_ms);
        Ok(self.ends(state, check_in.release.clone(), now_ms))
    }

    /// More about a run that was told of.
    pub(super) fn goes_on(
        &mut self,
        commit: &Commit<'_>,
        run: &Run,
        check_in: &CheckIn,
        now_ms: i64,
    ) -> rusqlite::Result<Option<Turn>> {
        let state = state_of(check_in.status);
        if self.missed_ms.is_none() {
            self.wait_from(run.at_ms);
        }
        if state == State::InProgress {
            // A sign of life.
            let timeout_ms = now_ms + self.plan.runtime_ms;
            commit.execute(
                "UPDATE check_in SET timeout_ms = ?2 WHERE row = ?1 AND state = 'in_progress'",
                [run.row, timeout_ms],
            )?;
            return Ok(None);
        }
        if run.state == state {
            return Ok(None);
        }
        let took_ms = duration_ms(check_in).unwrap_or((now_ms - run.at_ms).max(0));
        commit
            .prepare_cached(
                "UPDATE check_in SET state = ?2, timeout_ms = NULL, duration_ms = ?3 WHERE row = ?1",
            )?
            .execute(params![run.row, state.name(), took_ms])?;
        self.duration_ms = Some(took_ms);
        Ok(self.ends(state, check_in.release.clone(), now_ms))
    }
}
