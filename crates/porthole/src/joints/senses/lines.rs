//! LogQL for rules.

use std::time::Duration;

use alerts::{Grid, Instant, Range, Series};
use logql::{Budget, Expr, InstantValue, MetricQuery, Warning};
use logs::Logs;
use model::{Labels, Timestamp};

use super::run::{Limit, too_long};

/// The numbers at one instant.
pub(super) fn instant(logs: &Logs, expr: &str, at: Timestamp, limit: &Limit) -> Instant {
    let query = numbers(expr)?;
    let stop = || limit.is_over();
    let answer = query.instant(logs, at, &budget(at, &stop)).map_err(|error| error.to_string())?;
    whole(&answer.warnings)?;
    Ok(match answer.value {
        InstantValue::Scalar(number) => vec![(Labels::default(), number)],
        InstantValue::Vector(samples) => {
            samples.into_iter().map(|sample| (sample.labels, sample.value)).collect()
        }
    })
}

/// The numbers over a grid.
pub(super) fn range(logs: &Logs, expr: &str, grid: Grid, limit: &Limit) -> Range {
    let query = numbers(expr)?;
    let stop = || limit.is_over();
    let step = Duration::from_millis(grid.step_ms.unsigned_abs());
    let answer = query.range(logs, grid.first, grid.last, step, &budget(grid.last, &stop));
    let answer = answer.map_err(|error| error.to_string())?;
    whole(&answer.warnings)?;
    let series = answer.series.into_iter().map(|one| Series {
        points: one.points.into_iter().map(|(at, number)| (at.millis(), number)).collect(),
        labels: one.labels,
    });
    Ok(series.collect())
}

fn numbers(expr: &str) -> Result<MetricQuery, String> {
    match logql::parse(expr).map_err(|error| error.to_string())? {
        Expr::Metric(metric) => MetricQuery::new(&metric).map_err(|error| error.to_string()),
        Expr::Log(_) => {
            Err("the expression gives lines; count them: `sum(count_over_time({…}[5m]))`".to_owned())
        }
    }
}

fn budget<'a>(now: Timestamp, stop: &'a dyn Fn() -> bool) -> Budget<'a> {
    Budget { now, stop, ..Budget::generous() }
}

/// A count in part is a wrong count.
fn whole(warnings: &[Warning]) -> Result<(), String> {
    for warning in warnings {
        match warning {
            Warning::Stopped => return Err(too_long()),
            Warning::ReadEnough(_) => return Err(warning.to_string()),
            Warning::Damaged(_) | Warning::MoreDamaged(_) | Warning::KeptEnough(_) => {}
        }
    }
    Ok(())
}
