//! Events: one error that came once, and what was around it.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET issues/{id}/events?`[`EventsRequest`] | [`EventList`], newest first | everybody |
//! | `GET issues/{id}/event/{which}` | [`Event`]; `which`: `latest`, `oldest`, or an event's id; 404 | everybody |
//! | `GET events/{id}` | [`EventPlace`]: which issue has the event of this id; 404 | everybody |
//! | `GET events/{project}/{event}/around` | [`Around`]; `project`: a slug or an id | everybody |
//! | `GET attachments/{id}` | the file, to be saved, never shown | everybody |
//!
//! Every text was sent by a program that anybody can pretend to be: it is to be shown as text.

use serde::{Deserialize, Serialize};

use crate::{Chart, LogPage, Millis, Nanos, RequestRow};

/// A name and its value.
pub type Pair = (String, String);

/// Which events of an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsRequest {
    /// Only from this environment; empty: all.
    #[serde(default)]
    pub environment: String,
    /// [`EventList::next`] of the page before; empty: from the newest.
    #[serde(default)]
    pub cursor: String,
    /// At most this many (1 to 100); 0: 50.
    #[serde(default)]
    pub limit: u32,
}

/// Events of an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventList {
    /// Newest first.
    pub rows: Vec<EventRow>,
    /// Where the next page begins; `None`: there are no more.
    pub next: Option<String>,
}

/// One event in a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Its issue.
    pub issue: i64,
    /// When it happened.
    pub time: Millis,
    /// As of an issue.
    pub title: String,
    /// As of an issue.
    pub message: String,
    /// `fatal`, `error`, `warning`, `info`, `debug`.
    pub level: String,
    /// What was done when it happened: `/checkout`, `shop.tasks.send_mail`; empty: not told.
    pub transaction: String,
    /// Empty: not told.
    pub environment: String,
    /// Empty: not told.
    pub release: String,
    /// Who met it: e-mail, name, id or address, the first that is told.
    pub user: String,
    /// Where it happened; empty: not told.
    pub server_name: String,
}

/// Where an event is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPlace {
    /// Its issue.
    pub issue: i64,
    /// Its id.
    pub event: String,
    /// The project's slug.
    pub project: String,
}

/// One event whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Its issue.
    pub issue: i64,
    /// The project's slug.
    pub project: String,
    /// The event of this issue before it; `None`: none is kept.
    pub previous: Option<String>,
    /// The event of this issue after it.
    pub next: Option<String>,
    /// Which of the issue's kept events it is, counted from the oldest, which is 1; 0: not counted.
    pub number: u64,
    /// How many are kept.
    pub of: u64,
    /// When it happened.
    pub time: Millis,
    /// When it came.
    pub received: Millis,
    /// As of an issue.
    pub title: String,
    /// As of an issue.
    pub message: String,
    /// As of an issue.
    pub culprit: String,
    /// `fatal`, `error`, `warning`, `info`, `debug`.
    pub level: String,
    /// `python`, `javascript`, `node`, `go`, …; how frames are written.
    pub platform: String,
    /// Which logger told it; empty: none.
    pub logger: String,
    /// What was done when it happened; empty: not told.
    pub transaction: String,
    /// Where it happened; empty: not told.
    pub server_name: String,
    /// Empty: not told.
    pub release: String,
    /// The build of the release; empty: not told.
    pub dist: String,
    /// Empty: not told.
    pub environment: String,
    /// `sentry.python.django 2.75.0`.
    pub sdk: String,
    /// Of the request or task that it belongs to; empty: not told.
    pub trace_id: String,
    /// Of the request that it belongs to; empty: not told.
    pub request_id: String,
    /// What was logged, with its values filled in; empty: nothing.
    pub text: String,
    /// The same before its values were filled in; empty: there is none.
    pub template: String,
    /// What was thrown, as sent: the first cause first, what ended the work last.
    pub exceptions: Vec<Exception>,
    /// The stack of an event that has no exception, as sent: innermost frame last.
    pub frames: Vec<Frame>,
    /// Other threads.
    pub threads: Vec<Thread>,
    /// All stacks as the language itself prints them.
    pub raw: String,
    /// What happened before it, oldest first.
    pub breadcrumbs: Vec<Breadcrumb>,
    /// The request under way.
    pub request: Option<WebRequest>,
    /// Who met it: `id`, `email`, `username`, `ip_address`, …
    pub user: Vec<Pair>,
    /// By name.
    pub tags: Vec<Pair>,
    /// `runtime`, `os`, `browser`, `trace`, …, each with its values.
    pub contexts: Vec<Context>,
    /// What the program added.
    pub extra: Vec<Pair>,
    /// Packages and their versions.
    pub modules: Vec<Pair>,
    /// What a browser says of a page that broke its Content-Security-Policy.
    pub csp: Vec<Pair>,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
    /// What people said of it.
    pub feedback: Vec<Feedback>,
    /// What could not be read of it; the rest was kept.
    pub faults: Vec<FieldFault>,
    /// Where secrets and personal data were masked: `request.headers.authorization`.
    pub masked: Vec<String>,
    /// Why it belongs to its issue.
    pub why: GroupedBy,
}

/// Something thrown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// `ValueError`; empty: not told.
    pub kind: String,
    /// What it said.
    pub value: String,
    /// Where its type comes from; empty: not told.
    pub module: String,
    /// What caught it: `django`, `celery`, `onerror`, …; empty: not told.
    pub mechanism: String,
    /// Whether the program caught it itself; `None`: not told.
    pub handled: Option<bool>,
    /// As sent: innermost last.
    pub frames: Vec<Frame>,
    /// Frames that were left out of the middle, after so many of `frames`, and how many.
    pub omitted: Option<(u32, u32)>,
}

