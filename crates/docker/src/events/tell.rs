//! From what happened to an entry: one line of JSON that also reads well as it is.

use model::{Entry, Health, Level, Timestamp, label};
use serde::Serialize;

/// What an entry of the stream `event` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    /// The container started.
    Started {
        image: String,
        image_id: String,
        /// It had run before.
        again: bool,
        /// How often its restart policy has started it again.
        restarts: u64,
    },
    /// It ended.
    Died {
        exit_code: Option<i64>,
        /// Somebody asked it to.
        asked: bool,
        /// The kernel ended it for want of memory.
        oom_killed: bool,
    },
    /// The kernel ended a process in it for want of memory.
    OutOfMemory,
    /// Its health check says something new.
    Health(Health),
    /// The service runs another image now.
    Deployed {
        service: String,
        image: String,
        image_id: String,
        previous_image: String,
        previous_image_id: String,
    },
    /// Lines may be missing: the engine threw them away before they were read.
    Gap { stream: &'static str, from: Timestamp, to: Timestamp },
    /// The container was removed before its log could be read.
    Unread,
}

#[derive(Serialize)]
struct Record<'a> {
    message: String,
    level: &'static str,
    event: &'static str,
    container_id: &'a str,
    #[serde(flatten)]
    details: Details<'a>,
}

#[derive(Default, Serialize)]
struct Details<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    oom_killed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    restarts: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_image_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

impl Happening {
    /// The entry about the container `name`.
    pub(crate) fn entry(&self, at: Timestamp, name: &str, container_id: &str) -> Entry {
        let (event, level, message) = self.headline(name);
        let record = Record { message, level: level.name(), event, container_id, details: self.details() };
        let metadata = vec![(label::CONTAINER_ID.into(), container_id.into())];
        Entry { timestamp: at, line: serde_json::to_string(&record).unwrap_or_default(), metadata }
    }

    fn headline(&self, name: &str) -> (&'static str, Level, String) {
        match self {
            Self::Started { again: false, image, .. } => {
                ("start", Level::Info, format!("{name} started ({image})"))
            }
            Self::Started { restarts: 0, .. } => {
                ("restart", Level::Info, format!("{name} was started again"))
            }
            Self::Started { restarts, .. } => {
                let message =
                    format!("{name} was started again by its restart policy ({restarts} times by now)");
                ("restart", Level::Warn, message)
            }
            Self::Died { exit_code, asked, oom_killed } => death(name, *exit_code, *asked, *oom_killed),
            Self::OutOfMemory => {
                ("oom", Level::Error, format!("{name} ran out of memory: the kernel killed a process in it"))
            }
            Self::Health(Health::Unhealthy) => {
                ("health", Level::Error, format!("{name} is unhealthy: its health check fails"))
            }
            Self::Health(Health::Healthy) => ("health", Level::Info, format!("{name} is healthy")),
            Self::Health(_) => {
                ("health", Level::Info, format!("{name} is starting; its health is not known yet"))
            }
            Self::Deployed { service, image, previous_image, .. } if image == previous_image => {
                ("deploy", Level::Info, format!("{service} was deployed: a new build of {image}"))
            }
            Self::Deployed { service, image, previous_image, .. } => (
                "deploy",
                Level::Info,
                format!("{service} was deployed: {image} in place of {previous_image}"),
            ),
            Self::Gap { stream, from, to } => {
                let message = format!(
                    "lines of {name} ({stream}) between {from} and {to} may be missing: Docker had thrown them away \
                     before they were read (max-size of its log driver)"
                );
                ("gap", Level::Warn, message)
            }
            Self::Unread => (
                "gap",
                Level::Warn,
                format!("{name} was removed before its log could be read; its lines are lost"),
            ),
        }
    }

    fn details(&self) -> Details<'_> {
        let none = Details::default();
        match self {
            Self::Started { image, image_id, again, restarts } => Details {
                image: Some(image),
                image_id: Some(image_id).filter(|id| !id.is_empty()).map(String::as_str),
                restarts: again.then_some(*restarts),
                ..none
            },
            Self::Died { exit_code, oom_killed, .. } => {
                Details { exit_code: *exit_code, oom_killed: *oom_killed, ..none }
            }
            Self::Deployed { image, image_id, previous_image, previous_image_id, .. } => Details {
                image: Some(image),
                image_id: Some(image_id),
                previous_image: Some(previous_image),
                previous_image_id: Some(previous_image_id),
                ..none
            },
            Self::Gap { stream, from, to } => Details {
                stream: Some(stream),
                from: Some(from.to_string()),
                to: Some(to.to_string()),
                ..none
            },
            Self::OutOfMemory | Self::Health(_) | Self::Unread => none,
        }
    }
}

/// A death that was asked for is news; one that was not is an error, unless the program ended by itself and
/// was content.
fn death(name: &str, exit_code: Option<i64>, asked: bool, oom_killed: bool) -> (&'static str, Level, String) {
    let code = exit_code.map_or_else(|| "unknown exit code".to_owned(), |code| format!("exit code {code}"));
    let (level, message) = match exit_code {
        _ if oom_killed => (Level::Error, format!("{name} ran out of memory and was killed ({code})")),
        Some(0) => (Level::Info, format!("{name} ended ({code})")),
        Some(137) if asked => {
            (Level::Warn, format!("{name} was killed ({code}, SIGKILL): by force, or for not ending in time"))
        }
        _ if asked => (Level::Info, format!("{name} was stopped ({code})")),
        Some(exit_code) => (Level::Error, format!("{name} died ({code}{})", meaning(exit_code))),
        None => (Level::Error, format!("{name} died ({code})")),
    };
    ("die", level, message)
}

/// What shells and kernels mean by the usual codes.
fn meaning(exit_code: i64) -> &'static str {
    match exit_code {
        125 => ": Docker could not run it",
        126 => ": its command cannot be executed",
        127 => ": its command was not found",
        132 => ", SIGILL",
        134 => ", SIGABRT",
        135 => ", SIGBUS",
        136 => ", SIGFPE",
        137 => ", SIGKILL",
        139 => ", SIGSEGV: it crashed",
        143 => ", SIGTERM",
        _ => "",
    }
}
