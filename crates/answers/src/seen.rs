//! What is known at one instant, as far as it may tell that something is broken. Plain facts: whoever holds the engines
//! gathers them, a few milliseconds' work every few seconds. Times are milliseconds since the epoch.

use api::{HealthState, IssueSubstatus, Millis, RunState, Severity};

/// Everything at one instant.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Seen {
    /// The instant.
    pub at: Millis,
    /// Whatever has a name of its own.
    pub services: Vec<Service>,
    /// Certificates that are served.
    pub certificates: Vec<Certificate>,
    /// File systems of the host.
    pub disks: Vec<Disk>,
    /// Alerts that fire.
    pub alerts: Vec<Alert>,
    /// Why Porthole does not see the containers; empty: it does.
    pub blind: String,
}

/// Whose something is; sorts as the page sorts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default))]
pub struct Who {
    /// `production`, `staging`, …
    pub environment: String,
    /// The compose project.
    pub project: String,
    /// The service.
    pub service: String,
}

/// One service.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Service {
    /// Which.
    pub who: Who,
    /// Under which others find it: aliases in networks, addresses, names of containers.
    pub names: Vec<String>,
    /// Its containers, but for those that somebody ran once by hand.
    pub containers: Vec<Container>,
    /// When it last got another image.
    pub deploy: Option<Deploy>,
    /// Requests, by route.
    pub traffic: Vec<Traffic>,
    /// Open issues of which events came lately.
    pub issues: Vec<Issue>,
    /// What its lines of errors look like.
    pub patterns: Vec<Pattern>,
    /// Its probes.
    pub probes: Vec<Probe>,
    /// Its scraped targets that do not answer.
    pub targets: Vec<Target>,
    /// Queues that it takes tasks from.
    pub queues: Vec<Queue>,
    /// Its jobs that check in.
    pub monitors: Vec<Monitor>,
    /// What its slow requests spend their time with, where that is known.
    pub slowness: Option<Slowness>,
}

/// A container.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Container {
    /// Its name.
    pub name: String,
    /// What it is doing.
    pub state: RunState,
    /// What its health check says.
    pub health: HealthState,
    /// Of its last end.
    pub exit_code: Option<i64>,
    /// The kernel ended it for want of memory.
    pub oom: bool,
    /// Somebody told it to end.
    pub asked: bool,
    /// How often it was started again within the last ten minutes.
    pub restarts: u64,
    /// When it last started.
    pub started: Option<Millis>,
    /// When it last ended.
    pub ended: Option<Millis>,
    /// Its memory limit.
    pub memory_limit: Option<f64>,
    /// Its last line before it ended, where that tells something.
    pub last_words: String,
}

impl Default for Container {
    fn default() -> Self {
        Self {
            name: String::new(),
            state: RunState::Running,
            health: HealthState::None,
            exit_code: None,
            oom: false,
            asked: false,
            restarts: 0,
            started: None,
            ended: None,
            memory_limit: None,
            last_words: String::new(),
        }
    }
}

/// A container was replaced by one of another image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Deploy {
    /// When the new one started.
    pub at: Millis,
    /// The new image.
    pub image: String,
    /// The old one.
    pub before: String,
}

/// Requests of one route, or transactions of one service, within the last minute.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Traffic {
    /// `web@docker`
    pub route: String,
    /// The path that most of the failing or slow ones ask for; empty: it is many.
    pub path: String,
    /// How many there were.
    pub requests: u64,
    /// Of these, answered 5xx.
    pub failed: u64,
    /// 95 of 100 took no longer.
    pub p95_ms: Option<f64>,
    /// Clients whose requests failed within the last minutes.
    pub clients: u64,
    /// Why the proxy itself refused most of the failed ones; empty: the application answered.
    pub why: String,
    /// As it is otherwise; `None`: not known yet.
    pub usual: Option<Usual>,
}

/// How requests usually go.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Usual {
    /// In a minute.
    pub requests: f64,
    /// The share of 5xx, 0 to 1.
    pub failed: f64,
    /// The time of 95 of 100.
    pub p95_ms: Option<f64>,
}

