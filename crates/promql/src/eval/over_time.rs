//! Functions of the samples in a window.

use series::{Compensated, Mean, Points, Series, Variance};

use super::run::Run;
use super::samples::{Window, without_name};
use super::{EvalError, labels, rate};
use crate::ast::{Call, Expr, Kind};
use crate::source::Source;

/// Makes a number of a window and the function's parameter, or nothing.
type OfWindow = fn(Window<'_>, f64) -> Option<f64>;

/// What a function makes of each series' windows.
pub(super) fn call<S: Source>(
    run: &mut Run<'_, '_, S>,
    call: &Call,
    expr: &Expr,
) -> Result<Vec<Series>, EvalError> {
    let name = call.function.name;
    let (mut of, mut parameter) = (None, None);
    for (index, argument) in call.arguments.iter().enumerate() {
        match call.function.kind_of(index) {
            Kind::Matrix => of = Some(argument),
            _ => parameter = Some(argument),
        }
    }
    let (Some(of), Some(of_window)) = (of, of_window(name)) else { return Ok(Vec::new()) };
    let parameter =
        parameter.map(|scalar| Ok::<_, EvalError>((run.scalar(scalar)?, scalar.span))).transpose()?;
    if let (Some((points, span)), "quantile_over_time") = (&parameter, name) {
        points.iter().flatten().for_each(|phi| run.notebook.quantile(phi, *span));
    }
    let windows = run.windows(of)?;
    let len = windows.instants.len;
    let mut vector = Vec::with_capacity(windows.series.len());
    for series in &windows.series {
        let mut points = Points::none(len);
        run.account.spend(series.values.len())?;
        windows.each(series, |index, window| {
            let parameter = parameter.as_ref().and_then(|(points, _)| points.get(index));
            points.set(index, of_window(window, parameter.unwrap_or(f64::NAN)));
        });
        if !points.is_empty() {
            vector.push(Series { labels: series.labels.clone(), points });
        }
    }
    if matches!(name, "rate" | "increase" | "irate") {
        vector
            .iter()
            .for_each(|s| run.notebook.counter(s.labels.get("__name__").unwrap_or_default(), expr.span));
    }
    match name {
        "absent_over_time" => {
            let points = Points::from_fn(len, |index| {
                (!vector.iter().any(|series| series.points.has(index))).then_some(1.0)
            });
            Ok(vec![Series { labels: labels::told_by(of), points }])
        }
        // They give a sample as it is.
        "first_over_time" | "last_over_time" => Ok(vector),
        _ => Ok(series::relabel(vector, without_name)?),
    }
}

fn of_window(name: &str) -> Option<OfWindow> {
    Some(match name {
        "absent_over_time" | "present_over_time" => |_, _| Some(1.0),
        "avg_over_time" => |window, _| Some(mean(window.values)),
        "changes" => {
            |window, _| Some(count_steps(window.values, |a, b| a != b && !(a.is_nan() && b.is_nan())))
        }
        "count_over_time" => |window, _| Some(window.values.len() as f64),
        "delta" => |window, _| rate::extrapolated(window, false, false),
        "deriv" => |window, _| rate::derivative(window),
        "first_over_time" => |window, _| window.values.first().copied(),
        "idelta" => |window, _| rate::instantaneous(window, false),
        "increase" => |window, _| rate::extrapolated(window, true, false),
        "irate" => |window, _| rate::instantaneous(window, true),
        "last_over_time" => |window, _| window.values.last().copied(),
        "max_over_time" => |window, _| Some(extreme(window.values, |a, b| a > b)),
        "min_over_time" => |window, _| Some(extreme(window.values, |a, b| a < b)),
        "predict_linear" => rate::predict_linear,
        "quantile_over_time" => |window, phi| Some(quantile(window.values, phi)),
        "rate" => |window, _| rate::extrapolated(window, true, true),
        "resets" => |window, _| Some(count_steps(window.values, |before, after| after < before)),
        "stddev_over_time" => |window, _| Some(variance(window.values).sqrt()),
        "stdvar_over_time" => |window, _| Some(variance(window.values)),
        "sum_over_time" => |window, _| Some(sum(window.values)),
        _ => return None,
    })
}

fn sum(values: &[f64]) -> f64 {
    let mut sum = Compensated::default();
    values.iter().for_each(|value| sum.add(*value));
    sum.total()
}

/// By the sum; where that overflows, by a running mean.
fn mean(values: &[f64]) -> f64 {
    let sum = sum(values);
    if sum.is_finite() {
        return sum / values.len() as f64;
    }
    let mut mean = Mean::default();
    values.iter().for_each(|value| mean.add(*value));
    mean.mean
}

fn variance(values: &[f64]) -> f64 {
    let mut variance = Variance::default();
    values.iter().for_each(|value| variance.add(*value));
    variance.value()
}

/// The number that no other one beats; NaN only if all are.
fn extreme(values: &[f64], beats: impl Fn(f64, f64) -> bool) -> f64 {
    let better = |best: f64, value: &f64| if beats(*value, best) || best.is_nan() { *value } else { best };
    values.iter().fold(f64::NAN, better)
}

fn count_steps(values: &[f64], counts: impl Fn(f64, f64) -> bool) -> f64 {
    values.windows(2).filter(|pair| counts(pair[0], pair[1])).count() as f64
}

fn quantile(values: &[f64], phi: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan())));
    series::quantile(phi, sorted.len(), |index| sorted[index])
}
