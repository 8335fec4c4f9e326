//! The instants at which a query is evaluated.

use std::time::Duration;

use model::Timestamp;

/// Instants with equal steps between them; at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    start: i64,
    step: i64,
    len: usize,
}

/// Why there is no such grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    /// A grid that goes nowhere.
    #[error("zero or negative query resolution step widths are not accepted. Try a positive integer")]
    Step,
    /// A range that ends before it starts.
    #[error("end timestamp must not be before start time")]
    EndBeforeStart,
    /// A grid with too many instants.
    #[error(
        "exceeded maximum resolution of {max} points per timeseries. Try increasing the value of the step parameter"
    )]
    Points {
        /// The limit.
        max: usize,
    },
}

impl Grid {
    /// One instant.
    pub fn single(at: Timestamp) -> Self {
        Self { start: at.nanos(), step: 1, len: 1 }
    }

    /// From `start` on, up to `end` at the latest.
    pub fn new(start: Timestamp, end: Timestamp, step: Duration, max: usize) -> Result<Self, GridError> {
        let step = step_nanos(step)?;
        if end < start {
            return Err(GridError::EndBeforeStart);
        }
        let steps = (i128::from(end.nanos()) - i128::from(start.nanos())) / i128::from(step);
        Self::checked(i128::from(start.nanos()), step, steps, max)
    }

    /// The multiples of `step` since the epoch, from the last one not after `start` to the first one not before
    /// `end`.
    pub fn aligned(start: Timestamp, end: Timestamp, step: Duration, max: usize) -> Result<Self, GridError> {
        let step = step_nanos(step)?;
        if end < start {
            return Err(GridError::EndBeforeStart);
        }
        let wide = i128::from(step);
        let first = i128::from(start.nanos()).div_euclid(wide);
        let last = -(-i128::from(end.nanos())).div_euclid(wide);
        Self::checked(first * wide, step, last - first, max)
    }

    /// Both Loki and Prometheus count steps, not points, and so let one point more pass.
    fn checked(start: i128, step: i64, steps: i128, max: usize) -> Result<Self, GridError> {
        let end = start + steps * i128::from(step);
        if steps > max as i128 || i64::try_from(end).is_err() {
            return Err(GridError::Points { max });
        }
        let start = i64::try_from(start).map_err(|_| GridError::Points { max })?;
        Ok(Self { start, step, len: steps as usize + 1 })
    }

    /// How many instants there are.
    #[expect(clippy::len_without_is_empty, reason = "a grid is never empty")]
    pub fn len(self) -> usize {
        self.len
    }

    /// The instant at `index`.
    pub fn at(self, index: usize) -> Timestamp {
        Timestamp::from_nanos(self.start + self.step * index as i64)
    }

    /// The nanoseconds between two instants.
    pub(crate) fn step(self) -> i128 {
        self.step.into()
    }
}

fn step_nanos(step: Duration) -> Result<i64, GridError> {
    match i64::try_from(step.as_nanos()).unwrap_or(i64::MAX) {
        0 => Err(GridError::Step),
        step => Ok(step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_reach_from_start_to_end() {
        let instants = |grid: Result<Grid, GridError>| {
            grid.map(|grid| (0..grid.len()).map(|index| grid.at(index).nanos()).collect::<Vec<_>>())
        };
        let [at, step] = [Timestamp::from_nanos, Timestamp::from_nanos];
        let step = |nanos| Duration::from_nanos(step(nanos).nanos() as u64);
        let new = |start, end, nanos| instants(Grid::new(at(start), at(end), step(nanos), 4));
        let aligned = |start, end, nanos| instants(Grid::aligned(at(start), at(end), step(nanos), 4));
        assert_eq!(new(3, 12, 4), Ok(vec![3, 7, 11]));
        assert_eq!(new(-3, -3, 4), Ok(vec![-3]));
        assert_eq!(aligned(3, 12, 4), Ok(vec![0, 4, 8, 12]));
        assert_eq!(aligned(-3, 1, 4), Ok(vec![-4, 0, 4]));
        assert_eq!(aligned(4, 4, 4), Ok(vec![4]));
        assert_eq!(new(0, 4, 1), Ok(vec![0, 1, 2, 3, 4]));
        assert_eq!(new(0, 5, 1), Err(GridError::Points { max: 4 }));
        assert_eq!(new(0, 5, 0), Err(GridError::Step));
        assert_eq!(new(1, 0, 1), Err(GridError::EndBeforeStart));
        assert_eq!(aligned(i64::MIN, i64::MIN + 1, 1000), Err(GridError::Points { max: 4 }));
        assert_eq!(aligned(i64::MAX - 1, i64::MAX, 1000), Err(GridError::Points { max: 4 }));
    }
}
