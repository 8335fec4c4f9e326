//! Functions: which part of the evaluator each belongs to, and those that change one number at a time.

use series::{Points, Series};

use super::run::{Part, Run, bare};
use super::samples::without_name;
use super::{EvalError, calendar, classic, instants, labels, over_time};
use crate::ast::{Call, Expr, Kind, Node};
use crate::source::Source;

/// What a function makes of its arguments.
pub(super) fn call<S: Source>(run: &mut Run<'_, '_, S>, call: &Call, expr: &Expr) -> Result<Part, EvalError> {
    let name = call.function.name;
    if call.function.takes.contains(&Kind::Matrix) {
        return Ok(Part::Vector(over_time::call(run, call, expr)?));
    }
    if let Some(change) = single(name) {
        return changed(run.vector(&call.arguments[0])?, change);
    }
    if let Some(part) = calendar::part(name) {
        let instants = match call.arguments.first() {
            Some(of) => run.vector(of)?,
            None => vec![bare(time(run))],
        };
        return changed(instants, move |seconds| calendar::at(part, seconds));
    }
    match name {
        "pi" => Ok(Part::Scalar(Points::constant(std::f64::consts::PI, run.instants.len))),
        "time" => Ok(Part::Scalar(time(run))),
        "vector" => Ok(Part::Vector(vec![bare(run.scalar(&call.arguments[0])?)])),
        "scalar" => Ok(Part::Scalar(only_number(&run.vector(&call.arguments[0])?, run.instants.len))),
        "timestamp" => timestamp(run, &call.arguments[0]),
        "absent" => absent(run, &call.arguments[0]),
        "sort" | "sort_desc" => {
            let mut vector = run.vector(&call.arguments[0])?;
            if run.instants.len == 1 {
                series::sort_by_value(&mut vector, name == "sort_desc");
            }
            Ok(Part::Vector(vector))
        }
        "clamp" | "clamp_min" | "clamp_max" | "round" => with_scalars(run, call),
        "label_replace" | "label_join" => labels::call(run, call),
        "histogram_quantile" | "histogram_fraction" => classic::call(run, call),
        // Of native histograms alone: of numbers they make nothing.
        _ => run.vector(&call.arguments[0]).map(|_| Part::Vector(Vec::new())),
    }
}

/// Puts another number in place of each; the name goes, since something else is measured now.
fn changed(vector: Vec<Series>, change: impl Fn(f64) -> f64) -> Result<Part, EvalError> {
    let changed = vector.into_iter().map(|series| Series {
        points: series.points.map(|_, number| Some(change(number))),
        labels: series.labels,
    });
    Ok(Part::Vector(series::relabel(changed.collect(), without_name)?))
}

/// The functions of one number.
fn single(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "abs" => f64::abs,
        "acos" => f64::acos,
        "acosh" => f64::acosh,
        "asin" => f64::asin,
        "asinh" => f64::asinh,
        "atan" => f64::atan,
        "atanh" => f64::atanh,
        "ceil" => f64::ceil,
        "cos" => f64::cos,
        "cosh" => f64::cosh,
        "deg" => f64::to_degrees,
        "exp" => f64::exp,
        "floor" => f64::floor,
        "ln" => f64::ln,
        "log10" => f64::log10,
        "log2" => f64::log2,
        "rad" => f64::to_radians,
        "sgn" => |number| if number == 0.0 || number.is_nan() { number } else { number.signum() },
        "sin" => f64::sin,
        "sinh" => f64::sinh,
        "sqrt" => f64::sqrt,
        "tan" => f64::tan,
        "tanh" => f64::tanh,
        _ => return None,
    })
}

fn with_scalars<S: Source>(run: &mut Run<'_, '_, S>, call: &Call) -> Result<Part, EvalError> {
    let vector = run.vector(&call.arguments[0])?;
    let scalars =
        call.arguments[1..].iter().map(|scalar| run.scalar(scalar)).collect::<Result<Vec<_>, _>>()?;
    let at = |which: usize, index: usize| scalars.get(which).and_then(|scalar| scalar.get(index));
    let change = |index: usize, number: f64| match call.function.name {
        "clamp" => {
            let (least, most) = (at(0, index)?, at(1, index)?);
            (least <= most || least.is_nan() || most.is_nan()).then(|| clamped(number, least, most))
        }
        "clamp_min" => Some(clamped(number, at(0, index)?, f64::INFINITY)),
        "clamp_max" => Some(clamped(number, f64::NEG_INFINITY, at(0, index)?)),
        _ => Some(rounded(number, at(0, index).unwrap_or(1.0))),
    };
    let changed =
        vector.into_iter().map(|series| Series { points: series.points.map(change), labels: series.labels });
    Ok(Part::Vector(series::relabel(changed.collect(), without_name)?))
}

/// NaN among the bounds makes it NaN.
fn clamped(number: f64, least: f64, most: f64) -> f64 {
    if number.is_nan() || least.is_nan() || most.is_nan() {
        return f64::NAN;
    }
    number.min(most).max(least)
}

/// To the nearest multiple; halves go up.
fn rounded(number: f64, nearest: f64) -> f64 {
    // Dividing by the inverse keeps 0.1 and the like exact.
    let inverse = 1.0 / nearest;
    (number * inverse + 0.5).floor() / inverse
}

/// The instants themselves, in seconds.
fn time<S>(run: &Run<'_, '_, S>) -> Points {
    let instants = run.instants;
    Points::from_fn(instants.len, |index| Some(instants.at(index) as f64 / 1e3))
}

/// The number of the only series, at instants where there is only one.
fn only_number(vector: &[Series], len: usize) -> Points {
    Points::from_fn(len, |index| {
        let mut numbers = vector.iter().filter_map(|series| series.points.get(index));
        let first = numbers.next();
        Some(first.filter(|_| numbers.next().is_none()).unwrap_or(f64::NAN))
    })
}

fn timestamp<S: Source>(run: &mut Run<'_, '_, S>, of: &Expr) -> Result<Part, EvalError> {
    if let Node::Selector(selector) = &of.node {
        let vector = run.selector(selector, instants::Give::Timestamp)?;
        return Ok(Part::Vector(series::relabel(vector, without_name)?));
    }
    let (vector, instants) = (run.vector(of)?, run.instants);
    let timed = vector.into_iter().map(|series| Series {
        points: series.points.map(|index, _| Some(instants.at(index) as f64 / 1e3)),
        labels: series.labels,
    });
    Ok(Part::Vector(series::relabel(timed.collect(), without_name)?))
}

/// 1 at instants where nothing is there.
fn absent<S: Source>(run: &mut Run<'_, '_, S>, of: &Expr) -> Result<Part, EvalError> {
    let vector = run.vector(of)?;
    let points = Points::from_fn(run.instants.len, |index| {
        let is_there = vector.iter().any(|series| series.points.has(index));
        (!is_there).then_some(1.0)
    });
    Ok(Part::Vector(vec![Series { labels: labels::told_by(of), points }]))
}
