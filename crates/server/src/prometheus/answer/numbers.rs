//! Numbers as scalars, vectors and matrices, written as JSON point by point: times as seconds with a fraction, values
//! as text.

use std::fmt::Write;

use model::Labels;
use model::Ordered as _;
use promql::Value;
use serde::Serialize;

use super::{LabelMap, Remarks};

/// Room for a usual point.
const POINT_BYTES: usize = 28;

/// What a query took, for those who ask for `stats`.
#[derive(Serialize)]
pub(in crate::prometheus) struct Stats {
    timings: Timings,
    samples: Taken,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Timings {
    eval_total_time: f64,
    result_sort_time: f64,
    query_preparation_time: f64,
    inner_eval_time: f64,
    exec_queue_time: f64,
    exec_total_time: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    total_queryable_samples: usize,
    peak_samples: usize,
}

impl Stats {
    /// So many samples, so many seconds of computing within so many seconds of waiting.
    pub(in crate::prometheus) fn new(samples: usize, computing: f64, waiting: f64) -> Self {
        Self {
            timings: Timings {
                eval_total_time: computing,
                result_sort_time: 0.0,
                query_preparation_time: 0.0,
                inner_eval_time: computing,
                exec_queue_time: (waiting - computing).max(0.0),
                exec_total_time: waiting,
            },
            samples: Taken { total_queryable_samples: samples, peak_samples: samples },
        }
    }
}

/// A value and the instants that it is of.
pub(in crate::prometheus) struct Answered {
    pub(in crate::prometheus) value: Value,
    pub(in crate::prometheus) first_ms: i64,
    /// `None`: a query at one instant.
    pub(in crate::prometheus) step_ms: Option<i64>,
}

impl Answered {
    /// The answer's `data`, at most `limit` series of it.
    pub(in crate::prometheus) fn data(
        self,
        limit: Option<usize>,
        remarks: &mut Remarks,
        stats: Option<&Stats>,
    ) -> String {
        let mut text = String::new();
        let kind = self.result(limit, remarks, &mut text);
        let stats = stats.map_or(String::new(), |stats| format!(",\"stats\":{}", json(stats)));
        format!("{{\"resultType\":\"{kind}\",\"result\":{text}{stats}}}")
    }

    fn result(self, limit: Option<usize>, remarks: &mut Remarks, text: &mut String) -> &'static str {
        let (first_ms, step_ms) = (self.first_ms, self.step_ms);
        match (self.value, step_ms) {
            (Value::Scalar(points), None) => {
                let value = points.get(0).unwrap_or(f64::NAN);
                let _ = write!(text, "[{},\"{}\"]", Seconds(first_ms), without_exponent(value));
                "scalar"
            }
            (Value::Text(value), _) => {
                let _ = write!(text, "[{},{}]", Seconds(first_ms), json(&value));
                "string"
            }
            (Value::Vector(mut vector), None) => {
                remarks.cut(&mut vector, limit);
                let samples =
                    vector.into_iter().filter_map(|series| Some((series.labels, series.points.get(0)?)));
                list(text, samples, |text, (labels, value)| {
                    opened(text, labels, "value");
                    point(text, first_ms, value);
                });
                "vector"
            }
            (Value::Scalar(points), Some(step_ms)) => {
                let whole = series::Series { labels: Labels::default(), points };
                list(text, [whole], |text, series| grid(text, series, first_ms, step_ms));
                "matrix"
            }
            (Value::Vector(mut vector), Some(step_ms)) => {
                series::sort_by_labels(&mut vector);
                remarks.cut(&mut vector, limit);
                list(text, vector, |text, series| grid(text, series, first_ms, step_ms));
                "matrix"
            }
            (Value::Matrix(mut matrix), _) => {
                matrix.order_by(|a, b| a.labels.cmp(&b.labels));
                remarks.cut(&mut matrix, limit);
                list(text, matrix, |text, samples| {
                    opened(text, samples.labels, "values");
                    points(text, samples.timestamps_ms.iter().copied().zip(samples.values));
                });
                "matrix"
            }
        }
    }
}

/// A list of objects whose last brace is still missing when `write` is done with them.
fn list<T>(text: &mut String, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    text.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(text, item);
        text.push('}');
    }
    text.push(']');
}

fn opened(text: &mut String, labels: Labels, member: &str) {
    let _ = write!(text, "{{\"metric\":{},\"{member}\":", json(&LabelMap(labels)));
}

fn grid(text: &mut String, series: series::Series, first_ms: i64, step_ms: i64) {
    opened(text, series.labels, "values");
    text.reserve(series.points.len() * POINT_BYTES);
    let numbers = series.points.iter().enumerate();
    points(text, numbers.filter_map(|(index, value)| Some((first_ms + step_ms * index as i64, value?))));
}

fn points(text: &mut String, points: impl Iterator<Item = (i64, f64)>) {
    text.push('[');
    for (index, (at_ms, value)) in points.enumerate() {
        if index > 0 {
            text.push(',');
        }
        point(text, at_ms, value);
    }
    text.push(']');
}

/// A time and a value: `[1700000000.500,"2"]`.
fn point(text: &mut String, at_ms: i64, value: f64) {
    let _ = write!(text, "[{},\"", Seconds(at_ms));
    number(text, value);
    text.push_str("\"]");
}

/// Seconds with three digits behind the point, or none where they are whole.
struct Seconds(i64);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 % 1000 == 0 {
            return write!(f, "{}", self.0 / 1000);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:03}", self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000)
    }
}

/// A number as Prometheus writes it in JSON: `1`, `0.5`, `1e+21`, `NaN`, `+Inf`.
pub(in crate::prometheus) fn written(value: f64) -> String {
    let mut text = String::new();
    number(&mut text, value);
    text
}

fn number(text: &mut String, value: f64) {
    let size = value.abs();
    let _ = match () {
        () if value.is_nan() => write!(text, "NaN"),
        () if value.is_infinite() => write!(text, "{}Inf", if value > 0.0 { '+' } else { '-' }),
        () if size == 0.0 || (1e-6..1e21).contains(&size) => write!(text, "{value}"),
        () => with_exponent(text, value),
    };
}

/// A number alone, which Prometheus writes without an exponent however large or small it is.
fn without_exponent(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { written(value) }
}

/// Go gives exponents a sign and two digits.
fn with_exponent(text: &mut String, value: f64) -> std::fmt::Result {
    let short = format!("{value:e}");
    let (mantissa, exponent) = short.split_once('e').unwrap_or((&short, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    write!(text, "{mantissa}e{sign}{digits:0>2}")
}

/// Texts, numbers and maps of texts always have a form in JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_does() {
        for (value, expected) in [
            (2.0, "2"),
            (0.5, "0.5"),
            (-0.0, "-0"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e-6, "0.0000015"),
            (1.5e-7, "1.5e-07"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::MAX, "1.7976931348623157e+308"),
        ] {
            assert_eq!(written(value), expected);
        }
    }

    #[test]
    fn times_have_three_digits_or_none() {
        for (at_ms, expected) in [
            (1_435_781_451_781, "[1435781451.781,\"1\"]"),
            (1_500, "[1.500,\"1\"]"),
            (1_007, "[1.007,\"1\"]"),
            (2_000, "[2,\"1\"]"),
            (-1, "[-0.001,\"1\"]"),
        ] {
            let mut text = String::new();
            point(&mut text, at_ms, 1.0);
            assert_eq!(text, expected);
        }
    }
}
