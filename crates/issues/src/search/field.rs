//! The fields that a query can ask for beside tags, under all the names that they are known by.

/// A field with a meaning of its own. Every other key is a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Is,
    Has,
    Assigned,
    Level,
    Project,
    Issue,
    Release,
    FirstRelease,
    FirstSeen,
    LastSeen,
    TimesSeen,
    Users,
    Message,
}

const FIELDS: [(&str, Field); 21] = [
    ("is", Field::Is),
    ("has", Field::Has),
    ("assigned", Field::Assigned),
    ("assignee", Field::Assigned),
    ("level", Field::Level),
    ("project", Field::Project),
    ("project.name", Field::Project),
    ("issue", Field::Issue),
    ("release", Field::Release),
    ("firstrelease", Field::FirstRelease),
    ("first-release", Field::FirstRelease),
    ("first_release", Field::FirstRelease),
    ("firstseen", Field::FirstSeen),
    ("first_seen", Field::FirstSeen),
    ("lastseen", Field::LastSeen),
    ("last_seen", Field::LastSeen),
    ("timesseen", Field::TimesSeen),
    ("times_seen", Field::TimesSeen),
    ("users", Field::Users),
    ("message", Field::Message),
    ("title", Field::Message),
];

/// What events are indexed under and people call differently.
const ALIASES: [(&str, &str); 7] = [
    ("env", indexed::ENVIRONMENT),
    ("user.name", "user.username"),
    ("user.ip_address", "user.ip"),
    ("error.handled", "handled"),
    ("error.mechanism", "mechanism"),
    ("http.url", "url"),
    ("http.method", "method"),
];

/// Keys of events that are known here, as the index has them.
pub(super) mod indexed {
    pub(in crate::search) const ENVIRONMENT: &str = "environment";
    pub(in crate::search) const RELEASE: &str = "release";
}

impl Field {
    pub(super) fn of(key: &str) -> Option<Self> {
        FIELDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, field)| *field)
    }
}

pub(super) fn is_known(key: &str) -> bool {
    Field::of(key).is_some() || key.eq_ignore_ascii_case(indexed::ENVIRONMENT)
}

/// The key that events are indexed under.
pub(super) fn indexed_key(key: &str) -> String {
    let key = key.to_lowercase();
    ALIASES.iter().find(|(alias, _)| *alias == key).map_or(key, |(_, name)| (*name).to_owned())
}
