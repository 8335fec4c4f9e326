//! What happened to containers, over all their runs: a container's control group goes with each run, and takes its count
//! of processes that were ended for want of memory along.

use std::collections::HashMap;

use model::{State, Timestamp, Workload};

/// The containers that are there, by their ids.
#[derive(Debug, Default)]
pub(super) struct Lives(HashMap<String, Life>);

#[derive(Debug, Default)]
struct Life {
    run: Option<Timestamp>,
    /// What the earlier runs counted.
    before: u64,
    /// What this run counted.
    now: u64,
}

impl Lives {
    /// Takes in how the containers are; called for every change that is seen, since a container may end and start between
    /// two passes.
    pub(super) fn see(&mut self, workloads: &[Workload]) {
        self.0.retain(|id, _| workloads.iter().any(|workload| workload.id == *id));
        for workload in workloads {
            let life = self.0.entry(workload.id.clone()).or_default();
            if life.run != workload.started_at {
                life.before += life.now;
                life.now = 0;
                life.run = workload.started_at;
            }
            let has_ended = !matches!(workload.state, State::Running | State::Paused);
            if has_ended && workload.oom_killed {
                life.now = life.now.max(1);
            }
        }
    }

    /// How many processes of a container were ended for want of memory; `kills` are those of this run, where known.
    pub(super) fn oom_events(&mut self, id: &str, kills: Option<u64>) -> u64 {
        let Some(life) = self.0.get_mut(id) else { return kills.unwrap_or_default() };
        life.now = life.now.max(kills.unwrap_or_default());
        life.before + life.now
    }
}
