//! Alerts whose condition no longer holds: over, held by a threshold of their own, or not measured any more.

use std::collections::BTreeMap;

use model::{Labels, Timestamp};

use super::plan::Until;
use super::{Evaluator, Kept, Plan, ask, told};
use crate::rule::{Place, Source};
use crate::shown::State;
use crate::{Found, Observed};

/// What is not measured for so long is not there any more, rather than unseen: it was taken away.
const UNSEEN_MAX_MS: i64 = 15 * 60_000;
/// For so long after the start what is not measured is waited for: nothing was collected yet.
const START_MAX_MS: i64 = 30_000;

/// Adds to what was found the alerts that do not end though their condition does not hold.
pub(super) async fn add(
    evaluator: &Evaluator,
    plan: &Plan,
    kept: &mut Kept,
    at: Timestamp,
    found: &mut Vec<Found>,
) {
    let gone = gone(evaluator, plan, found).await;
    kept.unseen.retain(|labels, _| gone.iter().any(|alert| alert.labels == *labels));
    if gone.is_empty() {
        return;
    }
    // Alerts of Prometheus' rule files end as they do there, whatever became of their data.
    let measured = match plan.measured().filter(|_| !matches!(plan.rule.place, Place::File { .. })) {
        Some(source) => known(evaluator, plan, &source, at).await.ok(),
        None => None,
    };
    let until = match &plan.until {
        Until::NoLonger => Ok(None),
        Until::While(source) | Until::Gives(source) => known(evaluator, plan, source, at).await.map(Some),
    };
    for alert in gone {
        let is_seen = measured.as_ref().is_none_or(|measured| measured.contains_key(&alert.labels));
        let is = match (is_seen, &until) {
            (false, _) => unseen(evaluator, kept, &alert, at),
            (true, Ok(until)) => held(plan, &alert, until.as_ref()),
            // Nobody is told that it is over because nobody could ask.
            (true, Err(why)) => alert
                .state
                .is_on()
                .then(|| Observed::Blind(format!("whether it is over could not be asked: {why}"))),
        };
        if let Some(is) = is {
            found.push(Found {
                labels: alert.labels.clone(),
                is,
                card: alert.card.clone(),
                annotations: alert.annotations.clone(),
            });
        }
    }
}

/// The alerts of the rule that were not found now.
async fn gone(evaluator: &Evaluator, plan: &Plan, found: &[Found]) -> Vec<crate::shown::Alert> {
    let is_over = |state: State| state == State::Resolved;
    let is_query = matches!(plan.source, Source::Promql(_) | Source::Logql(_));
    if !is_query {
        return Vec::new();
    }
    let mut alerts = evaluator.keep.alerts_of(&plan.rule.name, evaluator.clock.now().millis()).await;
    alerts.retain(|alert| !is_over(alert.state) && !found.iter().any(|found| found.labels == alert.labels));
    alerts
}

/// The alerts' labels that a query gives now, with its values.
async fn known(
    evaluator: &Evaluator,
    plan: &Plan,
    source: &Source,
    at: Timestamp,
) -> Result<BTreeMap<Labels, f64>, String> {
    let seen = ask::ask(&*evaluator.senses, source, at).await?;
    let (found, _) = told(&*evaluator.senses, plan, &seen, at, &evaluator.public_url).await?;
    let values = found.into_iter().map(|found| match found.is {
        Observed::Value(value) | Observed::Held(value) => (found.labels, value),
        Observed::Blind(_) => (found.labels, f64::NAN),
    });
    Ok(values.collect())
}

/// Between its begin and its end.
fn held(plan: &Plan, alert: &crate::shown::Alert, until: Option<&BTreeMap<Labels, f64>>) -> Option<Observed> {
    let until = until?;
    let last = alert.value.unwrap_or(f64::NAN);
    match (&plan.until, until.get(&alert.labels)) {
        (Until::While(_), Some(value)) => Some(Observed::Held(*value)),
        (Until::Gives(_), None) => Some(Observed::Held(last)),
        _ => None,
    }
}

/// Nothing measures it. Just after the start an alert that fires is kept as it is.
fn unseen(
    evaluator: &Evaluator,
    kept: &mut Kept,
    alert: &crate::shown::Alert,
    at: Timestamp,
) -> Option<Observed> {
    let is_start = at.millis() - evaluator.since.millis() < START_MAX_MS;
    if is_start && alert.state.is_on() {
        return Some(Observed::Held(alert.value.unwrap_or(f64::NAN)));
    }
    let since_ms = *kept.unseen.entry(alert.labels.clone()).or_insert_with(|| at.millis());
    if at.millis() - since_ms >= UNSEEN_MAX_MS {
        return None;
    }
    Some(Observed::Blind("what it was judged by is not measured any more".to_owned()))
}
