//! RQ: jobs by status, and workers.

use serde_json::Value;

use super::parts::{Redis, await_value};
use crate::harness::Home;
use crate::harness::http::Client;

tests! {
    [Celery]:
        jobs_are_those_that_rq_counts;
}

fn jobs_are_those_that_rq_counts() {
    let redis = Redis::start(None);
    let url = redis.url(1);
    let toml = format!("[[queue]]\nkind = \"rq\"\nurl = \"{url}\"\ninterval = \"1s\"\n");
    let appliance = Home::new().with(&toml).start();
    let client = appliance.client();
    let mut command = redis.program("python", 1);
    command.args(["work.py", "default/fine*5", "default/fails*2", "high/fine*3"]);
    redis.finish(command);
    await_value(client, "rq_jobs{queue=\"default\", status=\"queued\"}", 7.0);
    equal(&redis, client);

    let mut command = redis.program("rq", 1);
    command.args(["worker", "--url", &url, "--burst", "default"]);
    redis.finish(command);
    await_value(client, "rq_jobs{queue=\"default\", status=\"failed\"}", 2.0);
    equal(&redis, client);
    await_value(client, "rq_jobs{queue=\"high\", status=\"queued\"}", 3.0);

    let mut command = redis.program("rq", 1);
    command.args(["worker", "--url", &url, "--name", "w1", "high"]);
    let _worker = redis.spawn(command);
    await_value(client, "rq_workers_success_total{name=\"w1\"}", 3.0);
    await_value(client, "rq_workers{name=\"w1\", state=\"idle\", queues=\"high\"}", 1.0);
    equal(&redis, client);
}

/// Every count that RQ tells of itself.
fn equal(redis: &Redis, client: &Client) {
    let mut command = redis.program("python", 1);
    command.args(["work.py", "count"]);
    let told: Value = serde_json::from_str(&redis.finish(command)).unwrap();
    for (queue, counts) in told["jobs"].as_object().expect("queues") {
        for (status, count) in counts.as_object().expect("counts") {
            let query = format!("rq_jobs{{queue=\"{queue}\", status=\"{status}\"}}");
            await_value(client, &query, count.as_f64().unwrap());
        }
    }
}
