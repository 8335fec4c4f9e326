//! Where a rule comes from.

use std::fmt;
use std::sync::Arc;

/// Where a rule comes from: who may change it, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is part of Porthole.
    Builtin,
    /// A rule file of Prometheus.
    File {
        /// The file, as the settings name it.
        path: Arc<str>,
        /// Counted from 1.
        line: u32,
    },
    /// `[[alerts.rule]]` of the settings.
    Setting {
        /// Counted from 1.
        line: u32,
    },
    /// It was made on the page.
    Page,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builtin => f.write_str("built in"),
            Self::File { path, line } => write!(f, "{path}:{line}"),
            Self::Setting { line } => write!(f, "settings, line {line}"),
            Self::Page => f.write_str("made on the page"),
        }
    }
}
