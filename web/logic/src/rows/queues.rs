//! Queues of tasks, their workers, and the tasks by name, as rows.

use api::{BrokerRow, QueueRow, Queues, TaskRow, WorkerRow};

use super::services::Which;
use super::{Cell, Column, Detail, Picture, Row, Section, Tone, admits, ago, capitalised, links, spaced};
use crate::number::{count, plural};
use crate::time::{self, Clock};
use crate::unit::written;
use crate::view::ViewState;

/// The columns of queues.
pub const COLUMNS: [Column; 10] = [
    Column::words("state", "State", "Whether its tasks are worked on", 124),
    Column::words("queue", "Queue", "Its name, and its broker below", 190),
    Column::figures("length", "Waiting", "Tasks that no worker has taken yet; the line: the last hour", 150),
    Column::figures("oldest", "Oldest", "How long the oldest task has waited", 80),
    Column::figures("unacked", "Taken", "Tasks of its broker that workers took and have not finished", 64),
    Column::figures("ended", "Ended", "Tasks that ended per second, over the last 5 minutes", 72),
    Column::figures("failed", "Failed", "Of these, tasks that failed", 72),
    Column::figures("kept", "Failed, kept", "Failed jobs that the broker keeps", 90),
    Column::figures("workers", "Workers", "Workers of its broker that were heard of lately", 80),
    Column::words("why", "Reason", "What is wrong, and what to do", 0),
];

/// The columns of workers.
pub const WORKER_COLUMNS: [Column; 5] = [
    Column::words("state", "State", "Whether it was heard of lately", 124),
    Column::words("worker", "Worker", "Its name, and its broker below", 210),
    Column::figures("active", "Working on", "Tasks that it works on now", 96),
    Column::figures("heard", "Last heard", "When it was last heard of", 96),
    Column::words("why", "Reason", "What is wrong, and what to do", 0),
];

/// The columns of tasks.
pub const TASK_COLUMNS: [Column; 8] = [
    Column::words("state", "State", "Whether it fails", 124),
    Column::words("task", "Task", "Its name", 0),
    Column::figures("sent", "Sent", "How many were sent", 84),
    Column::figures("received", "Received", "How many workers received", 84),
    Column::figures("succeeded", "Succeeded", "How many succeeded", 90),
    Column::figures("failed", "Failed", "How many failed", 84),
    Column::figures("retried", "Retried", "How many were tried again", 84),
    Column::figures("p95", "Runtime", "95 of 100 took no longer than this", 96),
];

/// A task that has waited longer is worth a look.
const LATE_SECONDS: f64 = 300.0;

/// The page's tables.
pub fn sections(queues: &Queues, view: &ViewState, clock: Clock<'_>) -> Vec<Section> {
    let of_view = |queue: &&QueueRow| admits_any(view, &queue.services);
    let mut rows: Vec<Row> = queues
        .queues
        .iter()
        .filter(of_view)
        .map(|queue| {
            let broker = queues.brokers.iter().find(|broker| broker.broker == queue.broker);
            row(queue, broker, view, clock)
        })
        .collect();
    let is_empty = |broker: &&BrokerRow| queues.queues.iter().all(|queue| queue.broker != broker.broker);
    rows.extend(queues.brokers.iter().filter(is_empty).map(|broker| empty(broker, clock)));
    let workers = queues.workers.iter().map(|worker| worker_row(worker, clock)).collect();
    let tasks = queues.tasks.iter().map(task).collect();
    vec![
        Section { title: "", columns: &COLUMNS, order: "", rows },
        Section { title: "Tasks in the last hour", columns: &TASK_COLUMNS, order: "", rows: tasks },
        Section { title: "Workers", columns: &WORKER_COLUMNS, order: "", rows: workers },
    ]
}

fn admits_any(view: &ViewState, services: &[String]) -> bool {
    if services.is_empty() {
        admits(view, "", "")
    } else {
        services.iter().any(|service| admits(view, service, ""))
    }
}

/// One queue; `broker`: what holds it, where that is known.
pub fn row(queue: &QueueRow, broker: Option<&BrokerRow>, view: &ViewState, clock: Clock<'_>) -> Row {
    let (tone, word, why) = standing(queue, broker);
    let late = queue.oldest_seconds.is_some_and(|age| age > LATE_SECONDS);
    let failing = queue.failed_per_second.is_some_and(|rate| rate > 0.0);
    let whole = |number: Option<u64>| {
        Cell::figure(number.map(|number| number as f64), |_| count(number.unwrap_or_default()))
    };
    let rate = |rate: Option<f64>| Cell::figure(rate, |rate| written(rate, "per second"));
    let toned = |cell: Cell, is_bad: bool| cell.toned(if is_bad { Tone::Warning } else { Tone::Idle });
    let most = queue.trend.iter().flatten().copied().fold(0.0, f64::max);
    let length = whole(Some(queue.length))
        .with_hover(format!("At most {} waited in the last hour", plural(most as u64, "task")))
        .drawn(Picture::Line(queue.trend.clone()));
    let mut details = details(queue, broker, (tone, &why), clock);
    details.extend(queue.services.iter().filter_map(|service| links(view, &Which::of("", "", service))));
    Row {
        key: format!("{} {}", queue.broker, queue.queue),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&queue.queue).with_note(broker_words(queue, broker)).with_hover(&queue.broker),
            length,
            toned(Cell::figure(queue.oldest_seconds, |age| written(age, "seconds")), late),
            whole(broker.and_then(|broker| broker.unacked)),
            rate(queue.ended_per_second),
            toned(rate(queue.failed_per_second), failing),
            toned(whole(queue.failed), queue.failed > Some(0)),
            whole(broker.map(|broker| u64::from(broker.workers_online))),
            Cell::text(capitalised(&why)),
        ],
        also: spaced(&[&queue.broker, &queue.services.join(" "), &queue.kind]),
        details,
        ..Row::default()
    }
}

