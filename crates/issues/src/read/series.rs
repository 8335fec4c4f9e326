//! Events and users over time, by hours or several of them.

use std::collections::BTreeMap;

use event::ProjectId;
use rusqlite::params;

use crate::issues::Issues;
use crate::life::hour;
use crate::readers::ReadError;
use crate::sketch::Sketch;

const HOUR_MS: i64 = 3_600_000;

/// More buckets are not made.
const BUCKETS_MAX: i64 = 2000;

/// Whose events are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// An issue's.
    Issue(i64),
    /// A project's.
    Project(ProjectId),
    /// Everybody's.
    All,
}

/// Numbers over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// Where the first bucket begins, in milliseconds since the epoch.
    pub start_ms: i64,
    /// How long each is: whole hours.
    pub step_ms: i64,
    /// Events in each.
    pub events: Vec<u64>,
    /// Distinct users in each; of an issue only, else empty.
    pub users: Vec<u64>,
}

impl Series {
    /// Enough buckets of whole hours for the time from `from_ms` to `until_ms`, about as many as wanted.
    fn over(from_ms: i64, until_ms: i64, buckets: usize) -> Self {
        let (first, last) = (hour(from_ms), hour((until_ms - 1).max(from_ms)));
        let hours = last - first + 1;
        let wanted = (buckets as i64).clamp(1, BUCKETS_MAX);
        let step = (hours + wanted - 1) / wanted;
        // Buckets end with the last hour: it is what people look at.
        let count = (hours + step - 1) / step;
        let start = last + 1 - count * step;
        Self {
            start_ms: start * HOUR_MS,
            step_ms: step * HOUR_MS,
            events: vec![0; count as usize],
            users: Vec::new(),
        }
    }

    fn first_hour(&self) -> i64 {
        self.start_ms / HOUR_MS
    }

    fn last_hour(&self) -> i64 {
        self.first_hour() + self.events.len() as i64 * (self.step_ms / HOUR_MS) - 1
    }

    fn index(&self, hour: i64) -> usize {
        ((hour - self.first_hour()) / (self.step_ms / HOUR_MS)).unsigned_abs() as usize
    }

    /// Events in all buckets.
    pub fn total(&self) -> u64 {
        self.events.iter().sum()
    }
}

impl Issues {
    /// Events over time.
    pub fn series(&self, of: Of, from_ms: i64, until_ms: i64, buckets: usize) -> Result<Series, ReadError> {
        let mut series = Series::over(from_ms, until_ms, buckets);
        match of {
            Of::Issue(issue) => self.series_of_issue(issue, &mut series)?,
            Of::Project(project) => self.series_of_outcomes(Some(project), &mut series)?,
            Of::All => self.series_of_outcomes(None, &mut series)?,
        }
        Ok(series)
    }

    fn series_of_issue(&self, issue: i64, series: &mut Series) -> Result<(), ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT hour, count, sketch FROM bucket
             WHERE fingerprint IN (SELECT id FROM fingerprint WHERE issue = ?1) AND hour BETWEEN ?2 AND ?3",
        )?;
        let mut rows = select.query(params![issue, series.first_hour(), series.last_hour()])?;
        let mut users: BTreeMap<usize, Sketch> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let index = series.index(row.get(0)?);
            series.events[index] += row.get::<_, i64>(1)?.unsigned_abs();
            let sketch = Sketch::read(row.get_ref(2)?.as_blob().unwrap_or_default());
            users.entry(index).or_default().merge(&sketch);
        }
        series.users =
            (0..series.events.len()).map(|index| users.get(&index).map_or(0, Sketch::count)).collect();
        Ok(())
    }

    fn series_of_outcomes(&self, project: Option<ProjectId>, series: &mut Series) -> Result<(), ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT hour, quantity FROM outcome WHERE category = 'error' AND outcome = 'accepted'
                 AND (?1 IS NULL OR project = ?1) AND hour BETWEEN ?2 AND ?3",
        )?;
        let project = project.map(|project| project.0 as i64);
        let mut rows = select.query(params![project, series.first_hour(), series.last_hour()])?;
        while let Some(row) = rows.next()? {
            let index = series.index(row.get(0)?);
            series.events[index] += row.get::<_, i64>(1)?.unsigned_abs();
        }
        Ok(())
    }

    /// Distinct users of an issue in a time.
    pub fn users_between(&self, issue: i64, from_ms: i64, until_ms: i64) -> Result<u64, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT sketch FROM bucket
             WHERE fingerprint IN (SELECT id FROM fingerprint WHERE issue = ?1) AND hour BETWEEN ?2 AND ?3",
        )?;
        let mut rows = select.query(params![issue, hour(from_ms), hour(until_ms)])?;
        let mut users = Sketch::default();
        while let Some(row) = rows.next()? {
            users.merge(&Sketch::read(row.get_ref(0)?.as_blob().unwrap_or_default()));
        }
        Ok(users.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_whole_hours_and_cover_the_time() {
        let check = |from_h: i64, until_h: i64, buckets, expected: (i64, i64, usize)| {
            let series = Series::over(from_h * HOUR_MS, until_h * HOUR_MS, buckets);
            let found = (series.first_hour(), series.step_ms / HOUR_MS, series.events.len());
            assert_eq!(found, expected, "{from_h} {until_h} {buckets}");
            assert!(
                series.index(series.last_hour()) == series.events.len() - 1
                    && series.last_hour() >= until_h - 1
            );
        };
        check(100, 124, 24, (100, 1, 24));
        check(100, 101, 24, (100, 1, 1));
        check(100, 100, 24, (100, 1, 1));
        check(0, 336, 28, (0, 12, 28));
        check(0, 25, 24, (-1, 2, 13));
        check(0, 1_000_000, 9999, (0, 500, 2000));
    }
}
