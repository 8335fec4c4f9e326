//! Background jobs: the queue in Redis, and the Celery workers that take from it.

use std::collections::VecDeque;
use std::time::Duration;

use model::Timestamp;
use serde_json::json;

use super::reporting::Tasked;
use super::style::{celery, go, java, node, python};
use super::{Member, Simulation};
use crate::engine::Stream;
use crate::incident::Kind;
use crate::meters::Queue;

const WORKERS: [Member; 2] = [Member::Worker1, Member::Worker2];
/// Processes of each worker.
const LANES: u8 = 2;
/// Redis keeps no more; what comes then is lost, and the shop says so.
const WAITING_MAX: usize = 2_000;
const ATTEMPTS_MAX: u32 = 3;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    CapturePayment,
    SendReceipt,
    SyncStock,
    ExpireCarts,
    Reindex,
}

/// One message in the queue.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) task: Task,
    /// The order and the request that it is about.
    order: Option<(u32, String)>,
    pub(super) attempt: u32,
}

/// The queue, and what the workers are at.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    waiting: VecDeque<(Timestamp, Job)>,
    running: Vec<Running>,
}

#[derive(Debug)]
struct Running {
    since: Timestamp,
    worker: Member,
    lane: u8,
    job: Job,
}

impl Task {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CapturePayment => "shop.tasks.capture_payment",
            Self::SendReceipt => "shop.tasks.send_receipt",
            Self::SyncStock => "shop.tasks.sync_stock",
            Self::ExpireCarts => "shop.tasks.expire_carts",
            Self::Reindex => "shop.tasks.reindex_products",
        }
    }

    /// The monitor of what the beat sends at full minutes, and how many lie between.
    fn monitor(self) -> Option<(&'static str, u32)> {
        match self {
            Self::ExpireCarts => Some(("expire-carts", 1)),
            Self::Reindex => Some(("reindex-products", 7)),
            _ => None,
        }
    }

    fn millis(self) -> std::ops::Range<u64> {
        match self {
            Self::CapturePayment => 250..1_100,
            Self::SendReceipt => 90..420,
            Self::SyncStock => 600..2_400,
            Self::ExpireCarts => 60..300,
            Self::Reindex => 3_000..8_000,
        }
    }
}

impl Job {
    pub(super) fn new(id: String, task: Task) -> Self {
        Self { id, task, order: None, attempt: 1 }
    }

    pub(super) fn of_order(self, order: u32, request: &str) -> Self {
        Self { order: Some((order, request.to_owned())), ..self }
    }

    fn told(&self) -> Tasked<'_> {
        let request = self.order.as_ref().map(|(_, request)| request.as_str());
        Tasked { id: &self.id, name: self.task.name(), request }
    }

    /// `Task shop.tasks.send_receipt[…]`
    fn title(&self) -> String {
        format!("Task {}[{}]", self.task.name(), self.id)
    }
}

impl Jobs {
    /// How many wait, and since when the first of them.
    pub(super) fn backlog(&self) -> (usize, Option<Timestamp>) {
        (self.waiting.len(), self.waiting.front().map(|(since, _)| *since))
    }

    /// As Redis holds it.
    pub(super) fn queue(&self) -> Queue {
        let oldest = self.running.iter().map(|running| running.since).min();
        Queue { waiting: self.waiting.len(), running: self.running.len(), oldest }
    }
}

impl Simulation {
    /// What the beat sends again and again.
    pub(super) fn plan_jobs(&mut self) {
        self.repeat_job(Task::SyncStock, "sync-stock", 30);
        self.repeat_job(Task::ExpireCarts, "expire-carts", 60);
        self.repeat_job(Task::Reindex, "reindex-products", 420);
    }