/// `celery · redis`
fn broker_words(queue: &QueueRow, broker: Option<&BrokerRow>) -> String {
    broker.map_or_else(|| queue.kind.clone(), |broker| format!("{} · {}", queue.kind, broker.name))
}

fn standing(queue: &QueueRow, broker: Option<&BrokerRow>) -> (Tone, &'static str, String) {
    if let Some(broker) = broker.filter(|broker| !broker.problem.is_empty()) {
        return (Tone::Critical, "not reached", broker.problem.clone());
    }
    let no_worker = broker.is_some_and(|broker| broker.workers_online == 0);
    if queue.length > 0 && no_worker {
        let why = "No worker of its broker was heard of lately: look at the workers’ containers and logs.";
        return (Tone::Critical, "no worker", why.to_owned());
    }
    if let Some(age) = queue.oldest_seconds.filter(|age| *age > LATE_SECONDS) {
        let why = format!(
            "The oldest task has waited for {}: more comes in than workers get done, or one holds all of them.",
            written(age, "seconds")
        );
        return (Tone::Warning, "behind", why);
    }
    if queue.length == 0 {
        return (Tone::Good, "empty", String::new());
    }
    (Tone::Good, "in work", String::new())
}

fn details(
    queue: &QueueRow,
    broker: Option<&BrokerRow>,
    (tone, why): (Tone, &str),
    clock: Clock<'_>,
) -> Vec<Detail> {
    let mut details = Vec::new();
    if !why.is_empty() {
        details.push(Detail::Reason(tone, capitalised(why)));
    }
    details.push(Detail::Quote("Broker", queue.broker.clone()));
    details.extend(broker.into_iter().flat_map(|broker| of_broker(broker, clock)));
    details
}

fn of_broker(broker: &BrokerRow, clock: Clock<'_>) -> Vec<Detail> {
    let mut details = vec![Detail::Fact("Workers online", broker.workers_online.to_string())];
    if !broker.hint.is_empty() {
        details.push(Detail::Reason(Tone::Waiting, capitalised(&broker.hint)));
    }
    if let Some(unacked) = broker.unacked {
        let age = broker.oldest_unacked_seconds.filter(|_| unacked > 0);
        let age = age.map(|age| format!(", the oldest for {}", written(age, "seconds"))).unwrap_or_default();
        details.push(Detail::Fact("Taken by workers", format!("{}{age}", plural(unacked, "task"))));
    }
    if let Some(at) = broker.last {
        details.push(Detail::Fact("Last look", time::time_of_day(at, clock.zone, true)));
    }
    if !broker.services.is_empty() {
        details.push(Detail::Fact("Used by", broker.services.join(", ")));
    }
    details.push(Detail::Fact("Named by", broker.origin.clone()));
    details
}

/// A broker without queues: nothing waits there, or it cannot be looked at.
fn empty(broker: &BrokerRow, clock: Clock<'_>) -> Row {
    let (tone, word) = match (broker.problem.is_empty(), broker.last) {
        (false, _) => (Tone::Critical, "not reached"),
        (true, None) => (Tone::Waiting, "not asked"),
        (true, Some(_)) => (Tone::Good, "no queues"),
    };
    let mut cells = vec![
        Cell::state(tone, word),
        Cell::text(&broker.name).with_note(&broker.kind).with_hover(&broker.broker),
    ];
    cells.resize(COLUMNS.len() - 1, Cell::default());
    cells.push(Cell::text(capitalised(&broker.problem)));
    let mut details = Vec::new();
    if !broker.problem.is_empty() {
        details.push(Detail::Reason(tone, capitalised(&broker.problem)));
    }
    details.push(Detail::Quote("Broker", broker.broker.clone()));
    details.extend(of_broker(broker, clock));
    Row {
        key: format!("broker {}", broker.broker),
        tone,
        cells,
        details,
        also: spaced(&[&broker.services.join(" "), &broker.origin]),
        ..Row::default()
    }
}

fn worker_row(worker: &WorkerRow, clock: Clock<'_>) -> Row {
    // After each deploy there are some that ended; that nobody works is told of the queues themselves.
    let (tone, word) = if worker.online { (Tone::Good, "online") } else { (Tone::Idle, "silent") };
    let why = if worker.online {
        ""
    } else {
        "It was not heard of lately. If its container is there still, it hangs: see its lines."
    };
    Row {
        key: format!("worker {} {}", worker.broker, worker.worker),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&worker.worker).with_note(&worker.broker),
            Cell::figure(worker.active.map(|active| active as f64), |active| count(active as u64)),
            ago(worker.last, clock),
            Cell::text(why),
        ],
        ..Row::default()
    }
}

fn task(task: &TaskRow) -> Row {
    let failing = task.failed >= 1.0;
    let (tone, word) = if failing { (Tone::Warning, "fails") } else { (Tone::Good, "works") };
    let whole = |number: f64| Cell::figure(Some(number), |number| count(number.round() as u64));
    let failed = whole(task.failed).toned(if failing { Tone::Warning } else { Tone::Idle });
    Row {
        key: format!("task {}", task.task),
        tone,
        cells: vec![
            Cell::state(tone, word),
            Cell::text(&task.task),
            whole(task.sent),
            whole(task.received),
            whole(task.succeeded),
            failed,
            whole(task.retried),
            Cell::figure(task.runtime_p95, |seconds| written(seconds, "seconds")),
        ],
        ..Row::default()
    }
}