/// An issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Issue {
    /// Names it.
    pub id: i64,
    /// Names it to people.
    pub short_id: String,
    /// The error's class.
    pub title: String,
    /// What it said.
    pub message: String,
    /// Where.
    pub culprit: String,
    /// New, regressed, escalating, or as it always was.
    pub turn: IssueSubstatus,
    /// When it first came.
    pub first: Millis,
    /// When it came last.
    pub last: Millis,
    /// Events within the last ten minutes.
    pub events: u64,
    /// Users within the last hour.
    pub users: u64,
    /// Whether it is one of an error, not a warning.
    pub error: bool,
}

/// What some lines look like.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Pattern {
    /// The pattern.
    pub pattern: String,
    /// The newest of the lines.
    pub example: String,
    /// How many there were within the last two minutes.
    pub lines: u64,
    /// How many there usually are in two minutes; 0: it is new.
    pub usual: f64,
    /// When the first of the newest ones came.
    pub since: Millis,
}

/// A probe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Probe {
    /// What people call it.
    pub name: String,
    /// What is probed.
    pub url: String,
    /// Why it fails; empty: it passes.
    pub problem: String,
    /// Since when.
    pub since: Millis,
    /// How often it is tried.
    pub interval: Millis,
}

/// A target that does not answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Target {
    /// What is scraped.
    pub url: String,
    /// Why it does not answer.
    pub problem: String,
}

/// A queue.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Its broker.
    pub broker: String,
    /// Tasks that wait.
    pub length: u64,
    /// How many waited a minute ago; `None`: not known.
    pub before: Option<u64>,
    /// How many usually wait; `None`: not known yet.
    pub usual: Option<f64>,
    /// How long the oldest has waited.
    pub oldest_s: Option<f64>,
    /// Workers that were heard of lately.
    pub workers: u32,
    /// How many there were within the last hour.
    pub workers_usual: u32,
    /// Tasks that ended in a second; `None`: nobody tells.
    pub ended_per_s: Option<f64>,
    /// Of these, tasks that failed.
    pub failed_per_s: Option<f64>,
    /// Why the broker cannot be looked at; empty: it can.
    pub problem: String,
}

/// A job that checks in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Monitor {
    /// What names it.
    pub name: String,
    /// `missed`, `timeout`, `error`; empty: it is well.
    pub state: String,
    /// Since when.
    pub since: Millis,
}

/// What slow requests spend their time with.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Slowness {
    /// The transaction.
    pub transaction: String,
    /// How long it took.
    pub total_ms: f64,
    /// The step that took longest: `db`, `http.client`, …
    pub op: String,
    /// What that did.
    pub step: String,
    /// How long that took.
    pub step_ms: f64,
    /// How often it was done.
    pub times: u32,
    /// Names the example.
    pub example: i64,
}

/// A certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Certificate {
    /// Whose requests it is served for; empty: not known.
    pub who: Who,
    /// Its first name.
    pub name: String,
    /// From when it holds.
    pub from: Millis,
    /// Until when.
    pub ends: Millis,
    /// Who renews it; empty: nobody that Porthole knows.
    pub resolver: String,
    /// What renewing it said last; empty: it did not fail.
    pub failure: String,
    /// Where it was seen: `proxy`, or a probe's name.
    pub place: String,
}

/// A file system.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Disk {
    /// The machine.
    pub host: String,
    /// Where it is mounted.
    pub mount: String,
    /// Its bytes.
    pub size: f64,
    /// Those that are left.
    pub free: f64,
    /// It is full in so many seconds if it goes on as it did; `None`: it does not fill up.
    pub full_in_s: Option<f64>,
    /// Who writes most, in bytes per second.
    pub writers: Vec<(String, f64)>,
}

/// An alert that fires.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Alert {
    /// Names it.
    pub fingerprint: String,
    /// The rule's name.
    pub name: String,
    /// Whose; an empty service: nobody's.
    pub who: Who,
    /// The mount point, the certificate's name or the issue's short id that it is about; empty: none.
    pub about: String,
    /// Its tier.
    pub severity: Severity,
    /// Since when.
    pub since: Millis,
    /// What broke.
    pub what: String,
    /// How bad it is.
    pub how_bad: String,
    /// What to do.
    pub do_now: String,
}
