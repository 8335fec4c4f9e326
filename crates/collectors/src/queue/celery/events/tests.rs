use super::super::envelope::WorkerEvent;
use super::*;

fn now() -> Timestamp {
    Timestamp::from_seconds(100)
}

fn task(step: Step, uuid: &str, node: &str, at: f64) -> TaskEvent {
    let (uuid, node) = (uuid.to_owned(), node.to_owned());
    TaskEvent { step, uuid, node, at, name: None, queue: None, eta: None, runtime: None, exception: None }
}

fn sent(uuid: &str, name: &str, queue: &str, at: f64) -> TaskEvent {
    let (name, queue) = (Some(name.to_owned()), Some(queue.to_owned()));
    TaskEvent { name, queue, ..task(Step::Sent, uuid, "gen7@web", at) }
}

fn heard(events: impl IntoIterator<Item = TaskEvent>) -> Events {
    let mut heard = Events::default();
    events.into_iter().for_each(|event| heard.take(Event::Task(event), now()));
    heard.settle(None, now().plus(EARLY_AGE));
    heard
}

/// What is counted, a line for each set and each step that happened.
fn lines(events: &Events) -> Vec<String> {
    let mut lines = Vec::new();
    for (set, steps) in &events.counts.sets {
        for step in Step::ALL.into_iter().filter(|step| steps.steps[*step as usize].count() > 0) {
            let count = steps.steps[step as usize].count();
            lines.push(format!("{} {} {} {} {count}", set.name, set.queue, set.host, step.word()));
        }
    }
    lines
}

#[test]
fn later_events_find_name_and_queue_of_earlier_ones() {
    let worker = "celery@w1";
    let started = task(Step::Started, "a", worker, 12.5);
    let done = TaskEvent { runtime: Some(0.2), ..task(Step::Succeeded, "a", worker, 12.7) };
    let failed =
        TaskEvent { exception: Some("KeyError".to_owned()), ..task(Step::Failed, "b", worker, 13.0) };
    let events = heard([
        sent("a", "add", "mail", 10.0),
        task(Step::Received, "a", worker, 12.0),
        started,
        done,
        TaskEvent { name: Some("div".to_owned()), ..task(Step::Received, "b", worker, 12.0) },
        failed,
    ]);
    assert_eq!(
        lines(&events),
        [
            "add mail w1 received 1",
            "add mail w1 started 1",
            "add mail w1 succeeded 1",
            "add mail web sent 1",
            "div unknown w1 received 1",
            "div unknown w1 failed 1",
        ]
    );
    let times = &events.counts.times[&("add".to_owned(), "mail".to_owned())];
    assert_eq!((times.runtime.sum(), times.wait.sum()), (0.2, 2.5));
    let tasks = events.tasks();
    assert_eq!((tasks[0].name.as_str(), tasks[0].sent, tasks[0].succeeded), ("add", 1, 1));
    let (_, node, is_online) = events.workers(now()).next().unwrap();
    assert_eq!((is_online, node.queues.first().map(String::as_str)), (true, Some("mail")));
}

#[test]
fn the_only_queue_is_that_of_tasks_whose_sending_nobody_told() {
    let mut events = Events::default();
    let received = TaskEvent { name: Some("add".to_owned()), ..task(Step::Received, "a", "celery@w1", 1.0) };
    events.take(Event::Task(received), now());
    assert!(lines(&events).is_empty());
    events.settle(Some("mail"), now().plus(EARLY_AGE));
    assert_eq!(lines(&events), ["add mail w1 received 1"]);
}

#[test]
fn a_worker_that_is_faster_than_the_client_tells() {
    let mut events = Events::default();
    let worker = "celery@w1";
    events.take(Event::Task(task(Step::Received, "a", worker, 1.0)), now());
    events.take(Event::Task(task(Step::Started, "a", worker, 1.0)), now());
    events.take(Event::Task(sent("a", "add", "mail", 0.5)), now());
    assert_eq!(events.oldest_waiting(now()), HashMap::new());
    events.take(Event::Task(task(Step::Succeeded, "a", worker, 1.5)), now());
    let steps = ["received", "started", "succeeded"].map(|step| format!("add mail w1 {step} 1"));
    assert_eq!(lines(&events)[..3], steps);
    assert_eq!(events.counts.times[&("add".to_owned(), "mail".to_owned())].wait.sum(), 0.5);
}

