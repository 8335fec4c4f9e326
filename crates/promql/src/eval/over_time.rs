//! Functions of the samples in a window.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use series::{Compensated, Mean, Points, Series, Variance};

use super::rate::{Falls, Stretches};
use super::run::Run;
use super::samples::{Window, Windows, without_name};
use super::{EvalError, labels, rate};
use crate::ast::{Call, Expr, Kind};
use crate::source::{Samples, Source, Wanted};

/// After so many values it is asked again whether somebody still waits for the answer.
const VALUES_BETWEEN_LOOKS: usize = 1 << 20;

/// What is known of so many windows is kept for all series that share their timestamps.
const STRETCHES_MAX: usize = 1 << 20;

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
    let Some(of) = of else { return Ok(Vec::new()) };
    let parameter =
        parameter.map(|scalar| Ok::<_, EvalError>((run.scalar(scalar)?, scalar.span))).transpose()?;
    if let (Some((points, span)), "quantile_over_time") = (&parameter, name) {
        points.iter().flatten().for_each(|phi| run.notebook.quantile(phi, *span));
    }
    let windows = run.windows(of, Wanted::of(name))?;
    let len = windows.instants.len;
    let points = parameter.as_ref().map(|(points, _)| points);
    let vector = match change(name) {
        Some(change) => changes(run, &windows, change)?,
        None => {
            let Some(of_window) = of_window(name) else { return Ok(Vec::new()) };
            numbers(run, &windows, |index, window| {
                of_window(window, points.and_then(|points| points.get(index)).unwrap_or(f64::NAN))
            })?
        }
    };
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

/// Which change over a window.
#[derive(Clone, Copy)]
struct Change {
    of_counter: bool,
    per_second: bool,
}

fn change(name: &str) -> Option<Change> {
    Some(match name {
        "rate" => Change { of_counter: true, per_second: true },
        "increase" => Change { of_counter: true, per_second: false },
        "delta" => Change { of_counter: false, per_second: false },
        _ => return None,
    })
}

/// The change over each window of each series.
fn changes<S: Source>(
    run: &mut Run<'_, '_, S>,
    windows: &Windows,
    change: Change,
) -> Result<Vec<Series>, EvalError> {
    let samples = windows.series.iter().map(|series| series.values.len()).sum();
    run.account.spend(samples)?;
    let threads = run.account.threads(samples);
    let mut of_each = HashMap::new();
    for series in &windows.series {
        of_each.insert(key(series), &*series.timestamps_ms);
    }
    if of_each.len() * windows.instants.len > STRETCHES_MAX {
        of_each.clear();
    }
    let (keys, timestamps): (Vec<_>, Vec<&[i64]>) = of_each.into_iter().unzip();
    let known = series::share_out(threads, &timestamps, |timestamps| Stretches::of(windows, timestamps));
    let known: HashMap<_, _> = keys.into_iter().zip(known).collect();
    run.account.spend(0)?;
    let made = series::share_out(threads, &windows.series, |series| {
        let mut points = Points::none(windows.instants.len);
        let falls = change.of_counter.then(|| Falls::of(&series.values));
        let take = |index, number| points.set(index, Some(number));
        let own;
        let stretches = match known.get(&key(series)) {
            Some(shared) => shared,
            None => {
                own = Stretches::of(windows, &series.timestamps_ms);
                &own
            }
        };
        stretches.changes(&series.values, falls.as_ref(), change.per_second, take);
        (!points.is_empty()).then(|| Series { labels: series.labels.clone(), points })
    });
    Ok(made.into_iter().flatten().collect())
}

/// The same for series that share their timestamps.
fn key(series: &Samples) -> (usize, usize) {
    (series.timestamps_ms.as_ptr().addr(), series.timestamps_ms.len())
}

