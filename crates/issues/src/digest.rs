//! What has to be known of an event to work it in: so that its JSON, which is large, need not be read again.

use event::value::Pair;
use event::{Event, EventId, Grouping, Hash, Level};
use serde::{Deserialize, Serialize};

use crate::blob;

/// Longer values of tags are cut: a person would not tell them apart.
const VALUE_CHARS: usize = 200;

/// More tags of an event are not counted.
const TAGS_MAX: usize = 100;

/// See the fields; as JSON it is the `meta` of an item of the spool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Digest {
    pub(crate) id: EventId,
    /// When it happened.
    pub(crate) at_ms: i64,
    pub(crate) title: Title,
    pub(crate) level: Level,
    pub(crate) platform: String,
    pub(crate) unhandled: bool,
    pub(crate) release: Option<String>,
    pub(crate) environment: Option<String>,
    /// What stands for its user in sketches.
    pub(crate) user: Option<u32>,
    pub(crate) hashes: Vec<Hash>,
    pub(crate) tags: Vec<Pair<String>>,
    /// What its data is told by.
    pub(crate) base: Option<i64>,
}

/// What an issue is called: its class, what it said, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Title {
    /// The class of the error, or the message.
    pub(crate) title: String,
    /// What the error said; empty for a message.
    pub(crate) message: String,
    /// Where it happened.
    pub(crate) culprit: String,
}

impl Title {
    /// What the issue is called that collects those of which there were too many.
    pub(crate) fn overflow() -> Self {
        Self {
            title: "Too many new issues".to_owned(),
            message: "each of these events would have made another one".to_owned(),
            culprit: String::new(),
        }
    }

    pub(crate) fn is_overflow(&self) -> bool {
        *self == Self::overflow()
    }

    fn of(event: &Event) -> Self {
        let event::Title { title, culprit, ty, value } = event::title(event);
        match ty.is_empty() {
            true => Self { title, message: String::new(), culprit },
            false => Self { title: ty, message: value, culprit },
        }
    }
}

fn tags(event: &Event) -> Vec<Pair<String>> {
    let facets = event::facets(event).into_iter().take(TAGS_MAX);
    facets.map(|(name, value)| (name.into_owned(), value.chars().take(VALUE_CHARS).collect())).collect()
}

impl Digest {
    pub(crate) fn of(event: &Event, grouping: &Grouping, base: Option<i64>) -> Self {
        let user = event.user.as_ref().and_then(event::User::identity);
        Self {
            id: event.id,
            at_ms: event.timestamp.millis(),
            title: Title::of(event),
            level: event.level,
            platform: event.platform.clone(),
            unhandled: event.is_handled() == Some(false),
            release: event.release.clone(),
            environment: event.environment.clone(),
            user: user.as_deref().map(crate::sketch::hash),
            hashes: grouping.hashes.clone(),
            tags: tags(event),
            base,
        }
    }
}

/// A value as `meta`.
pub(crate) fn write(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(value).map(|json| blob::wrap(&json))
}

/// Reads `meta` back.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(meta: &[u8]) -> Result<T, String> {
    let json = blob::unwrap(meta).ok_or("its checksum does not fit")?;
    serde_json::from_slice(json).map_err(|error| error.to_string())
}
