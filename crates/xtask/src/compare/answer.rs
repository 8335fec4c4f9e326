//! What an answer says, apart from what two products may do differently: order between streams, statistics, texts
//! of errors.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use crate::load::http::Answer;

/// How far apart two numbers may be to count as the same, in parts of the larger.
const PART: f64 = 1e-9;

type Labels = BTreeMap<String, String>;

/// An answer to compare.
#[derive(Debug)]
pub(super) enum Said {
    /// Lines: nanoseconds, labels of the stream, the line, and what was found in it.
    Lines(Vec<(String, Labels, String, String)>),
    /// Numbers by the labels of their series and their second.
    Numbers(BTreeMap<(Labels, String), f64>),
    /// Something else, as it is.
    Other(Value),
    /// Refused with this status, and why.
    Refused(u16, String),
}

impl Said {
    /// Reads an answer of Loki's API.
    pub(super) fn read(answer: &Answer, leave_out: &[&str]) -> Self {
        if answer.status != 200 {
            return Self::Refused(answer.status, answer.text().trim().to_owned());
        }
        let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
            return Self::Other(Value::String(answer.text()));
        };
        let result = body["data"]["result"].as_array().map(Vec::as_slice);
        match (body["data"]["resultType"].as_str(), result) {
            (Some("streams"), Some(streams)) => Self::Lines(lines(streams, leave_out)),
            (Some("matrix" | "vector"), Some(series)) => Self::Numbers(numbers(series, leave_out)),
            // The time of a number is anything at Loki.
            (Some("scalar"), _) => Self::Other(body["data"]["result"][1].clone()),
            // So is an empty list: it may be left out.
            _ if body["status"] == "success" => {
                Self::Other(sorted(body.get("data").cloned().unwrap_or_else(|| json!([]))))
            }
            _ => Self::Other(sorted(body)),
        }
    }

    /// `None` if both say the same.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        match (self, other) {
            (Self::Lines(left), Self::Lines(right)) => first_difference(left, right, |a, b| a == b),
            (Self::Numbers(left), Self::Numbers(right)) => {
                let (left, right): (Vec<_>, Vec<_>) = (left.iter().collect(), right.iter().collect());
                first_difference(&left, &right, |a, b| a.0 == b.0 && is_close(*a.1, *b.1))
            }
            (Self::Other(left), Self::Other(right)) => (left != right).then(|| format!("{left}\n{right}")),
            (Self::Refused(left, _), Self::Refused(right, _)) if left == right => None,
            _ => Some(format!("{self}\n{other}")),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines(lines) => write!(f, "{} lines", lines.len()),
            Self::Numbers(numbers) => write!(f, "{} numbers", numbers.len()),
            Self::Other(value) => write!(f, "{value}"),
            Self::Refused(status, reason) => write!(f, "{status}: {reason}"),
        }
    }
}

/// The first element that is not the same on both sides, and how many there are.
fn first_difference<T: fmt::Debug>(left: &[T], right: &[T], same: impl Fn(&T, &T) -> bool) -> Option<String> {
    let at = left.iter().zip(right).take_while(|(a, b)| same(a, b)).count();
    if at == left.len() && at == right.len() {
        return None;
    }
    let show = |side: &[T]| match side.get(at) {
        Some(element) => format!("{} in all, the {at}th is {element:?}", side.len()),
        None => format!("{} in all", side.len()),
    };
    Some(format!("{}\n{}", show(left), show(right)))
}

fn is_close(left: f64, right: f64) -> bool {
    left == right
        || (left.is_nan() && right.is_nan())
        || (left - right).abs() <= PART * left.abs().max(right.abs())
}

fn lines(streams: &[Value], leave_out: &[&str]) -> Vec<(String, Labels, String, String)> {
    let mut lines = Vec::new();
    for stream in streams {
        let labels = labels(&stream["stream"], leave_out);
        for entry in stream["values"].as_array().into_iter().flatten() {
            let text = |at: usize| entry[at].as_str().unwrap_or_default().to_owned();
            let found = |kind: &str| self::labels(&entry[2][kind], leave_out);
            let found = format!("metadata {:?} parsed {:?}", found("structuredMetadata"), found("parsed"));
            lines.push((text(0), labels.clone(), text(1), found));
        }
    }
    lines.sort();
    lines
}

fn labels(map: &Value, leave_out: &[&str]) -> Labels {
    let pairs = map.as_object().into_iter().flatten();
    let kept = pairs.filter(|(name, _)| !leave_out.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

fn numbers(series: &[Value], leave_out: &[&str]) -> BTreeMap<(Labels, String), f64> {
    let mut numbers = BTreeMap::new();
    for one in series {
        let labels = labels(&one["metric"], leave_out);
        let samples = one["values"].as_array().into_iter().flatten().chain(one.get("value"));
        for sample in samples {
            let value = sample[1].as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
            // Seconds, whole or as a fraction, however they are written.
            let second = format!("{:.3}", sample[0].as_f64().unwrap_or_default());
            numbers.insert((labels.clone(), second), value);
        }
    }
    numbers
}

/// Lists in an order of their own.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(mut list) => {
            list = list.into_iter().map(sorted).collect();
            list.sort_by_key(Value::to_string);
            Value::Array(list)
        }
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, sorted(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &Value) -> Said {
        Said::read(&Answer { status, body: body.to_string().into_bytes() }, &["detected_level"])
    }

    fn streams(level: &str, order: [usize; 2]) -> Value {
        let stream = |at: usize| {
            let metadata =
                json!({ "structuredMetadata": { "detected_level": level }, "parsed": { "a": "1" } });
            json!({ "stream": { "n": at.to_string() }, "values": [[at.to_string(), "x", metadata]] })
        };
        json!({ "data": { "resultType": "streams", "result": order.map(stream) } })
    }

    #[test]
    fn what_may_differ_is_no_difference() {
        let (left, right) = (said(200, &streams("info", [1, 2])), said(200, &streams("unknown", [2, 1])));
        assert_eq!(left.difference(&right), None);
        assert!(left.difference(&said(200, &streams("info", [1, 3]))).is_some());
        let vector = |value: &str| {
            said(
                200,
                &json!({ "data": { "resultType": "vector", "result": [{ "metric": {}, "value": [1, value] }] } }),
            )
        };
        assert_eq!(vector("0.1").difference(&vector("0.10000000000000001")), None);
        assert_eq!(vector("NaN").difference(&vector("NaN")), None);
        assert!(vector("0.1").difference(&vector("0.2")).is_some());
        let refused = |status| said(status, &json!("why"));
        assert_eq!(refused(400).difference(&refused(400)), None);
        assert!(refused(400).difference(&refused(500)).is_some());
        assert!(refused(400).difference(&vector("1")).is_some());
        let list = |names: [&str; 2]| said(200, &json!({ "status": "success", "data": names }));
        assert_eq!(list(["a", "b"]).difference(&list(["b", "a"])), None);
    }
}