/// What `make` gives for each window of each series.
fn numbers<S: Source>(
    run: &mut Run<'_, '_, S>,
    windows: &Windows,
    make: impl Fn(usize, Window<'_>) -> Option<f64> + Sync,
) -> Result<Vec<Series>, EvalError> {
    let samples = windows.series.iter().map(|series| series.values.len()).sum();
    run.account.spend(samples)?;
    let (stop, stopped) = (run.account.budget.stop, AtomicBool::new(false));
    let made = series::share_out(run.account.threads(samples), &windows.series, |series| {
        let mut points = Points::none(windows.instants.len);
        // The first time after as many values as the series has, so that many short series are not gone through in vain.
        let mut looked_at = VALUES_BETWEEN_LOOKS - series.values.len().min(VALUES_BETWEEN_LOOKS);
        windows.each(series, |index, window| {
            // Long windows over a fine grid look at each sample thousands of times.
            looked_at += window.values.len();
            if looked_at >= VALUES_BETWEEN_LOOKS {
                looked_at = 0;
                stopped.fetch_or(stop(), Ordering::Relaxed);
            }
            if !stopped.load(Ordering::Relaxed) {
                points.set(index, make(index, window));
            }
        });
        (!points.is_empty()).then(|| Series { labels: series.labels.clone(), points })
    });
    if stopped.into_inner() {
        return Err(EvalError::Stopped);
    }
    Ok(made.into_iter().flatten().collect())
}

fn of_window(name: &str) -> Option<OfWindow> {
    Some(match name {
        "absent_over_time" | "present_over_time" => |_, _| Some(1.0),
        "avg_over_time" => |window, _| Some(mean(window.values)),
        "changes" => {
            |window, _| Some(count_steps(window.values, |a, b| a != b && !(a.is_nan() && b.is_nan())))
        }
        "count_over_time" => |window, _| Some(window.values.len() as f64),
        "deriv" => |window, _| rate::derivative(window),
        "first_over_time" => |window, _| window.values.first().copied(),
        "idelta" => |window, _| rate::instantaneous(window, false),
        "irate" => |window, _| rate::instantaneous(window, true),
        "last_over_time" => |window, _| window.values.last().copied(),
        "max_over_time" => |window, _| Some(extreme(window.values, |a, b| a > b)),
        "min_over_time" => |window, _| Some(extreme(window.values, |a, b| a < b)),
        "predict_linear" => |window, seconds| rate::predict_linear(window, seconds),
        "quantile_over_time" => |window, phi| Some(quantile(window.values, phi)),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use model::{Labels, Timestamp};

    use crate::{Budget, EvalError, Query, Samples, Selection, Source, SourceError};

    /// One series with a sample each second.
    struct EachSecond;

    impl Source for EachSecond {
        fn select(&self, selection: &Selection) -> Result<Vec<Samples>, SourceError> {
            let timestamps_ms: Arc<[i64]> =
                (selection.first_ms..=selection.last_ms).filter(|at| at % 1000 == 0).collect();
            let values = timestamps_ms.iter().map(|at| *at as f64).collect();
            Ok(vec![Samples { labels: Labels::from_pairs([("__name__", "x")]), timestamps_ms, values }])
        }
    }

    #[test]
    fn long_windows_end_when_nobody_waits() {
        let asked = AtomicUsize::new(0);
        let stop = || asked.fetch_add(1, Ordering::Relaxed) >= 10;
        let budget = Budget { stop: &stop, ..Budget::generous() };
        let (start, end) = (Timestamp::from_seconds(100_000), Timestamp::from_seconds(102_000));
        for function in ["sum_over_time(x[20000s])", "quantile_over_time(0.5, x[20000s])", "deriv(x[20000s])"]
        {
            asked.store(0, Ordering::Relaxed);
            let query = Query::parse(function).expect("a query");
            let answer = query.range(&EachSecond, start, end, Duration::from_secs(1), &budget);
            assert_eq!(answer, Err(EvalError::Stopped), "{function}");
        }
    }
}
