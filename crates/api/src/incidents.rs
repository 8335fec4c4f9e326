//! Incidents: what is broken, since when, how bad it is, why, and what to do.
//!
//! | call | answer | fault |
//! |---|---|---|
//! | `GET situation` | [`Situation`] | – |
//! | `GET incidents` | list of [`Incident`]: open ones first, worst first; then ended ones, newest first; at most 100 | – |
//! | `GET incidents/{id}` | [`IncidentPage`] | 404 |
//! | `GET moment?`[`MomentRequest`] | [`Evidence`] | – |
//!
//! The live stream sends a [`Situation`] as the event `situation` whenever it has changed, at most every few seconds.

use serde::{Deserialize, Serialize};

use crate::{Chart, Millis, Numbers};

/// How soon somebody must look. Sorted from the least to the most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Some day.
    #[default]
    Low,
    /// Today.
    Medium,
    /// Now, in working hours.
    High,
    /// Now, whatever the hour: users cannot do what they came for.
    Critical,
}

/// What the first page says before anything else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Situation {
    /// When this was true.
    pub at: Millis,
    /// The sentence on top.
    pub sentence: Sentence,
    /// Open ones, the worst first, at most 50.
    pub incidents: Vec<Incident>,
    /// The one that ended last, where one did within the kept time.
    pub last: Option<Incident>,
    /// Numbers of the tiles, by service; a service without any is missing.
    pub tiles: Vec<TileNumbers>,
    /// What changed within the last day, newest first, at most 30.
    pub changes: Vec<Change>,
    /// The numbers that count, against those of a week before.
    pub week: Vec<WeekNumber>,
}

/// One sentence or two in plain language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// `Checkout fails for 3.2 % of requests since 14:02, two minutes after web was deployed; 41 users affected.`
    /// Clock times stand in it as `{1732370520000}`, milliseconds in braces, for the page to write in its own zone.
    pub text: String,
    /// Of the worst incident; `None`: nothing is wrong.
    pub severity: Option<Severity>,
    /// The incident that it is about, or the last one; empty: there is none.
    pub incident: String,
}

/// Something that is broken, or was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Names it; the same as long as it lasts, and over restarts.
    pub id: String,
    /// Whose it is.
    pub service: String,
    /// Its compose project; empty outside compose.
    pub project: String,
    /// `production`, `staging`, …
    pub environment: String,
    /// How soon somebody must look.
    pub severity: Severity,
    /// What broke, in words: `shop.views.checkout fails`.
    pub what: String,
    /// Since when.
    pub since: Millis,
    /// When it ended; `None`: it has not.
    pub ended: Option<Millis>,
    /// How bad it is.
    pub how_bad: Harm,
    /// The likely cause; `None`: nothing tells.
    pub cause: Option<Cause>,
    /// What to do now, the first thing first.
    pub do_now: Vec<Step>,
    /// What it is put together from, oldest first.
    pub parts: Vec<IncidentPart>,
}

/// How bad it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Harm {
    /// In words, with the usual beside it: `3.2 % of 1,240 requests a minute fail; usually 0.1 %`.
    pub text: String,
    /// Requests that failed or were slow, of the last minute.
    pub requests: Option<u64>,
    /// Their share, 0 to 1.
    pub share: Option<f64>,
    /// Users who met it since it began.
    pub users: Option<u64>,
    /// Tasks that wait or failed.
    pub tasks: Option<u64>,
    /// The number is so many times the usual one.
    pub against_usual: Option<f64>,
}

/// Why it happens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// `web was deployed two minutes before: shop/web:42 in place of shop/web:41.`
    pub text: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// What tells so, the strongest first.
    pub evidence: Vec<Proof>,
}

/// How sure a cause is; from the least to the most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// It came before, no more.
    #[default]
    Possible,
    /// More than one thing points to it.
    Likely,
    /// It was seen.
    Certain,
}

/// Something that tells of a cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// In words.
    pub text: String,
    /// Where on the page it is to be seen; empty: nowhere.
    pub href: String,
}

/// One thing to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// In words.
    pub text: String,
    /// To be pasted to a shell on the host; empty: none is needed.
    pub command: String,
    /// Where on the page it is to be done or seen; empty: nowhere.
    pub href: String,
}

/// What an incident is put together from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentPart {
    /// What it is.
    pub kind: PartKind,
    /// Since when.
    pub at: Millis,
    /// Whose it is: another service than the incident's where that one suffers with it.
    pub service: String,
    /// In words.
    pub text: String,
    /// Where on the page it is to be seen; empty: nowhere.
    pub href: String,
    /// Whether it goes on.
    pub on: bool,
}

