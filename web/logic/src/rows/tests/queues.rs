use api::{BrokerRow, QueueRow, Queues, TaskRow, WorkerRow};

use super::super::queues::sections;
use super::*;

const BROKER: &str = "redis://redis:6379/0";

fn broker(change: impl FnOnce(&mut BrokerRow)) -> BrokerRow {
    let mut broker = BrokerRow {
        broker: BROKER.to_owned(),
        kind: "celery".to_owned(),
        name: "redis".to_owned(),
        last: Some(NOW - 4_000),
        unacked: Some(2),
        workers_online: 2,
        origin: "container worker-1".to_owned(),
        ..BrokerRow::default()
    };
    change(&mut broker);
    broker
}

fn queue(change: impl FnOnce(&mut QueueRow)) -> QueueRow {
    let mut queue = QueueRow {
        broker: BROKER.to_owned(),
        kind: "celery".to_owned(),
        queue: "celery".to_owned(),
        services: vec!["worker".to_owned()],
        length: 12,
        trend: vec![Some(3.0), Some(12.0)],
        oldest_seconds: Some(4.0),
        failed: None,
        ended_per_second: Some(1.5),
        failed_per_second: Some(0.0),
    };
    change(&mut queue);
    queue
}

fn of(brokers: Vec<BrokerRow>, queues: Vec<QueueRow>) -> Vec<Section> {
    let all = Queues { brokers, queues, ..Queues::default() };
    let sections = sections(&all, &ViewState::default(), CLOCK);
    check_shape(&sections);
    sections
}

#[test]
fn a_queue_is_told_in_a_line() {
    let check = |broker_is: fn(&mut BrokerRow), queue_is: fn(&mut QueueRow), tone: Tone, expected: &str| {
        let sections = of(vec![broker(broker_is)], vec![queue(queue_is)]);
        let row = &sections[0].rows[0];
        assert_eq!((row.tone, told(row).as_str()), (tone, expected));
    };
    let name = "celery (celery · redis)";
    check(|_| {}, |_| {}, Tone::Good, &format!("in work | {name} | 12 | 4 s | 2 | 1.5/s | 0/s | – | 2 | "));
    check(
        |_| {},
        |queue| queue.length = 0,
        Tone::Good,
        &format!("empty | {name} | 0 | 4 s | 2 | 1.5/s | 0/s | – | 2 | "),
    );
    check(
        |broker| broker.workers_online = 0,
        |queue| queue.failed_per_second = Some(0.2),
        Tone::Critical,
        &format!(
            "no worker! | {name} | 12 | 4 s | 2 | 1.5/s | 0.2/s! | – | 0 | No worker of its broker was heard of lately: look at the workers’ containers and logs."
        ),
    );
    check(
        |_| {},
        |queue| queue.oldest_seconds = Some(600.0),
        Tone::Warning,
        &format!(
            "behind! | {name} | 12 | 10 min! | 2 | 1.5/s | 0/s | – | 2 | The oldest task has waited for 10 min: more comes in than workers get done, or one holds all of them."
        ),
    );
    check(
        |broker| {
            broker.problem = "connection refused".to_owned();
            broker.unacked = None;
        },
        |queue| {
            queue.oldest_seconds = None;
            queue.ended_per_second = None;
            queue.failed_per_second = None;
            queue.failed = Some(3);
        },
        Tone::Critical,
        &format!("not reached! | {name} | 12 | – | – | – | – | 3! | 2 | Connection refused"),
    );
}

#[test]
fn a_broker_without_queues_has_a_row_too() {
    let check = |broker_is: fn(&mut BrokerRow), expected: &str| {
        let sections = of(vec![broker(broker_is)], Vec::new());
        assert_eq!(told(&sections[0].rows[0]), expected);
    };
    check(|_| {}, "no queues | redis (celery) |  |  |  |  |  |  |  | ");
    check(
        |broker| broker.problem = "it asks for a password".to_owned(),
        "not reached! | redis (celery) |  |  |  |  |  |  |  | It asks for a password",
    );
    check(|broker| broker.last = None, "not asked | redis (celery) |  |  |  |  |  |  |  | ");
}

#[test]
fn a_queue_unfolds_to_what_is_known_of_its_broker() {
    let broker = broker(|broker| {
        broker.hint = "its workers send no events: start them with -E".to_owned();
        broker.oldest_unacked_seconds = Some(90.0);
        broker.services = vec!["web".to_owned(), "worker".to_owned()];
    });
    let sections = of(vec![broker], vec![queue(|_| {})]);
    assert_eq!(
        unfolded(&sections[0].rows[0]),
        [
            "Broker: redis://redis:6379/0",
            "Workers online: 2",
            "Its workers send no events: start them with -E",
            "Taken by workers: 2 tasks, the oldest for 90 s",
            "Last look: 11:59:56",
            "Used by: web, worker",
            "Named by: container worker-1",
            "[All of worker](/services?one=//worker)[Its lines](/logs?svc=worker)",
        ]
    );
}

#[test]
fn tasks_and_workers_have_tables_of_their_own() {
    let worker = |name: &str, online: bool| WorkerRow {
        broker: BROKER.to_owned(),
        worker: name.to_owned(),
        online,
        active: online.then_some(1),
        last: Some(NOW - 60_000),
    };
    let task = TaskRow {
        task: "shop.tasks.mail".to_owned(),
        sent: 1_200.0,
        received: 1_199.6,
        succeeded: 1_190.0,
        failed: 9.0,
        retried: 0.0,
        runtime_p95: Some(0.25),
    };
    let all = Queues {
        workers: vec![worker("celery@a", true), worker("celery@b", false)],
        tasks: vec![task],
        ..Queues::default()
    };
    let sections = sections(&all, &ViewState::default(), CLOCK);
    check_shape(&sections);
    let lines: Vec<String> = sections.iter().flat_map(|section| &section.rows).map(told).collect();
    assert_eq!(
        lines,
        [
            "fails! | shop.tasks.mail | 1 200 | 1 200 | 1 190 | 9! | 0 | 250 ms".to_owned(),
            format!("online | celery@a ({BROKER}) | 1 | 1 min ago | "),
            format!(
                "silent | celery@b ({BROKER}) | – | 1 min ago | It was not heard of lately. If its container is there still, it hangs: see its lines."
            ),
        ]
    );
}
