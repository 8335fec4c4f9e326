//! Celery: lengths, priorities, failures, retries, tasks that wait for their time, workers that end.

use serde_json::Value;

use super::parts::{Redis, await_value, value};
use crate::harness::process::Process;
use crate::harness::{Appliance, Home, eventually};

tests! {
    [Celery]:
        lengths_are_those_of_redis_without_any_worker,
        tasks_are_counted_as_they_happen,
        a_redis_that_goes_and_comes_back_is_told_of,
        workers_that_do_not_tell_are_asked_to_where_the_settings_say_so;
}

fn watched(redis: &Redis, db: u32, more: &str) -> Appliance {
    let url = redis.url(db);
    let toml = format!("[[queue]]\nkind = \"celery\"\nurl = \"{url}\"\ninterval = \"1s\"\n{more}\n");
    Home::new().with(&toml).start()
}

fn send(redis: &Redis, db: u32, prefix: &str, arguments: &[&str]) {
    let mut command = redis.program("python", db);
    redis.finish({
        command.arg("tasks.py").args(arguments).env("PREFIX", prefix);
        command
    });
}

fn worker(redis: &Redis, db: u32, prefix: &str, arguments: &[&str]) -> Process {
    let mut command = redis.program("celery", db);
    command
        .args(["-A", "tasks", "worker", "-c", "1", "-n", "one@testhost"])
        .args(arguments)
        .env("PREFIX", prefix);
    redis.spawn(command)
}

fn lengths_are_those_of_redis_without_any_worker() {
    let redis = Redis::start(None);
    send(&redis, 0, "", &["add*5", "add*2,priority=6", "add*1,priority=9", "add*4,queue=slow"]);
    let appliance = watched(&redis, 0, "queues = [\"never\"]");
    let client = appliance.client();
    for (queue, expected) in [("celery", 8.0), ("slow", 4.0), ("never", 0.0)] {
        await_value(client, &format!("celery_queue_length{{queue_name=\"{queue}\"}}"), expected);
    }
    for (priority, key) in
        [(0, "celery"), (3, "celery\u{6}\u{16}3"), (6, "celery\u{6}\u{16}6"), (9, "celery\u{6}\u{16}9")]
    {
        let told: f64 = redis.cli(0, &["LLEN", key]).parse().unwrap();
        let query = format!("celery_queue_priority_length{{queue_name=\"celery\", priority=\"{priority}\"}}");
        assert_eq!(value(client, &query), Some(told), "{priority}");
    }
    assert_eq!(value(client, "up{job=\"celery\"}"), Some(1.0));
    assert_eq!(value(client, "count(celery_worker_up)"), None);
    // Nothing of it was written by Porthole.
    let keys = redis.cli(0, &["--raw", "DBSIZE"]);
    await_value(client, "count_over_time(up{job=\"celery\"}[5m]) > bool 3", 1.0);
    assert_eq!(redis.cli(0, &["--raw", "DBSIZE"]), keys);
    assert_eq!(redis.cli(0, &["LLEN", "celery"]), "5");
}

fn tasks_are_counted_as_they_happen() {
    let redis = Redis::start(None);
    let appliance = watched(&redis, 0, "");
    let client = appliance.client();
    await_value(client, "up{job=\"celery\"}", 1.0);
    let mut running = worker(&redis, 0, "", &["-E", "-Q", "celery,slow"]);
    await_value(client, "celery_worker_up{worker=\"one@testhost\", hostname=\"testhost\"}", 1.0);
    send(&redis, 0, "", &["add*6,wait=0.2,queue=slow", "again*2", "fails*3", "add*1,countdown=3000"]);
    let add = "name=\"tasks.add\", queue_name=\"slow\"";
    await_value(client, &format!("celery_task_succeeded_total{{{add}}}"), 6.0);
    await_value(client, "celery_task_failed_total{name=\"tasks.fails\", exception=\"KeyError\"}", 3.0);
    await_value(client, "celery_task_failed_total{name=\"tasks.again\", exception=\"ValueError\"}", 2.0);
    await_value(client, "celery_task_retried_total{name=\"tasks.again\"}", 2.0);
    await_value(client, "sum(celery_task_sent_total{name=\"tasks.again\"})", 4.0);
    for step in ["sent", "received", "started"] {
        await_value(client, &format!("celery_task_{step}_total{{{add}}}"), 6.0);
    }
    await_value(client, &format!("celery_task_runtime_count{{{add}}}"), 6.0);
    let mean = format!("celery_task_runtime_sum{{{add}}} / celery_task_runtime_count");
    let mean = value(client, &mean).expect("a mean");
    assert!((0.2..0.6).contains(&mean), "{mean}");
    assert_eq!(value(client, &format!("celery_task_queue_wait_time_count{{{add}}}")), Some(6.0));
    // The first of them is no less than the others: the series began with nothing.
    await_value(client, &format!("ceil(increase(celery_task_succeeded_total{{{add}}}[5m])) >= bool 6"), 1.0);
    // One waits for its time in the hands of the worker.
    await_value(client, "celery_unacked_messages", 1.0);
    assert_eq!(redis.cli(0, &["HLEN", "unacked"]), "1");
    await_value(client, "celery_oldest_unacked_age_seconds > bool 0", 1.0);
    let processed = inspected(&redis);
    await_value(client, "celery_worker_tasks_processed_total", processed);
    await_value(client, "celery_active_worker_count{queue_name=\"slow\"}", 1.0);
    shows_what_happened(&appliance, &redis);
    running.kill();
    await_value(client, "celery_worker_up", 0.0);
    assert_eq!(value(client, "celery_queue_length{queue_name=\"slow\"}"), Some(0.0));
}

