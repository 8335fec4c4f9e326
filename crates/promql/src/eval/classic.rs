//! Classic histograms: one series per bucket, whose label `le` says up to which number it counts.

use std::collections::BTreeMap;

use model::Labels;
use series::{Points, Series};

use super::EvalError;
use super::run::{Part, Run};
use crate::ast::Call;
use crate::source::Source;

/// Counts that differ by less of themselves are taken to differ by rounding alone.
const TOLERANCE: f64 = 1e-12;

/// `histogram_quantile` and `histogram_fraction`.
pub(super) fn call<S: Source>(run: &mut Run<'_, '_, S>, call: &Call) -> Result<Part, EvalError> {
    let Some((of, scalars)) = call.arguments.split_last() else { return Ok(Part::Vector(Vec::new())) };
    let span = of.span;
    let vector = run.vector(of)?;
    let bounds = scalars.iter().map(|scalar| run.scalar(scalar)).collect::<Result<Vec<_>, _>>()?;
    if let [phi] = bounds.as_slice() {
        phi.iter().flatten().for_each(|value| run.notebook.quantile(value, scalars[0].span));
    }
    let mut histograms: BTreeMap<Labels, Vec<(f64, Points)>> = BTreeMap::new();
    for Series { labels, points } in vector {
        let name = labels.get("__name__").unwrap_or_default();
        let le = labels.get("le").unwrap_or_default();
        match upper_bound(le) {
            Some(upper) => {
                let key = labels.filter(|label| label != "le" && label != "__name__");
                histograms.entry(key).or_default().push((upper, points));
            }
            None => run.notebook.bucket(name, le, span),
        }
    }
    let len = run.instants.len;
    let mut vector = Vec::with_capacity(histograms.len());
    for (labels, mut buckets) in histograms {
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut forced = false;
        let points = Points::from_fn(len, |index| {
            let mut here = at(&buckets, index);
            if here.is_empty() {
                return None;
            }
            forced |= make_monotonic(&mut here);
            match bounds.as_slice() {
                [phi] => Some(quantile(phi.get(index)?, &here)),
                [lower, upper] => Some(fraction(lower.get(index)?, upper.get(index)?, &here)),
                _ => None,
            }
        });
        if forced && bounds.len() == 1 {
            run.notebook.forced_monotonic("", span);
        }
        vector.push(Series { labels, points });
    }
    Ok(Part::Vector(vector))
}

/// How many numbers are at most `upper`.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    upper: f64,
    count: f64,
}

fn upper_bound(le: &str) -> Option<f64> {
    match le {
        "+Inf" | "Inf" | "inf" | "+inf" => Some(f64::INFINITY),
        _ => le.parse().ok().filter(|upper: &f64| !upper.is_nan()),
    }
}

/// The buckets of an instant by their bounds; equal bounds are one bucket.
fn at(buckets: &[(f64, Points)], index: usize) -> Vec<Bucket> {
    let mut here: Vec<Bucket> = Vec::with_capacity(buckets.len());
    for (upper, points) in buckets {
        let Some(count) = points.get(index) else { continue };
        match here.last_mut() {
            Some(last) if last.upper == *upper => last.count += count,
            _ => here.push(Bucket { upper: *upper, count }),
        }
    }
    here
}

/// Lifts counts that are less than those of smaller buckets, and says whether that was more than rounding.
fn make_monotonic(buckets: &mut [Bucket]) -> bool {
    let mut forced = false;
    let mut most = f64::NEG_INFINITY;
    for bucket in buckets {
        if bucket.count > most || most == f64::NEG_INFINITY {
            most = bucket.count;
        } else if bucket.count < most {
            let is_rounding = (most - bucket.count) <= TOLERANCE * most.abs().max(bucket.count.abs());
            forced |= !is_rounding;
            bucket.count = most;
        }
    }
    forced
}

/// The number that a share φ of all is at most, as if numbers were spread evenly in each bucket.
fn quantile(phi: f64, buckets: &[Bucket]) -> f64 {
    if phi.is_nan() {
        return f64::NAN;
    }
    if phi < 0.0 {
        return f64::NEG_INFINITY;
    }
    if phi > 1.0 {
        return f64::INFINITY;
    }
    let [.., before_last, last] = *buckets else { return f64::NAN };
    if last.upper != f64::INFINITY || last.count == 0.0 || last.count.is_nan() {
        return f64::NAN;
    }
    let rank = phi * last.count;
    let place = buckets[..buckets.len() - 1].partition_point(|bucket| bucket.count < rank);
    if place == buckets.len() - 1 {
        return before_last.upper;
    }
    if place == 0 && buckets[0].upper <= 0.0 {
        return buckets[0].upper;
    }
    let (start, below) =
        if place == 0 { (0.0, 0.0) } else { (buckets[place - 1].upper, buckets[place - 1].count) };
    let Bucket { upper, count } = buckets[place];
    start + (upper - start) * ((rank - below) / (count - below))
}

/// The share of all numbers between two, as if they were spread evenly in each bucket.
fn fraction(lower: f64, upper: f64, buckets: &[Bucket]) -> f64 {
    let Some(last) = buckets.last().filter(|last| last.upper == f64::INFINITY) else { return f64::NAN };
    if last.count == 0.0 || last.count.is_nan() || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    (rank(upper, buckets) - rank(lower, buckets)) / last.count
}

/// How many numbers are at most `bound`.
fn rank(bound: f64, buckets: &[Bucket]) -> f64 {
    let (mut start, mut below) = (f64::NEG_INFINITY, 0.0);
    for (index, bucket) in buckets.iter().enumerate() {
        // The lowest bucket begins at zero, if it can.
        let from = if index == 0 && bucket.upper > 0.0 { 0.0 } else { start };
        if bound < bucket.upper {
            if bound <= from || bucket.upper == f64::INFINITY || from == f64::NEG_INFINITY {
                return below;
            }
            return below + (bucket.count - below) * ((bound - from) / (bucket.upper - from));
        }
        (start, below) = (bucket.upper, bucket.count);
    }
    below
}
