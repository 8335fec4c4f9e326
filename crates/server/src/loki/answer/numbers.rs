//! Numbers as vectors and matrices: times as seconds with a fraction, values as text.

use logql::{InstantValue, Matrix, Sample, Series};
use model::Timestamp;
use serde::{Serialize, Serializer};

use super::{LabelMap, QueryData, Stats};

/// A time and a value: `[1700000000.5, "2"]`.
#[derive(Clone, Copy)]
struct Point(Timestamp, f64);

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Seconds(self.0), number(self.1)).serialize(serializer)
    }
}

/// Seconds to the millisecond; a whole number where they are whole.
pub(super) struct Seconds(pub(super) Timestamp);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = self.0.millis();
        if millis % 1000 == 0 {
            return serializer.serialize_i64(millis / 1000);
        }
        serializer.serialize_f64(millis as f64 / 1000.0)
    }
}

/// As Loki writes numbers: `1`, `0.5`, `NaN`, `+Inf`; never with an exponent.
fn number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    format!("{value}")
}

#[derive(Serialize)]
struct SampleForm {
    metric: LabelMap,
    value: Point,
}

#[derive(Serialize)]
struct SeriesForm {
    metric: LabelMap,
    values: Vec<Point>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AtInstant {
    Scalar(Point),
    Vector(Vec<SampleForm>),
}

/// The data of an instant query's answer.
pub(in crate::loki) fn vector(value: InstantValue, at: Timestamp, stats: Stats) -> impl Serialize {
    let (result_type, result) = match value {
        InstantValue::Scalar(number) => ("scalar", AtInstant::Scalar(Point(at, number))),
        InstantValue::Vector(samples) => {
            let form =
                |Sample { labels, value }| SampleForm { metric: LabelMap(labels), value: Point(at, value) };
            ("vector", AtInstant::Vector(samples.into_iter().map(form).collect()))
        }
    };
    QueryData { result_type, encoding_flags: None, result, stats }
}

/// The data of a range query's answer.
pub(in crate::loki) fn matrix(matrix: Matrix, stats: Stats) -> impl Serialize {
    let form = |Series { labels, points }| SeriesForm {
        metric: LabelMap(labels),
        values: points.into_iter().map(|(at, value)| Point(at, value)).collect(),
    };
    let result: Vec<SeriesForm> = matrix.series.into_iter().map(form).collect();
    QueryData { result_type: "matrix", encoding_flags: None, result, stats }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_as_loki_writes_them() {
        for (value, expected) in [
            (2.0, "2"),
            (0.5, "0.5"),
            (-3.25, "-3.25"),
            (0.0, "0"),
            (1e21, "1000000000000000000000"),
            (1.5e-7, "0.00000015"),
            (123_456_789_012.0, "123456789012"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(number(value), expected);
        }
        let json = |nanos| serde_json::to_string(&Point(Timestamp::from_nanos(nanos), 1.0)).expect("JSON");
        assert_eq!(json(1_700_000_000_000_000_000), "[1700000000,\"1\"]");
        assert_eq!(json(1_700_000_000_123_456_789), "[1700000000.123,\"1\"]");
    }
}
