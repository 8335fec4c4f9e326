//! The names under which all of it is stored: celery-exporter's, and our own where it has none.

use std::collections::BTreeMap;

use model::Timestamp;
use model::metric::Kind;

use super::counts::{Set, Steps, Times};
use super::envelope::Step;
use super::events::Events;
use super::flower::Told;
use super::histogram::Histogram;
use super::watch::Seen;
use super::workers::host_of;
use crate::appender::Appender;
use crate::book::Book;

/// Families, their kinds, and what they tell.
pub(crate) const DESCRIPTIONS: &[(&str, Kind, &str)] = &[
    ("celery_queue_length", Kind::Gauge, "Messages that wait in the queue."),
    ("celery_queue_priority_length", Kind::Gauge, "Messages that wait in the queue, by priority."),
    ("celery_queue_oldest_age_seconds", Kind::Gauge, "How long the oldest task of the queue has waited."),
    ("celery_unacked_messages", Kind::Gauge, "Messages that workers hold and have not acknowledged."),
    ("celery_oldest_unacked_age_seconds", Kind::Gauge, "How long a worker has held the oldest of them."),
    ("celery_task_sent_total", Kind::Counter, "Tasks that were published."),
    ("celery_task_received_total", Kind::Counter, "Tasks that a worker took."),
    ("celery_task_started_total", Kind::Counter, "Tasks that were begun."),
    ("celery_task_succeeded_total", Kind::Counter, "Tasks that succeeded."),
    ("celery_task_failed_total", Kind::Counter, "Tasks that an exception ended."),
    ("celery_task_rejected_total", Kind::Counter, "Tasks that a worker refused."),
    ("celery_task_revoked_total", Kind::Counter, "Tasks that were called off."),
    ("celery_task_retried_total", Kind::Counter, "Tasks that are tried again."),
    ("celery_task_runtime", Kind::Histogram, "Seconds that tasks took which succeeded."),
    (
        "celery_task_queue_wait_time",
        Kind::Histogram,
        "Seconds between sending, or the ETA, and the beginning.",
    ),
    ("celery_worker_up", Kind::Gauge, "Whether the worker was heard of lately."),
    ("celery_worker_tasks_active", Kind::Gauge, "Tasks that the worker works on."),
    (
        "celery_worker_tasks_processed_total",
        Kind::Counter,
        "Tasks that the worker has finished since its start.",
    ),
    ("celery_active_worker_count", Kind::Gauge, "Workers that are there and take from the queue."),
    ("celery_active_process_count", Kind::Gauge, "Processes of the workers that take from the queue."),
    ("flower_events_total", Kind::Counter, "Events, by worker, type and task."),
    ("flower_task_runtime_seconds", Kind::Histogram, "Seconds that tasks took which succeeded."),
    ("flower_task_prefetch_time_seconds", Kind::Gauge, "How long the worker held the task that it works on."),
    ("flower_worker_prefetched_tasks", Kind::Gauge, "Tasks that the worker holds and has not begun."),
    ("flower_worker_online", Kind::Gauge, "Whether the worker was heard of lately."),
    ("flower_worker_number_of_currently_executing_tasks", Kind::Gauge, "Tasks that the worker works on."),
    ("porthole_queue_event_gaps_total", Kind::Counter, "How often the connection for events was lost."),
    ("porthole_queue_events_dropped_total", Kind::Counter, "Events that are not counted, by reason."),
];

/// The lengths.
pub(crate) fn put_seen<A: Appender>(book: &mut Book<A>, seen: &Seen, now: Timestamp) {
    for (queue, by_step) in &seen.queues {
        let whole: u64 = by_step.iter().map(|(_, length)| length).sum();
        book.put("celery_queue_length", &[("queue_name", queue)], whole as f64);
        for (step, length) in by_step {
            let labels = [("queue_name", queue.as_str()), ("priority", &step.to_string())];
            book.put("celery_queue_priority_length", &labels, *length as f64);
        }
    }
    book.put("celery_unacked_messages", &[], seen.unacked as f64);
    let age = seen.oldest_unacked.map_or(0.0, |since| age(since, now));
    book.put("celery_oldest_unacked_age_seconds", &[], age);
}

/// Workers and processes that take from each queue, where that is known.
pub(crate) fn put_processes<A: Appender>(
    book: &mut Book<A>,
    by_queue: &BTreeMap<String, (u64, Option<u64>)>,
) {
    for (queue, (workers, processes)) in by_queue {
        let labels = [("queue_name", queue.as_str())];
        book.put("celery_active_worker_count", &labels, *workers as f64);
        if let Some(processes) = processes {
            book.put("celery_active_process_count", &labels, *processes as f64);
        }
    }
}

/// How long the oldest task of each queue has waited, where that is told.
pub(crate) fn put_waiting<A: Appender>(book: &mut Book<A>, events: &Events, seen: &Seen, now: Timestamp) {
    let oldest = events.oldest_waiting(now);
    for (queue, by_step) in &seen.queues {
        let waits = by_step.iter().any(|(_, length)| *length > 0);
        if let Some(since) = oldest.get(queue.as_str()).filter(|_| waits) {
            book.put("celery_queue_oldest_age_seconds", &[("queue_name", queue)], age(*since, now));
        }
    }
}