/// What a part of an incident is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// Something that happened to a container: it died, it was killed, it is unhealthy.
    #[default]
    Container,
    /// Requests fail.
    Errors,
    /// Requests are slow.
    Slow,
    /// An issue is new, has come back, or escalates.
    Issue,
    /// Lines of the logs that are new, or far more than usual.
    Pattern,
    /// A probe fails.
    Probe,
    /// A target of metrics does not answer.
    Target,
    /// Tasks wait.
    Queue,
    /// A check-in is missing.
    Monitor,
    /// A certificate ends.
    Certificate,
    /// A disk fills up.
    Disk,
    /// An alert fires.
    Alert,
    /// A deploy just before.
    Deploy,
}

/// What stands around a moment of a service, for whoever must act: a page, a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The moment.
    pub at: Millis,
    /// Lines that tell of it, masked already, oldest first; the last ones before the moment.
    pub lines: Vec<EvidenceLine>,
    /// The newest issue of the service that came at that time.
    pub issue: Option<EvidenceIssue>,
    /// The last deploy of the service before, within a day.
    pub deploy: Option<EvidenceDeploy>,
    /// A number over the time before, oldest first; `None`: not measured then.
    pub sparkline: Vec<Option<f64>>,
    /// Where on the page more is to be seen. Paths: whoever sends them puts the public address in front.
    pub links: Vec<EvidenceLink>,
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLine {
    /// When.
    pub at: Millis,
    /// The container, or else the service.
    pub place: String,
    /// Whether it is one of an error.
    pub error: bool,
    /// The line, cut to 500 characters.
    pub text: String,
}

/// An issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceIssue {
    /// Names it.
    pub id: i64,
    /// Names it to people: `SHOP-12`.
    pub short_id: String,
    /// `ValueError: no such card`
    pub title: String,
    /// Where in the code.
    pub culprit: String,
    /// New, regressed, …
    pub turn: crate::IssueSubstatus,
    /// Events in the hour before the moment.
    pub events: u64,
    /// Users ever.
    pub users: u64,
    /// When it first came.
    pub first_seen: Millis,
    /// Its page.
    pub href: String,
}

/// A deploy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceDeploy {
    /// When.
    pub at: Millis,
    /// The new image.
    pub image: String,
    /// What it replaced; empty: not known.
    pub before: String,
    /// Its page.
    pub href: String,
}

/// Where more is to be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLink {
    /// What is there: `Logs around it`.
    pub title: String,
    /// A path of the page: `/logs?…`.
    pub path: String,
}

/// Which moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MomentRequest {
    /// Whose.
    pub service: String,
    /// Its compose project; empty: whichever there is.
    #[serde(default)]
    pub project: String,
    /// Its environment; empty: whichever there is.
    #[serde(default)]
    pub environment: String,
    /// When; 0: now.
    #[serde(default)]
    pub at: Millis,
}

/// One incident whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IncidentPage {
    /// As in the list.
    pub incident: Incident,
    /// What stands around its beginning.
    pub evidence: Evidence,
    /// To be drawn through `metrics/numbers`, from half an hour before to its end.
    pub charts: Vec<Chart>,
    /// Where the charts begin.
    pub start: Millis,
    /// Where they end.
    pub end: Millis,
}

/// Numbers of one tile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TileNumbers {
    /// Whose.
    pub service: String,
    /// Its compose project.
    pub project: String,
    /// Its environment.
    pub environment: String,
    /// The worst open incident that it has a part in; empty: none.
    pub incident: String,
    /// How bad that one is.
    pub severity: Option<Severity>,
    /// Requests per second, of the last minute.
    pub per_second: Option<f64>,
    /// The share of 5xx among them, 0 to 1.
    pub error_share: Option<f64>,
    /// 95 of 100 requests took no longer.
    pub p95_ms: Option<f64>,
    /// Cores that its containers use.
    pub cpu_cores: Option<f64>,
    /// Their memory that cannot be given back.
    pub memory_bytes: Option<f64>,
    /// Their limits together.
    pub memory_limit_bytes: Option<f64>,
    /// Tasks that wait for it.
    pub queue: Option<u64>,
    /// Workers that were heard of lately.
    pub workers: Option<u32>,
    /// How its probes and check-ins do: `Some(true)`: all came. `None`: it has none.
    pub heartbeat: Option<bool>,
}

/// Something that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: Millis,
    /// `deploy`, `issue`, `restart`, `incident`.
    pub kind: ChangeKind,
    /// Whose; empty: nobody's that is known.
    pub service: String,
    /// Its compose project.
    pub project: String,
    /// In words: `shop/web:42 in place of shop/web:41`.
    pub text: String,
    /// Where on the page it is to be seen; empty: nowhere.
    pub href: String,
}

/// What changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// A container was replaced by one of another image.
    #[default]
    Deploy,
    /// An issue is new or has come back.
    Issue,
    /// A container started again, or died.
    Restart,
    /// An incident ended.
    Incident,
}

