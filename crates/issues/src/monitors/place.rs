//! One monitor in one environment: what is known of it, and what the end of a run means.

use event::ProjectId;
use event::items::MonitorConfig;
use rusqlite::{Connection, Transaction as Commit, params};

use super::schedule::Plan;
use super::{Change, State, Turn};

/// One monitor in one environment.
pub(super) struct Place {
    pub(super) project: ProjectId,
    pub(super) monitor: i64,
    pub(super) slug: String,
    pub(super) environment: String,
    pub(super) plan: Plan,
    pub(super) state: State,
    pub(super) since_ms: i64,
    pub(super) last_ms: i64,
    pub(super) next_ms: Option<i64>,
    pub(super) missed_ms: Option<i64>,
    pub(super) duration_ms: Option<i64>,
    pub(super) bad: u32,
    pub(super) good: u32,
    pub(super) fails: bool,
    pub(super) issue: Option<i64>,
}

impl Place {
    /// What the end of a run, or its absence, means.
    pub(super) fn ends(&mut self, state: State, release: Option<String>, at_ms: i64) -> Option<Turn> {
        if state != self.state {
            (self.state, self.since_ms) = (state, at_ms);
        }
        if state.is_bad() {
            (self.bad, self.good) = (self.bad.saturating_add(1), 0);
            let is_enough = self.fails || self.bad >= self.plan.failures;
            self.fails = is_enough;
            return is_enough.then(|| self.turn(self.failed(state), release, at_ms));
        }
        (self.good, self.bad) = (self.good.saturating_add(1), 0);
        if !self.fails || self.good < self.plan.recoveries {
            return None;
        }
        self.fails = false;
        let issue = self.issue.take();
        Some(self.turn(Change::Recovered { issue }, release, at_ms))
    }

    fn failed(&self, why: State) -> Change {
        let (slug, environment) = (&self.slug, &self.environment);
        let (title, message) = match why {
            State::Missed => (
                format!("Missed run of {slug}"),
                format!("{slug} in {environment} did not begin when it was due."),
            ),
            State::Timeout => (
                format!("{slug} takes too long"),
                format!(
                    "{slug} in {environment} began and did not end within {} minutes.",
                    self.plan.runtime_ms / 60_000
                ),
            ),
            _ => (format!("{slug} failed"), format!("{slug} in {environment} says that it failed.")),
        };
        Change::Failed { why, title, message }
    }

    fn turn(&self, change: Change, release: Option<String>, at_ms: i64) -> Turn {
        Turn {
            project: self.project,
            monitor: self.monitor,
            slug: self.slug.clone(),
            environment: self.environment.clone(),
            release: release.filter(|release| !release.is_empty()),
            at_ms,
            change,
        }
    }

    /// Waits for the run after one that began at this instant.
    pub(super) fn wait_from(&mut self, began_ms: i64) {
        self.expect(self.plan.next_ms(began_ms));
    }

    pub(super) fn expect(&mut self, next_ms: Option<i64>) {
        self.next_ms = next_ms;
        self.missed_ms = next_ms.map(|next| next.saturating_add(self.plan.margin_ms));
    }

    pub(super) fn save(&self, commit: &Commit<'_>) -> rusqlite::Result<()> {
        commit
            .prepare_cached(
                "INSERT OR REPLACE INTO monitor_place (monitor, environment, state, since_ms, last_ms, next_ms,
                     missed_ms, duration_ms, bad, good, fails, issue)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                self.monitor,
                self.environment,
                self.state.name(),
                self.since_ms,
                self.last_ms,
                self.next_ms,
                self.missed_ms,
                self.duration_ms,
                self.bad,
                self.good,
                self.fails,
                self.issue,
            ])?;
        Ok(())
    }
}

/// The monitor in an environment; one that nothing is known of yet if it is new there.
pub(super) fn place(connection: &Connection, monitor: i64, environment: &str) -> rusqlite::Result<Place> {
    connection
        .prepare_cached(
            "SELECT m.project, m.slug, m.config, p.state, p.since_ms, p.last_ms, p.next_ms, p.missed_ms,
                    p.duration_ms, p.bad, p.good, p.fails, p.issue
             FROM monitor m LEFT JOIN monitor_place p ON p.monitor = m.id AND p.environment = ?2
             WHERE m.id = ?1",
        )?
        .query_row(params![monitor, environment], |row| {
            let config: Option<String> = row.get(2)?;
            let config = config.and_then(|json| serde_json::from_str::<MonitorConfig>(&json).ok());
            let state: Option<String> = row.get(3)?;
            Ok(Place {
                project: ProjectId(row.get::<_, i64>(0)? as u64),
                monitor,
                slug: row.get(1)?,
                environment: environment.to_owned(),
                plan: Plan::of(config.as_ref()),
                state: State::read(state.as_deref().unwrap_or_default()),
                since_ms: row.get::<_, Option<i64>>(4)?.unwrap_or_default(),
                last_ms: row.get::<_, Option<i64>>(5)?.unwrap_or_default(),
                next_ms: row.get(6)?,
                missed_ms: row.get(7)?,
                duration_ms: row.get(8)?,
                bad: row.get::<_, Option<u32>>(9)?.unwrap_or_default(),
                good: row.get::<_, Option<u32>>(10)?.unwrap_or_default(),
                fails: row.get::<_, Option<bool>>(11)?.unwrap_or_default(),
                issue: row.get(12)?,
            })
        })
}
