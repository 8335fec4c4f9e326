//! Series that evaluation makes: `ALERTS` and `ALERTS_FOR_STATE` as Prometheus has them, and those of recording rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use model::{Labels, Timestamp};
use promql::STALE;

use super::news::Cursor;
use super::{Evaluator, Plan};
use crate::group::Recording;
use crate::shown::State;

/// What is remembered of a rule from one look to the next.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The series that it made the last time.
    series: BTreeSet<Labels>,
    /// Alerts of which nothing is measured, and since when.
    pub(super) unseen: BTreeMap<Labels, i64>,
    /// How far it looked at issues.
    pub(super) issues: Cursor,
}

impl Kept {
    /// Writes the alerts of a rule as series.
    pub(super) async fn record(&mut self, evaluator: &Evaluator, plan: &Plan, at: Timestamp) {
        let mut samples = BTreeMap::new();
        for alert in evaluator.keep.alerts_of(&plan.rule.name, at.millis()).await {
            let word = match alert.state {
                State::Resolved => continue,
                State::Pending => "pending",
                _ => "firing",
            };
            let named = alert.labels.with("__name__", "ALERTS").with("alertstate", word);
            samples.insert(named, 1.0);
            let since = alert.labels.with("__name__", "ALERTS_FOR_STATE");
            samples.insert(since, (alert.active_ms / 1000) as f64);
        }
        self.series = put(evaluator, at, samples, std::mem::take(&mut self.series)).await;
    }
}

/// Stores samples, and the end of series that were there before; gives the series that are there now.
async fn put(
    evaluator: &Evaluator,
    at: Timestamp,
    samples: BTreeMap<Labels, f64>,
    before: BTreeSet<Labels>,
) -> BTreeSet<Labels> {
    let series: BTreeSet<Labels> = samples.keys().cloned().collect();
    let ended = before.difference(&series).map(|labels| (labels.clone(), STALE));
    let all: Vec<(Labels, f64)> = ended.chain(samples).collect();
    if !all.is_empty()
        && let Err(error) = evaluator.senses.record(at, all).await
    {
        tracing::warn!(%error, "series of rules could not be stored");
    }
    series
}

/// A recording rule, and what it made the last time.
pub(crate) struct Recorder {
    recording: Arc<Recording>,
    series: BTreeSet<Labels>,
}

impl Recorder {
    pub(crate) fn of(recording: Arc<Recording>) -> Self {
        Self { recording, series: BTreeSet::new() }
    }

    /// One look.
    pub(super) async fn look(&mut self, evaluator: &Evaluator, at: Timestamp) {
        let began = Instant::now();
        let fault = match self.samples(evaluator, at).await {
            Ok(samples) => {
                self.series = put(evaluator, at, samples, std::mem::take(&mut self.series)).await;
                None
            }
            Err(why) => Some(why),
        };
        evaluator.book.recorded(&self.recording, at.millis(), began.elapsed(), fault);
    }

    async fn samples(&self, evaluator: &Evaluator, at: Timestamp) -> Result<BTreeMap<Labels, f64>, String> {
        let recording = &self.recording;
        let asked = Timestamp::from_millis(at.millis().saturating_sub(recording.query_offset_ms));
        let answer = tokio::time::timeout(super::LOOK_MAX, evaluator.senses.promql(&recording.expr, asked));
        let answer = answer.await.map_err(|_| "it took too long".to_owned())??;
        if let Some(limit) = recording.limit.filter(|limit| answer.len() > *limit) {
            return Err(format!("it gave {} series, and its limit is {limit}", answer.len()));
        }
        let count = answer.len();
        let mut samples = BTreeMap::new();
        for (labels, value) in answer {
            let own = recording.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let named = labels.iter().chain(own).chain([("__name__", recording.name.as_str())]);
            samples.insert(Labels::from_pairs(named), value);
        }
        match samples.len() == count {
            true => Ok(samples),
            false => Err("two of its series have the same labels".to_owned()),
        }
    }
}
