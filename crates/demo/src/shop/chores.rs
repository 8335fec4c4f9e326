//! What goes on by itself: checkpoints, snapshots, the cron job, the console, the queue's watch.

use std::time::Duration;

use super::style::{self, Script, celery, console, go};
use super::{Member, Simulation};
use crate::engine::Stream;

/// From how many waiting jobs on the beat warns.
const BACKLOG_WARNED: usize = 6;
/// The monitor of the cron job, which runs every minute.
const CLEANUP: (&str, u32) = ("cleanup-sessions", 1);
/// Longer than a piece of a log line may be, so that it is sent in several.
const WEBHOOK_BYTES: usize = 20_000;

impl Simulation {
    pub(super) fn plan_chores(&mut self) {
        self.every(Duration::from_secs(300), |shop| shop.tell(Member::Db, style::postgres::CHECKPOINT));
        self.every(Duration::from_secs(60), |shop| shop.tell(Member::Db, style::postgres::VACUUM));
        self.every(Duration::from_secs(240), |shop| shop.tell(Member::Redis, style::redis::SNAPSHOT));
        self.every(Duration::from_secs(45), |shop| shop.tell(Member::Search, style::java::MERGE));
        self.every(Duration::from_secs(600), Self::receive_webhook);
        self.every(Duration::from_secs(150), Self::recycle_gunicorn);
        self.at_full_minutes(Self::clean_up);
        self.every(Duration::from_secs(30), Self::watch_queue);
        self.every(Duration::from_secs(5), Self::refresh_console);
        self.every(Duration::from_secs(60), Self::report_sessions);
    }

    fn every(&mut self, pause: Duration, act: fn(&mut Self)) {
        self.after(pause, move |shop| {
            act(shop);
            shop.every(pause, act);
        });
    }

    /// As cron does it.
    fn at_full_minutes(&mut self, act: fn(&mut Self)) {
        let minute = Duration::from_secs(60);
        let passed = Duration::from_millis(self.now.millis().rem_euclid(60_000).unsigned_abs());
        self.after(minute - passed, move |shop| {
            act(shop);
            shop.every(minute, act);
        });
    }

    /// The cron job: its container is started, does its work in two seconds, and ends.
    fn clean_up(&mut self) {
        const FAILING: f64 = 0.06;
        if self.place(Member::Cleanup).alive {
            return;
        }
        self.boot(Member::Cleanup);
        let fails = self.chance(FAILING);
        let script: Script = if fails { style::cron::FAILURE } else { style::cron::SUCCESS };
        self.tell(Member::Cleanup, script);
        let run = self.fresh_run();
        self.report_run(Member::Cleanup, CLEANUP, &run, None);
        let lives = self.millis(1_900..2_300);
        self.alive_after(Member::Cleanup, lives, move |shop| {
            shop.report_run(Member::Cleanup, CLEANUP, &run, Some((!fails, lives)));
            shop.end(Member::Cleanup, i64::from(fails), false);
        });
    }

    fn watch_queue(&mut self) {
        let (waiting, since) = self.jobs.backlog();
        if waiting < BACKLOG_WARNED {
            return;
        }
        let age = self.now.since(since.unwrap_or(self.now)).as_secs();
        let text = format!("queue celery: {waiting} jobs wait, the oldest for {age}s");
        let line = celery::line(&self.stamp(), "WARNING", "MainProcess", &text);
        self.say(Member::Beat, Stream::Stderr, &line);
    }

    fn refresh_console(&mut self) {
        let (orders, errors) = self.sales.take();
        let (waiting, _) = self.jobs.backlog();
        let line = console::line(&self.stamp(), orders, waiting, errors);
        self.say(Member::Console, Stream::Stdout, &line);
    }

    /// gunicorn replaces a worker process after so many requests.
    fn recycle_gunicorn(&mut self) {
        let web = self.pick(&[Member::Web1, Member::Web2]);
        self.tell(web, style::gunicorn::RECYCLE);
    }

    /// The provider's notification, logged whole by somebody who was debugging once.
    fn receive_webhook(&mut self) {
        let mut payload = String::from("{\\\"events\\\":[");
        while payload.len() < WEBHOOK_BYTES {
            let id = self.hex(24);
            payload
                .push_str(&format!("{{\\\"type\\\":\\\"charge.succeeded\\\",\\\"id\\\":\\\"evt_{id}\\\"}},"));
        }
        payload.push_str("{}]}");
        let line = go::line(&self.stamp(), "DEBUG", "webhook received", &format!("payload=\"{payload}\""));
        self.say(Member::Billing, Stream::Stderr, &line);
    }
}
