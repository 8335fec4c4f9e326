//! Rules: which requests a router takes. ``Host(`example.com`) && PathPrefix(`/api`)`` is a Go expression; what its
//! functions mean differs between Traefik's syntaxes v3 and v2, and both are understood.
//!
//! A [`Rule`] is parsed once and then asked for every request; asking allocates nothing.

mod expression;
mod lexer;
mod path;
mod request;
mod tcp;
mod template;

pub use path::routed_path;
pub use request::{Remark, Rule, Seen};
pub use tcp::{TcpRule, TcpSeen};

use std::fmt;

/// Which functions a rule may use, and what they mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Syntax {
    /// Traefik 3: one value for each function, regular expressions as they are.
    #[default]
    V3,
    /// Traefik 2: lists of values, templates such as `{name:[a-z]+}`.
    V2,
}

impl Syntax {
    /// `v3` or `v2`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "v3" => Some(Self::V3),
            "v2" => Some(Self::V2),
            _ => None,
        }
    }
}

/// Why a text is no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RuleError {
    /// Where, in bytes from the rule's beginning.
    pub at: usize,
    /// What is wrong.
    pub what: String,
    /// What to write instead; empty where `what` says it.
    pub instead: String,
}

impl RuleError {
    fn new(at: usize, what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { at, what: what.into(), instead: instead.into() }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: {}", self.at + 1, self.what)?;
        if !self.instead.is_empty() {
            write!(f, "; {}", self.instead)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
