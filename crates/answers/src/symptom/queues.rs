//! Tasks that wait, and workers that are not there.

use api::{Harm, Millis, PartKind, Severity};

use super::{Detail, Grip, Symptom};
use crate::seen::{Queue, Service};
use crate::words::{count, percent, plural, span};

/// Fewer tasks are no backlog.
const LENGTH_MIN: u64 = 50;
/// Against the usual length.
const FACTOR: f64 = 4.0;
/// A worker that is started again is away for some seconds.
const NO_WORKER_FOR: Millis = 15_000;
const PILING_FOR: Millis = 10_000;
const NO_BROKER_FOR: Millis = 10_000;
const FAILED_SHARE: f64 = 0.2;
/// So many failures a second are five within a few minutes.
const FAILED_PER_S: f64 = 0.02;

pub(super) fn look(service: &Service, found: &mut Vec<Symptom>) {
    for queue in &service.queues {
        found.extend(no_broker(service, queue));
        found.extend(no_worker(service, queue).or_else(|| piling(service, queue)));
        found.extend(failing(service, queue));
    }
}

fn symptom(service: &Service, queue: &Queue, key: &str, text: String, detail: Detail) -> Symptom {
    let oldest = queue.oldest_s.map(|age| format!(", the oldest for {}", span(age))).unwrap_or_default();
    let usually = queue.usual.map(|usual| format!("; usually {usual:.0}")).unwrap_or_default();
    let verb = if queue.length == 1 { "waits" } else { "wait" };
    let harm = Harm {
        text: format!("{} {verb} in {}{oldest}{usually}", plural(queue.length, "task"), queue.name),
        tasks: Some(queue.length),
        against_usual: queue.usual.filter(|usual| *usual >= 1.0).map(|usual| queue.length as f64 / usual),
        ..Harm::default()
    };
    Symptom {
        severity: Severity::High,
        href: "/queues".to_owned(),
        harm,
        detail,
        ..Symptom::new(&service.who, PartKind::Queue, format!("{key} {} {}", queue.broker, queue.name), text)
    }
}

fn no_broker(service: &Service, queue: &Queue) -> Option<Symptom> {
    if queue.problem.is_empty() {
        return None;
    }
    let text = format!("The broker {} does not answer: {}", queue.broker, queue.problem);
    let said = format!("connect {} {}", queue.broker, queue.problem);
    let away = symptom(service, queue, "broker", text, Detail::NoBroker);
    let harm = Harm { text: "Tasks can neither be sent nor done".to_owned(), ..Harm::default() };
    Some(Symptom { said, harm, patience: NO_BROKER_FOR, key: format!("broker {}", queue.broker), ..away })
}

fn no_worker(service: &Service, queue: &Queue) -> Option<Symptom> {
    let is_left = queue.problem.is_empty() && queue.workers == 0 && queue.workers_usual > 0;
    if !is_left || queue.length == 0 {
        return None;
    }
    let text = format!("No worker takes tasks from {}: {} wait", queue.name, count(queue.length));
    Some(Symptom { patience: NO_WORKER_FOR, ..symptom(service, queue, "worker", text, Detail::NoWorker) })
}

fn piling(service: &Service, queue: &Queue) -> Option<Symptom> {
    let usual = queue.usual?;
    let (length, grows) = (queue.length as f64, queue.before.is_some_and(|before| queue.length > before));
    let is_much = queue.length >= LENGTH_MIN && length >= usual * FACTOR + 20.0;
    let grip = match (is_much && grows, queue.length >= LENGTH_MIN / 2 && length >= usual * 2.0) {
        (true, _) => Grip::Opens,
        (_, true) => Grip::Holds,
        _ => return None,
    };
    let text = format!("{} tasks wait in {}; usually {usual:.0}", count(queue.length), queue.name);
    let piling = symptom(service, queue, "worker", text, Detail::Piling(queue.ended_per_s));
    Some(Symptom { grip, patience: PILING_FOR, ..piling })
}

fn failing(service: &Service, queue: &Queue) -> Option<Symptom> {
    let (ended, failed) = (queue.ended_per_s?, queue.failed_per_s?);
    let share = failed / ended.max(f64::MIN_POSITIVE);
    if failed < FAILED_PER_S / 2.0 || share < FAILED_SHARE / 2.0 {
        return None;
    }
    let grip = if failed >= FAILED_PER_S && share >= FAILED_SHARE { Grip::Opens } else { Grip::Holds };
    let text = format!("{} of the tasks of {} fail", percent(share), queue.name);
    let harm = Harm {
        text: text.clone(),
        share: Some(share),
        tasks: Some((failed * 300.0) as u64),
        ..Harm::default()
    };
    let tasks = symptom(service, queue, "tasks", text, Detail::TasksFail);
    Some(Symptom { grip, harm, patience: PILING_FOR, ..tasks })
}