/// The workers that were heard of.
pub(crate) fn put_workers<A: Appender>(book: &mut Book<A>, events: &Events, now: Timestamp) {
    for (name, node, is_online) in events.workers.iter(now) {
        let labels = [("hostname", host_of(name)), ("worker", name)];
        book.put("celery_worker_up", &labels, f64::from(u8::from(is_online)));
        let active = node.active.filter(|_| is_online).unwrap_or(0);
        book.put("celery_worker_tasks_active", &labels, active as f64);
        if let Some(processed) = node.processed {
            book.put("celery_worker_tasks_processed_total", &labels, processed as f64);
        }
        let labels = [("worker", name)];
        book.put("flower_worker_online", &labels, f64::from(u8::from(is_online)));
        book.put("flower_worker_number_of_currently_executing_tasks", &labels, active as f64);
    }
}

/// What happened to tasks, and what of it is not counted.
pub(crate) fn put_counts<A: Appender>(book: &mut Book<A>, events: &mut Events) {
    for (set, steps) in &mut events.counts.sets {
        put_steps(book, set, steps);
    }
    for ((name, queue), times) in &mut events.counts.times {
        let labels = [("name", name.as_str()), ("queue_name", queue)];
        let Times { runtime, wait, is_told } = times;
        let is_first = !std::mem::replace(is_told, true);
        put_histogram(book, "celery_task_runtime", labels, runtime, is_first);
        put_histogram(book, "celery_task_queue_wait_time", labels, wait, is_first);
    }
    for ((worker, task), told) in &mut events.flower.0 {
        put_flower(book, worker, task, told);
    }
    book.put("porthole_queue_event_gaps_total", &[], events.gaps as f64);
    for (reason, count) in [
        ("unreadable", events.unreadable),
        ("too long", events.too_long),
        ("too many names", events.counts.refused()),
        ("too many workers", events.nodes_refused),
        ("task forgotten", events.forgotten()),
    ] {
        book.put("porthole_queue_events_dropped_total", &[("reason", reason)], count as f64);
    }
}

fn put_steps<A: Appender>(book: &mut Book<A>, set: &Set, steps: &mut Steps) {
    let labels = [("name", set.name.as_str()), ("queue_name", &set.queue), ("hostname", &set.host)];
    // Clients send and do nothing else, workers do all but sending.
    if steps.steps[Step::Sent as usize].count() > 0 {
        book.put("celery_task_sent_total", &labels, steps.steps[Step::Sent as usize].tell());
    }
    let of_workers = Step::ALL.into_iter().filter(|step| *step != Step::Sent);
    if of_workers.clone().all(|step| steps.steps[step as usize].count() == 0) {
        return;
    }
    for step in of_workers.filter(|step| *step != Step::Failed) {
        let value = steps.steps[step as usize].tell();
        book.put(&format!("celery_task_{}_total", step.word()), &labels, value);
    }
    let [name, queue, host] = labels;
    book.put("celery_task_failed_total", &[name, queue, host, ("exception", "")], 0.0);
    for (exception, counter) in &mut steps.exceptions {
        let labels = [name, queue, host, ("exception", exception.as_str())];
        book.put("celery_task_failed_total", &labels, counter.tell());
    }
}

fn put_flower<A: Appender>(book: &mut Book<A>, worker: &str, task: &str, told: &mut Told) {
    let labels = [("worker", worker), ("task", task)];
    let [of_worker, of_task] = labels;
    for (step, counter) in Step::ALL.into_iter().zip(&mut told.steps) {
        if counter.count() > 0 {
            let kind = format!("task-{}", step.word());
            book.put("flower_events_total", &[of_worker, ("type", &kind), of_task], counter.tell());
        }
    }
    if told.steps[Step::Received as usize].count() > 0 {
        book.put("flower_worker_prefetched_tasks", &labels, told.prefetched as f64);
        book.put("flower_task_prefetch_time_seconds", &labels, told.prefetch_seconds);
    }
    if let Some(runtime) = &told.runtime {
        put_histogram(book, "flower_task_runtime_seconds", labels, runtime, false);
    }
}

fn put_histogram<A: Appender>(
    book: &mut Book<A>,
    family: &str,
    labels: [(&str, &str); 2],
    histogram: &Histogram,
    is_first: bool,
) {
    let told = |value: f64| if is_first { 0.0 } else { value };
    let [name, queue] = labels;
    let bucket = format!("{family}_bucket");
    for (bound, count) in histogram.buckets() {
        book.put(&bucket, &[name, queue, ("le", &bound)], told(count as f64));
    }
    book.put(&format!("{family}_sum"), &labels, told(histogram.sum()));
    book.put(&format!("{family}_count"), &labels, told(histogram.count() as f64));
}

/// Seconds since an instant; a clock ahead of ours makes none.
fn age(since: f64, now: Timestamp) -> f64 {
    (now.millis() as f64 / 1000.0 - since).max(0.0)
}
