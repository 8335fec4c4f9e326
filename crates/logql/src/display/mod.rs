//! Writes syntax trees as queries in their normal form: one line, one space around operators, grouping before
//! the arguments, the range after the pipeline, parentheses only where they are needed. It parses to the same
//! tree.

use std::fmt::{Display, Formatter, Result};

use crate::ast::Expr;

mod log;
mod metric;
mod pretty;
mod stage;

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Log(log) => log.fmt(f),
            Self::Metric(metric) => metric.node.fmt(f),
        }
    }
}

/// Writes items with `between` them.
fn joined<T: Display>(f: &mut Formatter<'_>, items: impl IntoIterator<Item = T>, between: &str) -> Result {
    for (index, item) in items.into_iter().enumerate() {
        write!(f, "{}{item}", if index == 0 { "" } else { between })?;
    }
    Ok(())
}
