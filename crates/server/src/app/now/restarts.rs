//! Restarts within the last day. Docker tells only how often a container was restarted since it was made, so
//! the growth is noted as it is seen.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use model::{Timestamp, Workload};

const DAY: Duration = Duration::from_secs(86_400);
/// Growth within this time is noted as one.
const STEP: Duration = Duration::from_secs(60);

/// What was seen of each container.
#[derive(Default)]
pub(super) struct Restarts {
    containers: HashMap<String, History>,
}

#[derive(Default)]
struct History {
    /// The engine's count when it was last looked at.
    count: u64,
    /// When it grew, and by how much; oldest first, nothing older than a day.
    growth: VecDeque<(Timestamp, u64)>,
}

impl Restarts {
    /// Notes what has changed since the last look.
    pub(super) fn look(&mut self, workloads: &[Workload], now: Timestamp) {
        self.containers.retain(|id, _| workloads.iter().any(|workload| workload.id == *id));
        for workload in workloads {
            let history = self.containers.entry(workload.id.clone()).or_insert_with(|| first(workload, now));
            history.grow(workload.restarts, now);
        }
    }

    /// Restarts of a container within the last day.
    pub(super) fn of(&self, container_id: &str) -> u64 {
        self.containers.get(container_id).map_or(0, |history| history.growth.iter().map(|(_, by)| by).sum())
    }
}

/// Of a container made within the day all restarts count; of an older one, for the time before the first look,
/// only the one that is certain.
fn first(workload: &Workload, now: Timestamp) -> History {
    let is_recent = |at: Timestamp| now.since(at) < DAY;
    let known = if is_recent(workload.created_at) {
        workload.restarts
    } else {
        u64::from(workload.restarts > 0 && workload.started_at.is_some_and(is_recent))
    };
    let at = workload.started_at.unwrap_or(now).min(now);
    let growth = if known > 0 { VecDeque::from([(at, known)]) } else { VecDeque::new() };
    History { count: workload.restarts, growth }
}

impl History {
    fn grow(&mut self, count: u64, now: Timestamp) {
        // The count falls when somebody restarts the container by hand.
        let by = count.saturating_sub(self.count);
        self.count = count;
        if by > 0 {
            match self.growth.back_mut() {
                Some((at, sum)) if now.since(*at) < STEP => *sum += by,
                _ => self.growth.push_back((now, by)),
            }
        }
        while self.growth.front().is_some_and(|(at, _)| now.since(*at) >= DAY) {
            self.growth.pop_front();
        }
    }
}
