//! The names under which it is stored: rq-exporter's.

use model::metric::Kind;

use super::watch::Seen;
use crate::appender::Appender;
use crate::book::Book;

/// Families, their kinds, and what they tell.
pub(crate) const DESCRIPTIONS: &[(&str, Kind, &str)] = &[
    ("rq_jobs", Kind::Gauge, "Jobs by queue and status."),
    ("rq_workers", Kind::Gauge, "Workers by name, state and queues; always 1."),
    ("rq_workers_success_total", Kind::Counter, "Jobs of the worker that succeeded."),
    ("rq_workers_failed_total", Kind::Counter, "Jobs of the worker that failed."),
    ("rq_workers_working_time_total", Kind::Counter, "Seconds that the worker has worked."),
];

/// What was seen.
pub(crate) fn put<A: Appender>(book: &mut Book<A>, seen: &Seen) {
    for queue in &seen.queues {
        for (status, count) in &queue.jobs {
            book.put("rq_jobs", &[("queue", &queue.name), ("status", status)], *count as f64);
        }
    }
    for worker in &seen.workers {
        let [name, queues] = [("name", worker.name.as_str()), ("queues", worker.queues.as_str())];
        book.put("rq_workers", &[name, ("state", &worker.state), queues], 1.0);
        book.put("rq_workers_success_total", &[name, queues], worker.succeeded as f64);
        book.put("rq_workers_failed_total", &[name, queues], worker.failed as f64);
        book.put("rq_workers_working_time_total", &[name, queues], worker.working_time);
    }
}
