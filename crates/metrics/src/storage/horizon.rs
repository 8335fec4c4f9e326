//! Looking at the clock before anything expires.

use std::time::Instant;

use model::Timestamp;

use super::Storage;

/// The subject of the fault that tells of a doubtful clock.
const CLOCK: &str = "clock";

impl Storage {
    /// Looks at the clock. Gives the instant that retention is counted back from.
    pub(super) fn look_at_clock(&mut self, now: Instant) -> Timestamp {
        let clock = self.shared.clock.now();
        let believed = self.horizon.look(clock, now);
        match self.horizon.problem(clock, "samples") {
            Some(problem) => self.shared.faults.set(CLOCK, problem),
            None => self.shared.faults.clear(CLOCK),
        }
        if let Err(error) = self.tail.keep_believed(believed) {
            // A full disk does not take it, and to delete what has expired makes room.
            tracing::warn!("metrics/tail.db does not take until when the clock is believed: {error}");
        }
        self.horizon.as_of(clock)
    }
}