    fn repeat_job(&mut self, task: Task, entry: &'static str, seconds: u64) {
        self.after(Duration::from_secs(seconds), move |shop| {
            if shop.place(Member::Beat).ready {
                let text = format!("Scheduler: Sending due task {entry} ({})", task.name());
                let line = celery::line(&shop.stamp(), "INFO", "MainProcess", &text);
                shop.say(Member::Beat, Stream::Stderr, &line);
                let job = Job::new(shop.uuid(), task);
                shop.enqueue(Member::Beat, job);
            }
            shop.repeat_job(task, entry, seconds);
        });
    }

    /// `by` sends a job.
    pub(super) fn enqueue(&mut self, by: Member, job: Job) {
        if self.jobs.waiting.len() < WAITING_MAX {
            self.tell_of_sending(by, &job);
            self.jobs.waiting.push_back((self.now, job));
            self.dispatch();
            return;
        }
        let text = format!("queue celery is full, {} is dropped", job.task.name());
        let line = celery::line(&self.stamp(), "CRITICAL", "MainProcess", &text);
        self.say(Member::Beat, Stream::Stderr, &line);
    }

    /// Gives waiting jobs to idle processes.
    pub(super) fn dispatch(&mut self) {
        while !self.jobs.waiting.is_empty() {
            let idle = self.idle_lanes();
            if idle.is_empty() {
                return;
            }
            let (worker, lane) = self.pick(&idle);
            if let Some((_, job)) = self.jobs.waiting.pop_front() {
                self.begin_job(worker, lane, job);
            }
        }
    }

    /// A worker ended: what it was at goes back to the front of the queue.
    pub(super) fn give_back_jobs(&mut self, worker: Member) {
        let now = self.now;
        let lost = self.jobs.running.extract_if(.., |running| running.worker == worker);
        let lost: Vec<_> = lost.map(|running| (now, running.job)).collect();
        lost.into_iter().for_each(|job| self.jobs.waiting.push_front(job));
        self.dispatch();
    }

    fn idle_lanes(&self) -> Vec<(Member, u8)> {
        let lanes = WORKERS.into_iter().flat_map(|worker| (1..=LANES).map(move |lane| (worker, lane)));
        let is_busy = |worker, lane| {
            self.jobs.running.iter().any(|running| running.worker == worker && running.lane == lane)
        };
        lanes.filter(|(worker, lane)| self.place(*worker).ready && !is_busy(*worker, *lane)).collect()
    }

    fn begin_job(&mut self, worker: Member, lane: u8, job: Job) {
        let stuck = self.is_on(Kind::Payments) && job.task == Task::CapturePayment;
        let took = if stuck { self.millis(25_000..30_000) } else { self.millis(job.task.millis()) };
        self.worker_says(worker, "INFO", 0, &format!("{} received", job.title()));
        if let (Task::CapturePayment, Some((order, request))) = (job.task, &job.order) {
            let text =
                format!("capturing payment of order {order}, attempt {}, request_id={request}", job.attempt);
            self.worker_says(worker, "INFO", lane, &text);
        }
        self.tell_of_task(worker, &job, "received", json!({}));
        self.tell_of_task(worker, &job, "started", json!({}));
        if let Some(monitor) = job.task.monitor() {
            self.report_run(worker, monitor, &job.id, None);
        }
        self.meters.of(worker, |program| program.jobs_active += 1);
        self.jobs.running.push(Running { since: self.now, worker, lane, job });
        self.alive_after(worker, took, move |shop| shop.finish_job(worker, lane, took, stuck));
    }

