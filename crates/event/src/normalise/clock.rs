//! The sender's clock against ours.

use std::time::Duration;

use model::Timestamp;

use super::{Arrival, Intake, Place};

/// A sender's clock that is less wrong than this is let be: so long an event may wait before it is sent.
const DRIFT_MIN: Duration = Duration::from_secs(5 * 60);

/// What is older than this has a wrong time.
const AGE_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

/// Puts instants right that a sender tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    received: Timestamp,
    /// To be added, in nanoseconds.
    drift: i64,
}

impl Clock {
    pub(crate) fn new(arrival: &Arrival) -> Self {
        let received = arrival.received;
        let drift = arrival.sent_at.map_or(0, |sent| received.nanos().saturating_sub(sent.nanos()));
        let is_wrong = drift.unsigned_abs() >= DRIFT_MIN.as_nanos() as u64;
        Self { received, drift: if is_wrong { drift } else { 0 } }
    }

    /// The instant by our clock; never later than the arrival.
    pub(crate) fn corrected(self, at: Timestamp) -> Timestamp {
        Timestamp::from_nanos(at.nanos().saturating_add(self.drift)).min(self.received)
    }

    /// When an event happened: when it arrived, if it does not say, or says what cannot be.
    pub(crate) fn moment(
        self,
        at: Option<Timestamp>,
        intake: &mut Intake<'_>,
        place: &Place<'_>,
    ) -> Timestamp {
        let Some(at) = at.map(|at| self.corrected(at)) else { return self.received };
        if at < self.received.minus(AGE_MAX) {
            intake
                .fault(place, format!("{at} is more than 30 days before it arrived, which is taken instead"));
            return self.received;
        }
        at
    }

    /// A beginning and an end by our clock: as far apart as the sender says, the end not after the arrival and
    /// never before the beginning. An end that cannot be is the arrival.
    pub(crate) fn stretch(self, start: Timestamp, end: Timestamp) -> (Timestamp, Timestamp) {
        let end_here = self.corrected(end);
        let is_wrong = end_here < self.received.minus(AGE_MAX);
        let end_here = if is_wrong { self.received } else { end_here };
        (end_here.minus(end.since(start)), end_here)
    }
}
