//! What a template is rendered about.

use crate::value::{Map, Value};

/// Names and what they stand for, looked up one by one as a template asks for them, so that a line's labels need
/// not be gathered in a map first. Nothing here reads a clock: the moment comes from the caller.
pub trait Data {
    /// What stands at a name. For labels that are not there: the empty text, as in Loki.
    fn get(&self, name: &str) -> Value<'_>;

    /// All names and what stands there; asked only where a template prints or ranges over the whole.
    fn entries(&self) -> Vec<(&str, Value<'_>)>;

    /// Whether all values are text, as labels are: Go's `map[string]string`. Else they may be anything.
    fn only_text(&self) -> bool {
        true
    }

    /// What the function `now` answers: nanoseconds since the Unix epoch.
    fn now(&self) -> i64;

    /// What Loki's `__line__` answers.
    fn line(&self) -> &str {
        ""
    }

    /// What Loki's `__timestamp__` answers: nanoseconds since the Unix epoch.
    fn timestamp(&self) -> i64 {
        0
    }
}

/// A tree of values as data: alert texts, names of services.
pub struct Tree<'a> {
    /// The names at the top.
    pub root: Map<'a>,
    /// Nanoseconds since the Unix epoch.
    pub now: i64,
}

impl Data for Tree<'_> {
    fn get(&self, name: &str) -> Value<'_> {
        self.root.get(name)
    }

    fn entries(&self) -> Vec<(&str, Value<'_>)> {
        self.root.entries.iter().map(|(key, value)| (key.as_ref(), value.clone())).collect()
    }

    fn only_text(&self) -> bool {
        self.root.only_text
    }

    fn now(&self) -> i64 {
        self.now
    }
}