    fn finish_job(&mut self, worker: Member, lane: u8, took: Duration, stuck: bool) {
        let found = self.jobs.running.iter().position(|one| one.worker == worker && one.lane == lane);
        let Some(index) = found else { return };
        let job = self.jobs.running.remove(index).job;
        self.meters.of(worker, |program| {
            program.jobs_active = program.jobs_active.saturating_sub(1);
            program.jobs_done += 1;
            program.worked += took.as_secs_f64() * if stuck { 0.01 } else { 0.6 };
        });
        let failure = match job.task {
            _ if stuck => Some(python::CAPTURE_TIMEOUT),
            Task::SyncStock | Task::ExpireCarts if self.is_on(Kind::Database) && self.chance(0.7) => {
                Some(python::WORKER_NO_DATABASE)
            }
            Task::SendReceipt if !self.place(Member::Mailer).ready => Some(python::NO_MAILER),
            _ => None,
        };
        match failure {
            Some(failure) => {
                self.report_task(worker, &job.told(), took, "internal_error");
                self.retry_job(worker, lane, job, &failure);
            }
            None => self.complete_job(worker, lane, &job, took),
        }
        self.dispatch();
    }

    fn complete_job(&mut self, worker: Member, lane: u8, job: &Job, took: Duration) {
        self.tell_neighbours(job);
        self.report_task(worker, &job.told(), took, "ok");
        if let Some(monitor) = job.task.monitor() {
            self.report_run(worker, monitor, &job.id, Some((true, took)));
        }
        let text = format!("{} succeeded in {:.9}s: None", job.title(), took.as_secs_f64());
        self.worker_says(worker, "INFO", lane, &text);
        self.tell_of_task(
            worker,
            job,
            "succeeded",
            json!({ "result": "None", "runtime": took.as_secs_f64() }),
        );
    }

    /// What a job makes others write.
    fn tell_neighbours(&mut self, job: &Job) {
        let stamp = self.stamp();
        match (job.task, &job.order) {
            (Task::CapturePayment, Some((order, request))) => {
                let line = go::line(
                    &stamp,
                    "INFO",
                    "payment captured",
                    &format!("order={order} request_id={request}"),
                );
                self.say(Member::Billing, Stream::Stderr, &line);
            }
            (Task::SendReceipt, Some((order, request))) => {
                let millis = self.number(40..320);
                let line = node::receipt(self.now, *order, request, millis);
                self.say(Member::Mailer, Stream::Stdout, &line);
            }
            (Task::Reindex, _) => {
                let text = format!("index products rebuilt, documents={}", self.number(11_800..12_100));
                let line = java::line(&stamp, "INFO", "c.e.shop.search.Indexer", &text);
                self.say(Member::Search, Stream::Stdout, &line);
            }
            _ => {}
        }
    }

    fn retry_job(&mut self, worker: Member, lane: u8, mut job: Job, failure: &python::Failure) {
        let request =
            job.order.as_ref().map(|(_, request)| format!(" request_id={request}")).unwrap_or_default();
        if job.attempt >= ATTEMPTS_MAX {
            self.sales.note_error();
            let text = format!(
                "{} raised unexpected: {}{request}\n{}",
                job.title(),
                failure.error,
                failure.traceback
            );
            self.worker_says(worker, "ERROR", lane, &text);
            self.tell_of_task(worker, &job, "failed", json!({ "exception": failure.error }));
            self.report_failure(worker, &job.told(), failure.traceback);
            if let Some(monitor) = job.task.monitor() {
                self.report_run(worker, monitor, &job.id, Some((false, Duration::ZERO)));
            }
            return;
        }
        let seconds = 20 * u64::from(job.attempt);
        let text = format!(
            "{} retry: Retry in {seconds}s: {}{request}\n{}",
            job.title(),
            failure.error,
            failure.traceback
        );
        self.worker_says(worker, "WARNING", lane, &text);
        self.tell_of_task(worker, &job, "retried", json!({ "exception": failure.error }));
        job.attempt += 1;
        self.after(Duration::from_secs(seconds), move |shop| shop.enqueue(worker, job));
    }

    fn worker_says(&mut self, worker: Member, level: &str, lane: u8, text: &str) {
        let process = if lane == 0 { "MainProcess".to_owned() } else { format!("ForkPoolWorker-{lane}") };
        let line = celery::line(&self.stamp(), level, &process, text);
        self.say(worker, Stream::Stderr, &line);
    }
}
