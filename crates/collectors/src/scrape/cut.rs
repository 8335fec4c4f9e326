//! What was left out of a scrape, by reason and by metric.

use std::collections::BTreeMap;

use super::Limits;
use super::report::Refused;

/// More metrics are not told apart.
const METRICS_MAX: usize = 100;
/// More of a metric's name is not repeated.
const NAME_CHARACTERS_MAX: usize = 100;

/// Counts what is left out.
#[derive(Default)]
pub(super) struct Cut {
    pub(super) count: usize,
    by_reason: BTreeMap<Refused, usize>,
    by_metric: BTreeMap<String, usize>,
}

impl Cut {
    /// A sample of this series, as it is written, is left out.
    pub(super) fn add(&mut self, why: Refused, series: &str) {
        self.count += 1;
        *self.by_reason.entry(why).or_default() += 1;
        let metric = series.split(['{', ' ']).next().unwrap_or_default();
        if let Some(count) = self.by_metric.get_mut(metric) {
            *count += 1;
        } else if self.by_metric.len() < METRICS_MAX && metric.len() <= NAME_CHARACTERS_MAX {
            self.by_metric.insert(metric.to_owned(), 1);
        }
    }

    /// What was left out, why, and of which metric most.
    pub(super) fn words(&self, limits: &Limits) -> Option<String> {
        let (why, _) = self.by_reason.iter().max_by_key(|(_, count)| **count)?;
        let why = match why {
            Refused::Labels => format!("series have more labels than label_limit = {}", limits.labels),
            Refused::LabelName => {
                format!("names of labels are longer than label_name_length_limit = {}", limits.label_name)
            }
            Refused::LabelValue => {
                format!("values of labels are longer than label_value_length_limit = {}", limits.label_value)
            }
            _ => format!("there are more series than sample_limit = {}", limits.series),
        };
        let most = self.by_metric.iter().max_by_key(|(_, count)| **count);
        let most = most.filter(|(name, _)| !name.is_empty());
        let most = most.map(|(name, count)| format!(", {count} of them of {name}")).unwrap_or_default();
        Some(format!("{} samples are left out{most}: {why}", self.count))
    }
}
