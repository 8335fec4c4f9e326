//! When groups are evaluated: each by a task of its own, at its interval.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::{Evaluator, Planned};
use crate::group::Group;

/// News of issues gather so long before rules look: a flood of them must not take the turns of the other rules.
const GATHER: Duration = Duration::from_millis(250);

/// The groups that are evaluated now.
pub(crate) struct Schedule {
    evaluator: Evaluator,
    /// Woken when issues have news.
    news: Arc<Notify>,
    groups: Vec<(Arc<Group>, CancellationToken)>,
    tasks: JoinSet<()>,
}

impl Schedule {
    pub(crate) fn new(evaluator: Evaluator, news: Arc<Notify>) -> Self {
        Self { evaluator, news, groups: Vec::new(), tasks: JoinSet::new() }
    }

    /// From now on these groups are evaluated. Those that were before go on as they are; a look that is under way of one
    /// that is gone is finished.
    pub(crate) fn set(&mut self, groups: &[Arc<Group>]) {
        self.groups.retain(|(old, stop)| {
            let stays = groups.iter().any(|new| new == old);
            if !stays {
                stop.cancel();
            }
            stays
        });
        for group in groups {
            if self.groups.iter().all(|(old, _)| old != group) {
                let stop = CancellationToken::new();
                self.groups.push((group.clone(), stop.clone()));
                self.tasks.spawn(run(self.evaluator.clone(), group.clone(), self.news.clone(), stop));
            }
        }
        while self.tasks.try_join_next().is_some() {}
    }

    /// Ends all, once the looks under way are finished.
    pub(crate) async fn end(mut self) {
        self.groups.iter().for_each(|(_, stop)| stop.cancel());
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Evaluates one group until it is stopped.
async fn run(evaluator: Evaluator, group: Arc<Group>, news: Arc<Notify>, stop: CancellationToken) {
    let mut planned = Planned::of(&group);
    let hears = planned.hears_of_issues();
    let interval = Duration::from_millis(u64::try_from(group.interval_ms).unwrap_or(0).max(1));
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
            () = news.notified(), if hears => tokio::time::sleep(GATHER).await,
        }
        let began = Instant::now();
        let at = evaluator.clock.now();
        if evaluator.group(&mut planned, at).await.is_none() {
            return;
        }
        let left_out = began.elapsed().as_millis() / interval.as_millis().max(1);
        if left_out > 0 {
            evaluator.book.overran(u64::try_from(left_out).unwrap_or(u64::MAX));
        }
    }
}
