//! What the containers of services use, asked for all services at once.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{Labels, Timestamp};

use crate::app::evaluator::Evaluator;
use crate::app::who::Owner;
use crate::fault::Fault;

/// Points of a small picture of the last hour.
const POINTS: u32 = 60;
const STEP: Duration = Duration::from_secs(60);
/// Sums over the containers of a service.
const BY: &str = "by (service, project, environment)";

/// What the containers of a service use together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Usage {
    pub(super) cpu_cores: Option<f64>,
    pub(super) cpu_trend: Vec<Option<f64>>,
    pub(super) memory_bytes: Option<f64>,
    pub(super) memory_limit_bytes: Option<f64>,
}

/// That of all services.
pub(super) fn of_all(evaluator: &Evaluator<'_>, now: Timestamp) -> Result<BTreeMap<Owner, Usage>, Fault> {
    let mut all: BTreeMap<Owner, Usage> = BTreeMap::new();
    let cpu = format!("sum {BY} (rate(container_cpu_usage_seconds_total{{service!=\"\"}}[2m]))");
    for series in evaluator.over(now, STEP, POINTS, &cpu)? {
        let usage = all.entry(Owner::of(&series.labels)).or_default();
        usage.cpu_trend = series.points.iter().collect();
        usage.cpu_cores = usage.cpu_trend.last().copied().flatten();
    }
    let memory = format!("sum {BY} (container_memory_working_set_bytes{{service!=\"\"}})");
    for (labels, bytes) in evaluator.at(now, &memory)? {
        entry(&mut all, &labels).memory_bytes = Some(bytes);
    }
    // A container without a limit may take all there is, and then the sum of the others' limits means nothing.
    let limit = format!(
        "sum {BY} (container_spec_memory_limit_bytes{{service!=\"\"}}) unless on (service, project, environment) \
         (count {BY} (container_spec_memory_limit_bytes{{service!=\"\"}} == 0))"
    );
    for (labels, bytes) in evaluator.at(now, &limit)? {
        entry(&mut all, &labels).memory_limit_bytes = Some(bytes);
    }
    Ok(all)
}

fn entry<'a>(all: &'a mut BTreeMap<Owner, Usage>, labels: &Labels) -> &'a mut Usage {
    all.entry(Owner::of(labels)).or_default()
}