/// A step of a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Empty: not told.
    pub function: String,
    /// As short as it tells something: `shop/views.py`.
    pub file: String,
    /// As the program knows it; empty: as `file`.
    pub path: String,
    /// Empty: not told.
    pub module: String,
    /// Counted from 1.
    pub line: Option<u32>,
    /// Counted from 1.
    pub column: Option<u32>,
    /// The program's own, not a library's.
    pub in_app: bool,
    /// Source around the line: number and text.
    pub source: Vec<(u32, String)>,
    /// Names and what they were, as text.
    pub locals: Vec<Pair>,
}

/// A thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Names it.
    pub id: String,
    /// Empty: none.
    pub name: String,
    /// The event happened in it.
    pub crashed: bool,
    /// As sent: innermost last.
    pub frames: Vec<Frame>,
}

/// Something that happened before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breadcrumb {
    /// When; `None`: not told.
    pub time: Option<Millis>,
    /// `default`, `http`, `navigation`, `query`, …
    pub kind: String,
    /// `httplib`, `ui.click`, a logger's name, …
    pub category: String,
    /// As of an event; empty: `info`.
    pub level: String,
    /// What.
    pub message: String,
    /// And more of it.
    pub data: Vec<Pair>,
}

/// The request under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebRequest {
    /// `GET`, …
    pub method: String,
    /// Without its query.
    pub url: String,
    /// What stands after `?`.
    pub query: Vec<Pair>,
    /// By name.
    pub headers: Vec<Pair>,
    /// By name.
    pub cookies: Vec<Pair>,
    /// As text.
    pub body: String,
    /// Of the server: `SERVER_NAME`, …
    pub environment: Vec<Pair>,
}

/// A named set of values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// `runtime`, …
    pub name: String,
    /// By name. What is more than a text or a number stands here as JSON, as everywhere in an event.
    pub values: Vec<Pair>,
}

/// A file that came with an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Names it in `GET attachments/{id}`.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// What the sender says that it is.
    pub content_type: String,
    /// Its length.
    pub bytes: u64,
}

/// What somebody said of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// When.
    pub time: Millis,
    /// Who; empty: not told.
    pub name: String,
    /// How to reach them; empty: not told.
    pub email: String,
    /// What.
    pub message: String,
}

/// A part of an event that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault {
    /// Which: `user.id`.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

/// Why an event belongs to its issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupedBy {
    /// Which way of grouping: `fingerprint`, `app frames`, `all frames`, `message`, …
    pub variant: String,
    /// The version of the rules.
    pub version: String,
    /// What was looked at, in the order of the event.
    pub parts: Vec<GroupPart>,
}

/// A part of an event that was looked at for grouping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPart {
    /// `ValueError`, `shop.views in charge`.
    pub what: String,
    /// Whether it counts.
    pub used: bool,
    /// Why not, or how it was changed; empty: nothing to say.
    pub hint: String,
}

/// What was around an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Around {
    /// How the lines were found.
    pub joined: JoinedBy,
    /// The same in a sentence: `Lines of the container that sent the event (web-1, 3f2a1c9b8d7e).`
    pub how: String,
    /// What was looked for and not found, a sentence each.
    pub missing: Vec<String>,
    /// Lines around the event, oldest first. Where the event's trace id or request id stands in one, it is marked.
    pub lines: LogPage,
    /// The event's own time, to stand between the lines.
    pub at: Nanos,
    /// LogQL of these lines, for a link; empty: there are none to ask for.
    pub query: String,
    /// The time that `query` was asked for.
    pub start: Nanos,
    /// Its end.
    pub end: Nanos,
    /// The container at that minute; `None`: it is not known.
    pub container: Option<ContainerThen>,
    /// The deploy before the event; `None`: none is remembered.
    pub deploy: Option<DeployBefore>,
    /// The request through the proxy that it belongs to; `None`: none that is known.
    pub request: Option<RequestRow>,
}

/// How lines were found to belong to an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JoinedBy {
    /// They were not.
    #[default]
    Nothing,
    /// The event names the container that it happened in.
    Container,
    /// Its trace id stands in lines of the service.
    Trace,
    /// Its request id does.
    Request,
    /// By the project's service and the time alone.
    Service,
}

/// What a container did at the minute of an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContainerThen {
    /// Its name.
    pub container: String,
    /// The first 12 digits of its id; empty: not known.
    pub id: String,
    /// Its service.
    pub service: String,
    /// Its compose project.
    pub project: String,
    /// Its environment.
    pub environment: String,
    /// Its image; empty: not known any more.
    pub image: String,
    /// Cores that it used over that minute; `None`: not measured.
    pub cpu_cores: Option<f64>,
    /// Cores that it may use; `None`: no limit.
    pub cpu_limit_cores: Option<f64>,
    /// Memory that cannot be given back.
    pub memory_bytes: Option<f64>,
    /// `None`: no limit.
    pub memory_limit_bytes: Option<f64>,
    /// Restarts within the hour before.
    pub restarts: u64,
    /// The kernel killed it for its memory within ten minutes around the event.
    pub oom_killed: bool,
    /// What happened to it within the hour around the event, oldest first, in words.
    pub happened: Vec<Happened>,
    /// To be drawn through `metrics/numbers` around the event.
    pub charts: Vec<Chart>,
}

/// Something that happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When.
    pub at: Millis,
    /// What, in words.
    pub text: String,
}

/// The deploy before an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployBefore {
    /// When.
    pub at: Millis,
    /// What was deployed: a container's image, or a release.
    pub what: String,
    /// What it replaced; empty: not known.
    pub before: String,
    /// It was told by a release, not seen at a container.
    pub told: bool,
}
