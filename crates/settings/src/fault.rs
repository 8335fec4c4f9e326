//! What is wrong with a setting, where, and what to write instead.

use std::fmt;

use crate::Place;

/// One thing that a person has to mend. Shown as `file:line:column: key: what is wrong; what to write instead`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where it was written; for what is missing, the section that lacks it.
    pub place: Place,
    /// The path of the key, as `metrics.scrape[2].interval`; empty where the text is no TOML at all.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// What to write instead; empty where `problem` says it.
    pub instead: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.problem)?;
        if !self.instead.is_empty() {
            write!(f, "; {}", self.instead)?;
        }
        Ok(())
    }
}
