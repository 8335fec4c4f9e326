//! What works otherwise than its author may think, and is no fault.

use std::fmt;

use super::Place;

/// Something to look at again. Nothing is refused for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where it is written; nothing where it is about what is not written.
    pub place: Option<Place>,
    /// What it is about: the rule's name, or a key.
    pub subject: String,
    /// What to look at, and what to write.
    pub text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}: {}", self.subject, self.text)
    }
}
