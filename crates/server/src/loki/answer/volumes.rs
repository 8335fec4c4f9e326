//! Volumes as vectors and matrices of whole numbers.

use model::{Labels, Timestamp};
use serde::{Serialize, Serializer};

use super::numbers::Seconds;
use super::{LabelMap, QueryData, Spent, Stats};

/// A time and a number of bytes: `[1700000000.5, "2"]`.
pub(in crate::loki) struct Point(Timestamp, u64);

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Seconds(self.0), self.1.to_string()).serialize(serializer)
    }
}

/// The volume of one group.
#[derive(Serialize)]
#[serde(untagged)]
pub(in crate::loki) enum Volume {
    /// Over the whole range.
    Sample { metric: LabelMap, value: Point },
    /// In each step.
    Series { metric: LabelMap, values: Vec<Point> },
}

/// The data of an answer.
pub(in crate::loki) struct Volumes;

impl Volumes {
    /// Of the whole range.
    pub(in crate::loki) fn at(at: Timestamp, groups: Vec<(Labels, u64)>) -> impl Serialize {
        let form = |(labels, bytes)| Volume::Sample { metric: LabelMap(labels), value: Point(at, bytes) };
        Self::data("vector", groups.into_iter().map(form).collect())
    }

    /// Of each step.
    pub(in crate::loki) fn over(groups: Vec<(Labels, Vec<(Timestamp, u64)>)>) -> impl Serialize {
        let form = |(labels, points): (Labels, Vec<(Timestamp, u64)>)| Volume::Series {
            metric: LabelMap(labels),
            values: points.into_iter().map(|(at, bytes)| Point(at, bytes)).collect(),
        };
        Self::data("matrix", groups.into_iter().map(form).collect())
    }

    fn data(result_type: &'static str, result: Vec<Volume>) -> QueryData<Vec<Volume>> {
        let spent =
            Spent { stats: logql::Stats::default(), time: Default::default(), returned: result.len() };
        QueryData { result_type, encoding_flags: None, result, stats: Stats::from(spent) }
    }
}
