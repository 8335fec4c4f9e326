//! What a value is to be held against: from where on it is an alert, and what is usual. They go with the alert as the
//! annotations `limit` and `usual`, and messages tell them beside the number.

use std::time::Duration;

use model::{Labels, Timestamp};

use super::{Plan, ask};
use crate::Found;
use crate::rule::{Place, Source, short};
use crate::senses::Senses;

/// The annotation that says from where on it is an alert.
pub(crate) const LIMIT: &str = "limit";
/// The annotation that says what is usual.
pub(crate) const USUAL: &str = "usual";
/// Where a rule does not say what is usual, it is what was measured so much earlier.
const EARLIER_MS: i64 = 86_400_000;
/// What is not found by then is not told.
const LOOK_MAX: Duration = Duration::from_secs(3);

/// Adds both to what was found. Rules of files keep exactly the annotations that they have.
pub(super) async fn add(senses: &dyn Senses, plan: &Plan, at: Timestamp, found: &mut [Found]) {
    if found.is_empty() || matches!(plan.rule.place, Place::File { .. }) {
        return;
    }
    let usual = usual(senses, plan, at).await;
    for one in found {
        let value =
            usual.iter().find(|(labels, _)| is_about(labels, &one.labels)).map(|(_, value)| short(*value));
        let limit = plan.comparison.as_ref().map(ToString::to_string);
        for (name, text) in [(USUAL, value), (LIMIT, limit)] {
            if let Some(text) = text {
                one.annotations.entry(name.to_owned()).or_insert(text);
            }
        }
    }
}

/// What is usual, by labels; nothing where it cannot be told.
async fn usual(senses: &dyn Senses, plan: &Plan, at: Timestamp) -> Vec<(Labels, f64)> {
    let (source, at) = match (&plan.rule.usual, plan.measured()) {
        (Some(text), _) => (Source::Promql(text.clone()), at),
        (None, Some(source)) => (source, Timestamp::from_millis(at.millis() - EARLIER_MS)),
        (None, None) => return Vec::new(),
    };
    // What only adorns the message must not make the look too late.
    let seen = tokio::time::timeout(LOOK_MAX, ask::ask(senses, &source, at)).await;
    let seen = seen.unwrap_or_else(|_| Ok(Vec::new())).unwrap_or_default();
    seen.into_iter().filter(|seen| seen.value.is_finite()).map(|seen| (seen.labels, seen.value)).collect()
}

/// Whether a series is about an alert: it says nothing else of any label.
fn is_about(series: &Labels, alert: &Labels) -> bool {
    series.iter().all(|(name, value)| alert.get(name).is_none_or(|other| other == value))
}
