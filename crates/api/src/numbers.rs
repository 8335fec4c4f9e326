//! Numbers over time for the page's chart: `GET logs/numbers?`[`LogRequest`](crate::LogRequest) with a LogQL
//! query for numbers answers [`Numbers`]; `buckets` says about how many points each series gets. 400
//! [`QueryFault`](crate::QueryFault).

use serde::{Deserialize, Serialize};

use crate::{Millis, StreamLabels};

/// Series over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// At most 500, sorted by labels.
    pub series: Vec<NumberSeries>,
    /// Between two points.
    pub step: Millis,
    /// What was left out or could not be read, in words for the page.
    pub warnings: Vec<String>,
}

/// One series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NumberSeries {
    /// What tells it from the others.
    pub labels: StreamLabels,
    /// When and how much, oldest first; instants without a number are left out, and so are infinities and NaN,
    /// which JSON cannot say.
    pub points: Vec<(Millis, f64)>,
}
