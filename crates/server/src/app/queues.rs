//! `GET queues`: what waits, who works, what became of tasks.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use api::{BrokerRow, QueueRow, Queues, TaskRow, WorkerRow};
use axum::Json;
use axum::extract::State;
use collectors::queue::{Backlog, QueueState};
use model::Ordered as _;
use model::{Labels, Timestamp};

use super::App;
use super::evaluator::Evaluator;
use super::targets::{faults, millis, origin};
use super::who::Owner;
use crate::fault::Fault;

const TASKS_MAX: usize = 500;
/// Points of a small picture of the last hour.
const POINTS: u32 = 60;
const STEP: Duration = Duration::from_secs(60);
/// What becomes of tasks, as the counters' names have it.
const FATES: [&str; 5] = ["sent", "received", "succeeded", "failed", "retried"];

/// The handler.
pub(super) async fn show(State(app): State<App>) -> Result<Json<Queues>, Fault> {
    let (metrics, collectors, now) = (app.metrics.clone(), app.collectors.clone(), app.clock.now());
    let found = app.queries.run(move |allowance| {
        let evaluator = Evaluator { metrics: &metrics, allowance };
        let states = collectors.queues();
        Ok::<_, Fault>(Queues {
            brokers: states.iter().map(broker).collect(),
            queues: rows(&evaluator, &states, now)?,
            workers: states.iter().flat_map(workers).collect(),
            tasks: if states.is_empty() { Vec::new() } else { tasks(&evaluator, now)? },
            faults: faults(&collectors),
        })
    });
    Ok(Json(found.await??))
}

fn broker(state: &QueueState) -> BrokerRow {
    BrokerRow {
        broker: state.broker.clone(),
        name: state.name.clone(),
        kind: state.kind.name().to_owned(),
        services: state.services.clone(),
        problem: state.problem.clone().unwrap_or_default(),
        hint: state.hint.clone().unwrap_or_default(),
        last: millis(state.looked_at),
        unacked: state.unacked,
        oldest_unacked_seconds: state.oldest_unacked.map(|age| age.as_secs_f64()),
        workers_online: state.workers.iter().filter(|worker| worker.online).count() as u32,
        origin: origin(&state.origin),
    }
}

fn workers(state: &QueueState) -> impl Iterator<Item = WorkerRow> {
    state.workers.iter().map(|worker| WorkerRow {
        broker: state.broker.clone(),
        worker: worker.name.clone(),
        online: worker.online,
        active: worker.active,
        last: millis(worker.last_heard),
    })
}

/// All queues, by broker and name.
pub(super) fn rows(
    evaluator: &Evaluator<'_>,
    states: &[QueueState],
    now: Timestamp,
) -> Result<Vec<QueueRow>, Fault> {
    if states.is_empty() {
        return Ok(Vec::new());
    }
    let length = "celery_queue_length or label_replace(rq_jobs{status=\"queued\"}, \"queue_name\", \"$1\", \"queue\", \
                  \"(.*)\")";
    let trends = evaluator.over(now, STEP, POINTS, &format!("sum by (instance, queue_name) ({length})"))?;
    let trends: HashMap<_, Vec<Option<f64>>> =
        trends.into_iter().map(|series| (queue_of(&series.labels), series.points.iter().collect())).collect();
    let rate = |fate: &str| {
        let query = format!("sum by (instance, queue_name) (rate(celery_task_{fate}_total[5m]))");
        let found = evaluator.at(now, &query)?;
        Ok::<HashMap<_, f64>, Fault>(found.iter().map(|(labels, rate)| (queue_of(labels), *rate)).collect())
    };
    let (succeeded, failed) = (rate("succeeded")?, rate("failed")?);
    let row = |state: &QueueState, queue: &Backlog| {
        let key = (state.broker.clone(), queue.name.clone());
        let (ended, failing) = (succeeded.get(&key).copied(), failed.get(&key).copied());
        QueueRow {
            broker: state.broker.clone(),
            kind: state.kind.name().to_owned(),
            queue: queue.name.clone(),
            services: state.services.clone(),
            length: queue.length,
            trend: trends.get(&key).cloned().unwrap_or_else(|| vec![None; POINTS as usize]),
            oldest_seconds: queue.oldest_waiting.map(|age| age.as_secs_f64()),
            failed: queue.failed,
            ended_per_second: ended.or(failing).map(|_| ended.unwrap_or(0.0) + failing.unwrap_or(0.0)),
            failed_per_second: failing.or(ended.map(|_| 0.0)),
        }
    };
    Ok(states.iter().flat_map(|state| state.queues.iter().map(|queue| row(state, queue))).collect())
}

/// Whether a service's containers use the broker.
pub(super) fn is_of(state: &QueueState, owner: &Owner) -> bool {
    state.services.contains(&owner.service)
        && state.project.as_ref().is_none_or(|project| *project == owner.project)
}

fn queue_of(labels: &Labels) -> (String, String) {
    let label = |name| labels.get(name).unwrap_or_default().to_owned();
    (label("instance"), label("queue_name"))
}

/// What became of tasks within the last hour, by name.
fn tasks(evaluator: &Evaluator<'_>, now: Timestamp) -> Result<Vec<TaskRow>, Fault> {
    let mut rows: BTreeMap<String, TaskRow> = BTreeMap::new();
    for fate in FATES {
        for (labels, count) in
            evaluator.at(now, &format!("sum by (name) (increase(celery_task_{fate}_total[1h]))"))?
        {
            let name = labels.get("name").unwrap_or_default().to_owned();
            let row =
                rows.entry(name.clone()).or_insert_with(|| TaskRow { task: name, ..TaskRow::default() });
            // An increase is extrapolated, but tasks are whole.
            *member(row, fate) = count.round();
        }
    }
    let slow = "histogram_quantile(0.95, sum by (name, le) (rate(celery_task_runtime_bucket[1h])))";
    for (labels, seconds) in evaluator.at(now, slow)? {
        if let Some(row) = labels.get("name").and_then(|name| rows.get_mut(name)) {
            row.runtime_p95 = Some(seconds).filter(|seconds| seconds.is_finite());
        }
    }
    let mut rows: Vec<TaskRow> = rows.into_values().collect();
    rows.order_by(|a, b| b.received.total_cmp(&a.received).then_with(|| a.task.cmp(&b.task)));
    rows.truncate(TASKS_MAX);
    Ok(rows)
}

fn member<'a>(row: &'a mut TaskRow, fate: &str) -> &'a mut f64 {
    match fate {
        "sent" => &mut row.sent,
        "received" => &mut row.received,
        "succeeded" => &mut row.succeeded,
        "failed" => &mut row.failed,
        _ => &mut row.retried,
    }
}

#[cfg(test)]
mod tests;
