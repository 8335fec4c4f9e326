//! What Celery's workers and clients publish about their tasks and themselves.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::jobs::Job;
use super::{Member, Simulation};
use crate::redis;

const HEARTBEAT: Duration = Duration::from_secs(2);
const WORKERS: [Member; 2] = [Member::Worker1, Member::Worker2];

impl Simulation {
    /// Every worker tells every two seconds that it is there.
    pub(super) fn plan_heartbeats(&mut self) {
        self.after(HEARTBEAT, |shop| {
            for worker in WORKERS.into_iter().filter(|worker| shop.place(*worker).ready) {
                shop.tell_of_worker(worker, "heartbeat");
            }
            shop.plan_heartbeats();
        });
    }

    /// A worker tells of itself: `online`, `heartbeat`, `offline`.
    pub(super) fn tell_of_worker(&self, worker: Member, what: &'static str) {
        let told = self
            .meters
            .read(|counts| counts.program(worker).map(|program| (program.jobs_active, program.jobs_done)));
        let (active, processed) = told.unwrap_or_default();
        let more = json!({ "freq": 2.0, "active": active, "processed": processed, "sw_ident": "py-celery" });
        self.publish(worker, "celery", &format!("worker-{what}"), more);
    }

    /// A client has sent a task.
    pub(super) fn tell_of_sending(&self, by: Member, job: &Job) {
        let more =
            json!({ "uuid": job.id, "name": job.task.name(), "queue": "celery", "retries": job.attempt - 1 });
        self.publish(by, "gen1", "task-sent", more);
    }

    /// A worker tells of a task: `received`, `started`, `succeeded`, `failed`, `retried`.
    pub(super) fn tell_of_task(&self, worker: Member, job: &Job, what: &'static str, more: Value) {
        let mut all = json!({ "uuid": job.id });
        if what == "received" {
            all["name"] = json!(job.task.name());
        }
        if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
            all.extend(more);
        }
        self.publish(worker, "celery", &format!("task-{what}"), all);
    }

    fn publish(&self, by: Member, node: &str, kind: &str, mut event: Value) {
        let host = &self.place(by).id[..12];
        let at = self.now.millis() as f64 / 1000.0;
        self.meters.publish(|| {
            event["type"] = json!(kind);
            event["hostname"] = json!(format!("{node}@{host}"));
            event["timestamp"] = json!(at);
            let routing_key = kind.replace('-', ".");
            let envelope = json!({
                "body": STANDARD.encode(event.to_string()),
                "content-encoding": "utf-8",
                "content-type": "application/json",
                "headers": { "hostname": format!("{node}@{host}") },
                "properties": {
                    "delivery_mode": 1,
                    "delivery_info": { "exchange": "celeryev", "routing_key": routing_key },
                    "priority": 0,
                    "body_encoding": "base64",
                },
            });
            let parts =
                ["pmessage", "/0.celeryev/*", &format!("/0.celeryev/{routing_key}"), &envelope.to_string()];
            format!("*4\r\n{}", parts.map(redis::text).concat())
        });
    }
}
