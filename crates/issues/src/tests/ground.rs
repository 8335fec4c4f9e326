//! A store whose clock is the test's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use event::{Arrival, Event, EventId, Rules, Scrubber, group, normalise};
use model::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::clock::Clock;
use crate::config::Config;
use crate::issues::{Issues, Parts};
use crate::limits::Limits;
use crate::prepared::{Delivery, Prepared};
use crate::project::Project;
use crate::read::Issue;
use crate::spool::Spool;
use crate::work::{Storage, WorkError};

/// 2026-01-01T00:00:00Z
pub(super) const START_MS: i64 = 1_767_225_600_000;

pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

pub(super) struct Ground {
    pub(super) directory: Arc<TempDir>,
    pub(super) issues: Issues,
    pub(super) spool: Spool,
    pub(super) storage: Storage,
    pub(super) now_ms: Arc<AtomicI64>,
    pub(super) config: Config,
    pub(super) limits: Limits,
    pub(super) sent: u64,
    /// As time passes for the upkeep.
    instant: Instant,
}

/// What an event of the tests tells.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) class: &'static str,
    pub(super) message: String,
    pub(super) function: String,
    pub(super) release: Option<&'static str>,
    pub(super) user: Option<String>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) environment: &'static str,
}

impl Default for Sent {
    fn default() -> Self {
        Self {
            class: "ValueError",
            message: "price is negative".to_owned(),
            function: "checkout".to_owned(),
            release: None,
            user: None,
            tags: Vec::new(),
            environment: "production",
        }
    }
}

impl Ground {
    pub(super) fn new() -> Self {
        Self::with(Config::default(), Limits::default())
    }

    pub(super) fn with(config: Config, limits: Limits) -> Self {
        let now_ms = Arc::new(AtomicI64::new(START_MS));
        Self::at(Arc::new(TempDir::new().unwrap()), now_ms, config, limits)
    }

    pub(super) fn at(
        directory: Arc<TempDir>,
        now_ms: Arc<AtomicI64>,
        config: Config,
        limits: Limits,
    ) -> Self {
        let parts = Parts::open(config.clone(), directory.path(), limits, clock(&now_ms)).unwrap();
        let Parts { issues, spool, storage, .. } = parts;
        Self { directory, issues, spool, storage, now_ms, config, limits, sent: 0, instant: Instant::now() }
    }

    /// As after a kill: what is in memory is gone.
    pub(super) fn restarted(self) -> Self {
        let Self { directory, issues, spool, storage, now_ms, config, limits, sent, .. } = self;
        drop((issues, spool, storage));
        Self { sent, ..Self::at(directory, now_ms, config, limits) }
    }

    pub(super) fn project(&self) -> Arc<Project> {
        self.issues.projects().into_iter().next().unwrap()
    }

    pub(super) fn now(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    pub(super) fn pass(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Spools an event. Gives its id.
    pub(super) fn spool(&mut self, sent: &Sent) -> EventId {
        self.sent += 1;
        let event = event(sent, self.sent, self.now());
        let id = event.id;
        self.spool_items(vec![prepared(event)]);
        id
    }

    pub(super) fn spool_items(&mut self, items: Vec<Prepared>) {
        let delivery = Delivery { project: self.project(), client: "sentry.python/2.75.0".to_owned(), items };
        let parceled = self.issues.pack(delivery).unwrap();
        let shared = &self.storage.shared;
        let bytes: usize = parceled.parcel.items.iter().map(crate::spool::Item::bytes).sum();
        shared.backlog.fetch_add(bytes as u64, Ordering::Relaxed);
        let last = self.spool.write(&[parceled.parcel], shared.worked.load(Ordering::Acquire)).unwrap();
        shared.spooled.store(last, Ordering::Release);
        parceled.bundle.keep();
    }

    pub(super) fn try_work(&mut self) -> Result<(), WorkError> {
        while self.storage.work()? {}
        Ok(())
    }

    /// Spools an event and works it in.
    pub(super) fn send(&mut self, sent: &Sent) -> EventId {
        let id = self.spool(sent);
        self.try_work().unwrap();
        id
    }

    /// Upkeep until nothing is left.
    pub(super) fn upkeep(&mut self) {
        for _ in 0..3 {
            self.instant += Duration::from_secs(3600);
            while self.storage.upkeep(self.instant).unwrap() {}
        }
    }

    /// All issues, the first first.
    pub(super) fn all(&self) -> Vec<Issue> {
        let ids = |connection: &rusqlite::Connection| -> rusqlite::Result<Vec<i64>> {
            let mut select = connection.prepare("SELECT id FROM issue ORDER BY id")?;
            select.query_map([], |row| row.get(0))?.collect()
        };
        let ids = self.issues.read(ids).unwrap();
        ids.into_iter().filter_map(|id| self.issues.issue(id).unwrap()).collect()
    }

    pub(super) fn only(&self) -> Issue {
        let mut all = self.all();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    pub(super) fn number(&self, sql: &str) -> i64 {
        self.issues.read(|connection| connection.query_row(sql, [], |row| row.get(0))).unwrap()
    }

    pub(super) fn faults(&self) -> Vec<String> {
        self.issues.faults().iter().map(|fault| format!("{}: {}", fault.subject, fault.message)).collect()
    }
}

pub(super) fn clock(now_ms: &Arc<AtomicI64>) -> Clock {
    let now = now_ms.clone();
    Clock::new(move || Timestamp::from_millis(now.load(Ordering::Relaxed)))
}

pub(super) fn prepared(event: Event) -> Prepared {
    let grouping = group(&event, &Rules::default());
    Prepared::Event(Box::new(event), grouping)
}

/// An event as intake would make it.
pub(super) fn event(sent: &Sent, number: u64, now_ms: i64) -> Event {
    let mut raw = json!({
        "event_id": format!("{number:032x}"),
        "timestamp": now_ms as f64 / 1000.0,
        "platform": "python",
        "level": "error",
        "environment": sent.environment,
        "tags": sent.tags.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
        "exception": { "values": [{
            "type": sent.class,
            "value": sent.message,
            "stacktrace": { "frames": frames(&sent.function) },
        }] },
    });
    if let Some(release) = sent.release {
        raw["release"] = Value::from(release);
    }
    if let Some(user) = &sent.user {
        raw["user"] = json!({ "id": user });
    }
    let now = Timestamp::from_millis(now_ms);
    let arrival = Arrival { received: now, ..Arrival::default() };
    normalise(raw.to_string().as_bytes(), &arrival, &Scrubber::off()).unwrap()
}

fn frames(function: &str) -> Vec<Value> {
    let library = (0..20).map(|line| {
        json!({ "module": "django.core.handlers", "function": format!("inner{line}"), "lineno": line, "in_app": false,
                "context_line": format!("    response = self.middleware{line}(request)") })
    });
    let own = json!({ "module": "shop.views", "function": function, "lineno": 7, "in_app": true,
                      "context_line": format!("    total = {function}(bill)") });
    library.chain([own]).collect()
}