#[test]
fn what_waits_for_its_queue_is_bounded() {
    let mut events = Events::default();
    for number in 0..EARLY_MAX + 3 {
        events.take(Event::Task(task(Step::Started, &number.to_string(), "celery@w1", 1.0)), now());
    }
    assert_eq!(lines(&events), ["unknown unknown w1 started 3"]);
}

#[test]
fn a_task_that_is_tried_again_waits_until_its_eta() {
    let again = TaskEvent { eta: Some(20.0), ..sent("a", "add", "mail", 11.0) };
    let events = heard([
        sent("a", "add", "mail", 10.0),
        task(Step::Started, "a", "celery@w1", 10.5),
        again,
        task(Step::Retried, "a", "celery@w1", 11.0),
        task(Step::Started, "a", "celery@w1", 20.25),
    ]);
    let times = &events.counts.times[&("add".to_owned(), "mail".to_owned())];
    assert_eq!((times.wait.count(), times.wait.sum()), (2, 0.75));
}

#[test]
fn the_oldest_waiting_is_told_only_where_nothing_hides_it() {
    let oldest = |events: &Events| events.oldest_waiting(now()).get("mail").copied();
    let mut events = heard([
        sent("a", "add", "mail", 10.0),
        sent("b", "add", "mail", 11.0),
        sent("c", "add", "mail", 12.0),
        task(Step::Received, "a", "celery@w1", 12.0),
    ]);
    assert_eq!(oldest(&events), Some(11.0));
    events.note_empty(|queue| queue == "mail", Timestamp::from_millis(11_500));
    assert_eq!(oldest(&events), Some(12.0));
    // A worker that does not tell what it takes.
    let silent = WorkerEvent {
        is_leaving: false,
        node: "celery@w2".to_owned(),
        pause_seconds: None,
        active: Some(0),
        processed: Some(3),
    };
    events.take(Event::Worker(silent.clone()), now());
    assert_eq!(oldest(&events), None);
    assert!(events.silent_workers(now()) == 1 && !events.is_silent(now()));
    events.take(Event::Worker(WorkerEvent { is_leaving: true, ..silent }), now());
    assert_eq!(oldest(&events), Some(12.0));
    events.note_gap();
    assert_eq!((oldest(&events), events.gaps), (None, 1));
}

#[test]
fn workers_that_worked_and_told_nothing_are_silent() {
    let mut events = Events::default();
    let beat = |processed| {
        let (node, is_leaving) = ("celery@w".to_owned(), false);
        Event::Worker(WorkerEvent { is_leaving, node, pause_seconds: None, active: None, processed })
    };
    events.take(beat(Some(0)), now());
    assert!(!events.is_silent(now()));
    events.take(beat(Some(4)), now());
    assert!(events.is_silent(now()));
    events.take(Event::Task(task(Step::Started, "a", "celery@w", 1.0)), now());
    assert!(!events.is_silent(now()));
}

#[test]
fn flower_tells_by_worker_and_task() {
    let worker = "celery@w1";
    let received =
        |uuid: &str, at| TaskEvent { name: Some("add".to_owned()), ..task(Step::Received, uuid, worker, at) };
    let mut events = heard([
        sent("a", "add", "mail", 10.0),
        received("a", 12.0),
        task(Step::Started, "a", worker, 12.5),
        sent("b", "add", "mail", 10.0),
        received("b", 12.0),
        // Held on purpose: no wait, and none that is prefetched.
        TaskEvent { eta: Some(99.0), ..received("c", 12.0) },
        task(Step::Started, "c", worker, 99.0),
    ]);
    let told = &events.flower.0[&(worker.to_owned(), "add".to_owned())];
    assert_eq!((told.prefetched, told.prefetch_seconds), (1, 0.5));
    assert_eq!(told.steps.map(|step| step.count()), [0, 3, 2, 0, 0, 0, 0, 0]);
    assert_eq!(events.flower.0[&("web".to_owned(), "add".to_owned())].steps[0].count(), 2);
    let done = TaskEvent { runtime: Some(0.2), ..task(Step::Succeeded, "a", worker, 12.7) };
    events.take(Event::Task(done), now());
    let told = &events.flower.0[&(worker.to_owned(), "add".to_owned())];
    assert_eq!((told.prefetch_seconds, told.runtime.as_ref().map(|runtime| runtime.count())), (0.0, Some(1)));
}
