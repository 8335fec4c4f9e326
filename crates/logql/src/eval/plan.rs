//! What of a pipeline can be evaluated.

use super::EvalError;
use super::filters::Filters;
use crate::ast::{LabelChoice, LogExpr, Stage};

/// The labels that tell of a pipeline's errors. Nothing sets them yet, so that dropping them does nothing.
const ERROR_LABELS: [&str; 2] = ["__error__", "__error_details__"];

/// The line filters of a query, if it holds nothing else.
pub(super) fn filters(log: &LogExpr) -> Result<Filters, EvalError> {
    let mut filters = Vec::new();
    for stage in &log.stages {
        match &stage.node {
            Stage::Line(filter) => filters.push(filter),
            Stage::Drop(choices) if choices.iter().all(drops_nothing) => {}
            other => return Err(EvalError::NotYet { what: format!("`{other}`"), span: stage.span }),
        }
    }
    Ok(Filters::new(filters))
}

fn drops_nothing(choice: &LabelChoice) -> bool {
    let name = match choice {
        LabelChoice::Name(name) => name,
        LabelChoice::Matcher(matcher) => matcher.name(),
    };
    ERROR_LABELS.contains(&name)
}
