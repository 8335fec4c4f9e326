//! One line of `GET /events`.

use model::{Health, Timestamp};
use serde::Deserialize;

use crate::cursor::LogLine;
use crate::identity::ContainerLabels;

/// The query parameter that asks for just the events of [`Action`]: the rest (each run of a health check, for
/// one) would wake Porthole every second. It is
/// `{"type":["container","network"],"event":["create","start",…]}`, percent-encoded.
pub(crate) const PATH_FILTER: &str = concat!(
    "filters=%7B%22type%22:%5B%22container%22,%22network%22%5D,%22event%22:%5B",
    "%22create%22,%22start%22,%22die%22,%22oom%22,%22kill%22,%22health_status%22,%22destroy%22,",
    "%22rename%22,%22pause%22,%22unpause%22,%22update%22,%22connect%22,%22disconnect%22%5D%7D",
);

/// Signals that ask a program to do something other than to end: HUP, USR1, USR2, CHLD, CONT, STOP, TSTP, TTIN and TTOU
/// (more and fewer workers of gunicorn's).
const OTHER_SIGNALS: [&str; 9] = ["1", "10", "12", "17", "18", "19", "20", "21", "22"];

/// Something that happened to a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    pub(crate) action: Action,
    /// The container's full id.
    pub(crate) id: String,
    /// The container's labels, and `name`, `image` and others beside them.
    pub(crate) attributes: ContainerLabels,
    /// Action and id: what tells it from another event of the same nanosecond.
    text: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Start,
    Die {
        exit_code: Option<i64>,
    },
    OutOfMemory,
    Health(Health),
    /// Somebody asked it to end; it dies of this, or it does not.
    Stop,
    Destroy,
    /// Something else that the engine tells better when asked: a new container, a new name, a network joined.
    Change,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "Type", default)]
    kind: String,
    #[serde(rename = "Action", default)]
    action: String,
    #[serde(rename = "Actor", default)]
    actor: Actor,
    #[serde(rename = "timeNano", default)]
    time_nano: i64,
}

#[derive(Default, Deserialize)]
struct Actor {
    #[serde(rename = "ID", default)]
    id: String,
    #[serde(rename = "Attributes", default)]
    attributes: Option<ContainerLabels>,
}

impl Event {
    /// Reads one line; `None` for what is no event of a container, or none that counts.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let Raw { kind, action: word, actor, time_nano } = serde_json::from_slice(line).ok()?;
        let attributes = actor.attributes.unwrap_or_default();
        let attribute = |name: &str| attributes.get(name).map(String::as_str);
        let (id, action) = match kind.as_str() {
            "container" => (actor.id, action(&word, attribute)?),
            "network" => (attribute("container")?.to_owned(), Action::Change),
            _ => return None,
        };
        let text = format!("{word} {id}");
        (!id.is_empty()).then(|| Self { at: Timestamp::from_nanos(time_nano), action, id, attributes, text })
    }

    /// Whether it becomes an entry.
    pub(crate) fn is_told(&self) -> bool {
        match self.action {
            Action::Start | Action::Die { .. } | Action::OutOfMemory | Action::Health(_) => true,
            Action::Stop | Action::Destroy | Action::Change => false,
        }
    }

    /// The container's name.
    pub(crate) fn name(&self) -> &str {
        self.attributes.get("name").map_or("", String::as_str)
    }

    /// The image's name.
    pub(crate) fn image(&self) -> &str {
        self.attributes.get("image").map_or("", String::as_str)
    }
}

impl LogLine for Event {
    fn timestamp(&self) -> Timestamp {
        self.at
    }

    fn text(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

fn action<'a>(word: &str, attribute: impl Fn(&str) -> Option<&'a str>) -> Option<Action> {
    Some(match word {
        "start" => Action::Start,
        "die" => Action::Die { exit_code: attribute("exitCode").and_then(|code| code.parse().ok()) },
        "oom" => Action::OutOfMemory,
        "kill" if attribute("signal").is_some_and(|signal| OTHER_SIGNALS.contains(&signal)) => return None,
        "kill" => Action::Stop,
        "destroy" => Action::Destroy,
        "create" | "rename" | "pause" | "unpause" | "update" => Action::Change,
        _ => match word.strip_prefix("health_status")?.trim_start_matches([':', ' ']) {
            "healthy" => Action::Health(Health::Healthy),
            "unhealthy" => Action::Health(Health::Unhealthy),
            "starting" => Action::Health(Health::Starting),
            _ => return None,
        },
    })
}
