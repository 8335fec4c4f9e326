//! What a container did at the minute of an event.

use std::time::Duration;

use api::{Chart, ContainerThen, Happened, Mark, MarkKind};
use model::{TimeRange, Timestamp};

use super::Look;
use super::before::marks;
use super::container::Container;
use crate::app::evaluator::Evaluator;
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;

const HOUR: Duration = Duration::from_secs(3600);
const HALF_HOUR: Duration = Duration::from_secs(1800);
/// A kill this near to the event has to do with it.
const OOM_WITHIN: Duration = Duration::from_secs(600);

/// What the container used is a mean of the minute around the event.
const HALF_MINUTE: Duration = Duration::from_secs(30);

/// All of it, as far as it was measured and is kept.
pub(super) fn then(
    look: &Look<'_>,
    container: &Container,
    at: Timestamp,
) -> Result<ContainerThen, QueryRefusal> {
    let range = TimeRange { start: at.minus(HOUR), end: at.plus(HALF_HOUR) };
    let marks = marks(look, &container.matchers(), range)?;
    let is_near = |mark: &&Mark, within: Duration| mark.at.abs_diff(at.nanos()) <= within.as_nanos() as u64;
    let restarts =
        marks.iter().filter(|mark| mark.kind == MarkKind::Restart && mark.at <= at.nanos()).count();
    let mut then = ContainerThen {
        container: container.name.clone(),
        id: container.short_id().to_owned(),
        service: container.owner.service.clone(),
        project: container.owner.project.clone(),
        environment: container.owner.environment.clone(),
        image: container.image.clone(),
        restarts: restarts as u64,
        oom_killed: marks.iter().any(|mark| mark.kind == MarkKind::Oom && is_near(&mark, OOM_WITHIN)),
        happened: marks.iter().filter(|mark| is_near(mark, HALF_HOUR)).map(happened).collect(),
        charts: charts(&container.matchers()),
        ..ContainerThen::default()
    };
    measured(&look.evaluator(), &mut then, &container.matchers(), at.plus(HALF_MINUTE).min(look.now))?;
    Ok(then)
}

fn happened(mark: &Mark) -> Happened {
    Happened { at: Timestamp::from_nanos(mark.at).millis(), text: mark.text.clone() }
}

fn measured(
    evaluator: &Evaluator<'_>,
    then: &mut ContainerThen,
    matchers: &str,
    at: Timestamp,
) -> Result<(), Fault> {
    let number = |query: String| -> Result<Option<f64>, Fault> {
        Ok(evaluator.at(at, &query)?.first().map(|(_, number)| *number))
    };
    then.cpu_cores = number(format!("sum(rate(container_cpu_usage_seconds_total{{{matchers}}}[1m]))"))?;
    then.cpu_limit_cores = number(format!(
        "max(container_spec_cpu_quota{{{matchers}}} / container_spec_cpu_period{{{matchers}}} > 0)"
    ))?;
    then.memory_bytes = number(format!("sum(container_memory_working_set_bytes{{{matchers}}})"))?;
    then.memory_limit_bytes = number(format!("max(container_spec_memory_limit_bytes{{{matchers}}} > 0)"))?;
    Ok(())
}

fn charts(matchers: &str) -> Vec<Chart> {
    let chart = |title: &str, unit: &str, query: String, limit: String| Chart {
        title: title.into(),
        unit: unit.into(),
        query,
        legend: "{{container}}".into(),
        limit,
    };
    vec![
        chart(
            "CPU",
            "cores",
            format!("sum by (container) (rate(container_cpu_usage_seconds_total{{{matchers}}}[2m]))"),
            String::new(),
        ),
        chart(
            "Memory",
            "bytes",
            format!("sum by (container) (container_memory_working_set_bytes{{{matchers}}})"),
            format!("min(container_spec_memory_limit_bytes{{{matchers}}} > 0)"),
        ),
    ]
}