fn a_redis_that_goes_and_comes_back_is_told_of() {
    let mut redis = Redis::start(None);
    send(&redis, 0, "", &["add*2"]);
    let appliance = watched(&redis, 0, "");
    let client = appliance.client();
    await_value(client, "celery_queue_length", 2.0);
    redis.stop();
    await_value(client, "up{job=\"celery\"}", 0.0);
    assert_eq!(value(client, "celery_queue_length"), None);
    let page = appliance.admin().get("/app/v1/queues").expect(200).json();
    let problem = page["brokers"][0]["problem"].as_str().expect("a sentence");
    assert!(problem.contains("cannot connect to 127.0.0.1"), "{problem}");
    redis.start_again();
    await_value(client, "celery_queue_length", 0.0);
    await_value(client, "porthole_queue_event_gaps_total", 1.0);
    send(&redis, 0, "", &["add*3"]);
    await_value(client, "sum(celery_task_sent_total)", 3.0);
}

/// How many tasks Celery says that the worker has processed.
fn inspected(redis: &Redis) -> f64 {
    let mut command = redis.program("celery", 0);
    command.args(["-A", "tasks", "inspect", "stats", "--json"]);
    let told = redis.finish(command);
    let stats: Value = serde_json::from_str(told.lines().next().unwrap_or_default()).expect("JSON");
    let total = stats["one@testhost"]["total"].as_object().expect("by task").values();
    total.filter_map(Value::as_f64).sum()
}

fn shows_what_happened(appliance: &Appliance, redis: &Redis) {
    let page = appliance.admin().get("/app/v1/queues").expect(200).json();
    let broker = &page["brokers"][0];
    assert_eq!(
        (&broker["broker"], &broker["problem"]),
        (&Value::from(redis.label(0)), &Value::from("")),
        "{page}"
    );
    assert_eq!(page["workers"][0]["worker"], "one@testhost");
    assert_eq!(page["workers"][0]["online"], true);
    let names: Vec<&str> =
        page["queues"].as_array().unwrap().iter().filter_map(|one| one["queue"].as_str()).collect();
    assert_eq!(names, ["celery", "slow"]);
}

fn workers_that_do_not_tell_are_asked_to_where_the_settings_say_so() {
    const PREFIX: &str = "shop:";
    let redis = Redis::start(Some("s3cret"));
    let keys = format!("key_prefix = \"{PREFIX}\"\nenable_events = true");
    let silent = format!("key_prefix = \"{PREFIX}\"");
    let (asking, only_hearing) = (watched(&redis, 3, &keys), watched(&redis, 2, &silent));
    let _three = worker(&redis, 3, PREFIX, &[]);
    let _two = worker(&redis, 2, PREFIX, &[]);
    await_value(asking.client(), "celery_worker_up", 1.0);
    await_value(only_hearing.client(), "celery_worker_up", 1.0);
    // The order is given as soon as the worker was heard of; until it has come some tasks may stay untold.
    eventually("a task that is told of", || {
        send(&redis, 3, PREFIX, &["add*1"]);
        value(asking.client(), "celery_task_succeeded_total > 0")
    });
    send(&redis, 2, PREFIX, &["add*1"]);
    await_value(only_hearing.client(), "celery_worker_tasks_processed_total", 1.0);
    eventually("what to do about it", || {
        let page = only_hearing.admin().get("/app/v1/queues").expect(200).json();
        page.to_string().contains("start them with -E").then_some(())
    });
    assert_eq!(value(only_hearing.client(), "sum(celery_task_succeeded_total)"), None);
    await_value(only_hearing.client(), "celery_queue_length{queue_name=\"celery\"}", 0.0);
}
