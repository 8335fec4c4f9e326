//! Which labels a parser has to find: those that someone looks at later.

use super::labels::{LineLabels, TAKEN_SUFFIX};
use super::names::is_fit;

/// The labels that a parser has to find.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    /// Whatever there is.
    All,
    /// These.
    Only {
        names: Vec<Box<str>>,
        /// The parser may stop once all of them are there. Not where someone wants to hear of errors further on.
        may_stop: bool,
    },
}

impl Wanted {
    /// These labels and, for each that ends like the name of a label that came too late, the name before.
    pub(super) fn only<'a>(names: impl IntoIterator<Item = &'a str>, may_stop: bool) -> Self {
        let mut all: Vec<Box<str>> = Vec::new();
        for name in names {
            all.push(name.into());
            all.extend(name.strip_suffix(TAKEN_SUFFIX).map(Box::from));
        }
        all.sort_unstable();
        all.dedup();
        Self::Only { names: all, may_stop }
    }

    /// Whether the label is wanted.
    pub(super) fn label(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only { names, .. } => names.iter().any(|wanted| **wanted == *name),
        }
    }

    /// Whether a name that stands in a line may be that of a wanted label, once it is made fit for one.
    pub(super) fn may_be(&self, name: &str) -> bool {
        self.label(name) || !is_fit(name)
    }

    /// Whether a label is wanted whose name is this one or begins with it and a `_`.
    pub(super) fn below(&self, prefix: &str) -> bool {
        let fits = |wanted: &str| {
            wanted.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        match self {
            Self::All => true,
            Self::Only { names, .. } => prefix.is_empty() || names.iter().any(|wanted| fits(wanted)),
        }
    }

    /// Whether the parser may stop.
    pub(super) fn satisfied(&self, labels: &LineLabels<'_>) -> bool {
        match self {
            Self::Only { names, may_stop: true } => {
                names.iter().all(|name| labels.is_extracted(name) || labels.base.stream.has(name))
            }
            _ => false,
        }
    }
}