/// One of the numbers that count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WeekNumber {
    /// `Error rate`, `Response time, p95`, `Uptime`, `Queue backlog`, `Failed jobs`.
    pub name: String,
    /// `ratio`, `seconds`, or empty for a plain number.
    pub unit: String,
    /// Of the last seven days; `None`: not measured.
    pub now: Option<f64>,
    /// Of the seven days before; `None`: not measured.
    pub before: Option<f64>,
    /// Whether less of it is better.
    pub less_is_better: bool,
    /// Each of the last seven days, oldest first.
    pub days: Vec<Option<f64>>,
    /// Where on the page more is to be seen.
    pub href: String,
}

/// Which service, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanesRequest {
    /// Its compose project; empty: whichever there is.
    #[serde(default)]
    pub project: String,
    /// Its environment; empty: whichever there is.
    #[serde(default)]
    pub environment: String,
    /// The first instant; 0: an hour before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
}

/// What happened to one service, in lanes over one time: `GET services/{name}/lanes?`[`LanesRequest`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lanes {
    /// Where the lanes begin.
    pub start: Millis,
    /// Where they end.
    pub end: Millis,
    /// Lines of numbers, in the order in which they are to be drawn; those without any number are missing.
    pub lanes: Vec<Lane>,
    /// Points in time: deploys, restarts, kills, alerts; oldest first, at most 500.
    pub marks: Vec<LaneMark>,
    /// Incidents that lie in the time, wholly or in part.
    pub incidents: Vec<Incident>,
}

/// A line of numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// `Requests`, `Failed requests`, `Response time`, `Log lines`, `CPU`, `Memory`, `Tasks that wait`, `Issues`.
    pub title: String,
    /// `1/s`, `seconds`, `cores`, `bytes`, or empty.
    pub unit: String,
    /// Its numbers.
    pub numbers: Numbers,
    /// The page on which it is looked at closely.
    pub href: String,
}

/// A point in time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneMark {
    /// When.
    pub at: Millis,
    /// `deploy`, `start`, `restart`, `exit`, `oom`, `health`, `alert`, `issue`.
    pub kind: String,
    /// In words.
    pub text: String,
    /// Where on the page it is to be seen; empty: nowhere.
    pub href: String,
}

/// One deploy, before and after: `GET services/{name}/deploy?`[`LanesRequest`] with `start` the deploy's time; 0: the last one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeployPage {
    /// Whose.
    pub service: String,
    /// Its compose project.
    pub project: String,
    /// Its environment.
    pub environment: String,
    /// When.
    pub at: Millis,
    /// The new image.
    pub image: String,
    /// What it replaced.
    pub before: String,
    /// How long each of the two times is that are compared.
    pub span: Millis,
    /// In a sentence: better, worse, or no different.
    pub verdict: String,
    /// How bad: `None`: nothing is worse.
    pub severity: Option<Severity>,
    /// Numbers before and after.
    pub numbers: Vec<DeployNumber>,
    /// Issues that were not there before.
    pub issues: Vec<EvidenceIssue>,
    /// Lines of errors that were not there before.
    pub patterns: Vec<DeployPattern>,
    /// What to do, where it is worse.
    pub do_now: Vec<Step>,
}

/// A number before and after a deploy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeployNumber {
    /// `Error rate`, `p95`, `Requests`, `Error lines`.
    pub name: String,
    /// `ratio`, `seconds`, `1/s`, or empty.
    pub unit: String,
    /// Before; `None`: not measured.
    pub before: Option<f64>,
    /// After; `None`: not measured.
    pub after: Option<f64>,
    /// Whether it is clearly worse.
    pub worse: bool,
}

/// A pattern of lines that came with a deploy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployPattern {
    /// The pattern.
    pub pattern: String,
    /// A line of it.
    pub example: String,
    /// How many were seen.
    pub lines: u64,
    /// LogQL that finds them.
    pub query: String,
}

/// What a set-up should have: `GET checklist`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// When it was looked at.
    pub at: Millis,
    /// Of the whole set-up.
    pub whole: Vec<CheckItem>,
    /// By environment, project and name.
    pub services: Vec<ServiceChecks>,
    /// How many items are met.
    pub met: u32,
    /// How many are there.
    pub of: u32,
}

/// The items of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceChecks {
    /// Whose.
    pub service: String,
    /// Its compose project.
    pub project: String,
    /// Its environment.
    pub environment: String,
    /// Its items.
    pub items: Vec<CheckItem>,
}

/// One line of the checklist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckItem {
    /// What it is about: `Structured logs`.
    pub title: String,
    /// Whether it is met.
    pub state: CheckState,
    /// What was seen that tells so.
    pub seen: String,
    /// What to paste, and where to; empty where it is met.
    pub paste: String,
    /// Where to paste it: `compose.yml, service web`, `porthole.toml`, `settings.py`.
    pub place: String,
}

/// Whether an item is met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    /// It is not.
    #[default]
    Unmet,
    /// In part.
    Partly,
    /// It is.
    Met,
    /// It does not concern this service, or cannot be told yet.
    Unknown,
}
