//! An event: one error or message of a program, normalised and masked.
//!
//! Its JSON is what is stored. Everything that an SDK may leave out is optional here; what it sent in a wrong
//! shape is missing and listed in [`Event::faults`].

mod exception;
mod surroundings;

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{EventId, SpanId, TraceId};
use crate::value::{Pair, Value, find};

pub use exception::{Exception, Frame, Mechanism, Thread};
pub use surroundings::{Breadcrumb, Csp, DebugImage, Request, Sdk, User};

/// One error or message of a program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Unique within the project; made by the SDK, or by us if it sent none.
    pub id: EventId,
    /// When it reached us.
    #[serde(with = "crate::time::nanos")]
    pub received: Timestamp,
    /// When it happened, by the program's clock, put right where that clock was seen to be wrong. Never later
    /// than `received`.
    #[serde(with = "crate::time::nanos")]
    pub timestamp: Timestamp,
    /// How severe it is.
    pub level: Level,
    /// The language: `python`, `javascript`, `node`, `go`, …; `other` if it does not say.
    pub platform: String,
    /// The logger that it came through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logger: Option<String>,
    /// What the program was doing: a view, a task, a route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// The program's host: in a container the first twelve digits of its id, by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// The version of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The build of the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dist: Option<String>,
    /// `production`, `staging`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What was logged or captured as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// The exceptions as sent: the cause first, the one that was seen last at the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// The program's threads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub threads: Vec<Thread>,
    /// Where a message was captured, innermost frame last; empty for most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stacktrace: Vec<Frame>,
    /// Where in a template the error is, if it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Frame>,
    /// What happened before it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breadcrumbs: Vec<Breadcrumb>,
    /// The request that was worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// Whom it happened to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// Names and values to search and count by, as sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Pair<String>>,
    /// Named groups of facts: `trace`, `runtime`, `browser`, `celery-job`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<Pair<Value>>,
    /// Whatever the program added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<Pair<Value>>,
    /// The packages installed, with their versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<Pair<String>>,
    /// Who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk: Option<Sdk>,
    /// The program's own grouping, its parts as texts; empty for most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fingerprint: Vec<String>,
    /// The files that frames come from, with the ids by which their source maps are found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub debug_meta: Vec<DebugImage>,
    /// What a browser reported about a breach of the page's security policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csp: Option<Csp>,
    /// Fields that were sent in a wrong shape, and are missing or shortened for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FieldFault>,
    /// The places in which something was masked, such as `request.headers.Authorization`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masked: Vec<String>,
}

impl Event {
    /// The trace that the event belongs to.
    pub fn trace_id(&self) -> Option<TraceId> {
        let id = find(&self.contexts, "trace")?.text_of("trace_id")?;
        id.parse().ok().filter(|id: &TraceId| !id.is_nil())
    }

    /// The span in which it happened.
    pub fn span_id(&self) -> Option<SpanId> {
        find(&self.contexts, "trace")?.text_of("span_id")?.parse().ok()
    }

    /// The value of a tag that was sent.
    pub fn tag(&self, name: &str) -> Option<&str> {
        find(&self.tags, name).map(String::as_str)
    }

    /// Whether nothing in the program caught it. `None` if the event does not say.
    pub fn is_handled(&self) -> Option<bool> {
        let said = self.exceptions.iter().filter_map(|exception| exception.mechanism.as_ref()?.handled);
        said.reduce(|all, handled| all && handled)
    }
}

/// How severe an event is, in Sentry's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For the developer only.
    Debug,
    /// Worth knowing.
    Info,
    /// Something may go wrong.
    Warning,
    /// Something went wrong: what an event is that does not say.
    #[default]
    Error,
    /// The program ended by it.
    Fatal,
}

impl Level {
    /// Every level, least severe first.
    pub const ALL: [Self; 5] = [Self::Debug, Self::Info, Self::Warning, Self::Error, Self::Fatal];

    /// Sentry's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    /// Reads the words that loggers use, in any case, and Python's numbers.
    pub fn from_word(word: &str) -> Option<Self> {
        if let Ok(number) = word.parse::<u32>() {
            return Some(match number {
                0..=10 => Self::Debug,
                11..=20 => Self::Info,
                21..=30 => Self::Warning,
                31..=40 => Self::Error,
                _ => Self::Fatal,
            });
        }
        Some(match model::Level::from_word(word)? {
            model::Level::Trace | model::Level::Debug => Self::Debug,
            model::Level::Info => Self::Info,
            model::Level::Warn => Self::Warning,
            model::Level::Error => Self::Error,
            model::Level::Critical | model::Level::Fatal => Self::Fatal,
            model::Level::Unknown => return None,
        })
    }
}

/// A text that was logged or captured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The text with its values in it. Equal to `template` where the SDK did not put them in.
    pub formatted: String,
    /// The text before its values were put in, if the program logged it so: `order %s failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Value>,
}

/// A field that was sent in a wrong shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault {
    /// Where, such as `exception.values.0.stacktrace`.
    pub path: String,
    /// What is wrong with it, such as `a number, where a text was expected`.
    pub what: String,
}
