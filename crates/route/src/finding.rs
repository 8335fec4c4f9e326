//! What is wrong, or worth knowing, about labels, files and settings of the proxy.

use std::fmt;

use crate::name::Name;
use crate::node::Place;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Something that was asked for does not work.
    Error,
    /// It works, though perhaps not as its author thinks.
    Warning,
    /// What it does, where that is not plain to see.
    Note,
}

impl Severity {
    /// In one word, as it is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing to tell the author. Shown as `place: what; instead`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The label, line or setting that it is about.
    pub place: Place,
    /// The router, service or middleware that it is about, where there is one.
    pub object: Option<Name>,
    /// What is so.
    pub what: String,
    /// What to write instead; empty where nothing need be done, or `what` says it.
    pub instead: String,
}

impl Finding {
    /// Something that does not work.
    pub fn error(place: Place, what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self::new(Severity::Error, place, what, instead)
    }

    /// Something that works otherwise than its author may think.
    pub fn warning(place: Place, what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self::new(Severity::Warning, place, what, instead)
    }

    /// Something worth knowing.
    pub fn note(place: Place, what: impl Into<String>) -> Self {
        Self::new(Severity::Note, place, what, "")
    }

    fn new(severity: Severity, place: Place, what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { severity, place, object: None, what: what.into(), instead: instead.into() }
    }

    /// The same, about an object.
    #[must_use]
    pub fn about(self, object: &Name) -> Self {
        Self { object: Some(object.clone()), ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        if !self.instead.is_empty() {
            write!(f, "; {}", self.instead)?;
        }
        Ok(())
    }
}
