//! Parameters of reads: times, durations, limits, selectors.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use model::{Matcher, Timestamp};
use promql::Query;

use super::answer::{Kind, PromFault};
use crate::form::Form;

/// More selectors than anybody writes.
const SELECTORS_MAX: usize = 100;
/// Points of one series that a query may give.
const POINTS_MAX: i64 = 11_000;
/// What Prometheus' own clients send where they mean "since ever" and "for ever".
const ENDS_OF_TIME: [(&str, Timestamp); 2] = [
    ("-292273086-05-16T16:47:06Z", Timestamp::MIN),
    ("+292277025-08-18T07:12:54.999999999Z", Timestamp::MAX),
];

/// What was asked.
#[derive(Debug)]
pub(super) struct Params(Form);

impl<S: Sync> FromRequest<S> for Params {
    type Rejection = PromFault;

    async fn from_request(request: Request, _: &S) -> Result<Self, PromFault> {
        Ok(Self(Form::read(request).await?))
    }
}

/// The instants of a range query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) step: Duration,
}

/// From the first millisecond to the last, which counts too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
}

impl Params {
    /// The first value of `name`; an empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// All values of `name` that are not empty.
    pub(super) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.0.all(name)
    }

    /// The query, which every such call needs.
    pub(super) fn query(&self) -> Result<Query, PromFault> {
        let text = self.get("query").unwrap_or_default();
        Query::parse(text).map_err(|error| PromFault::parameter("query", error))
    }

    /// An instant: seconds with a fraction, or RFC 3339.
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, PromFault> {
        self.get(name).map(|text| parse_time(text).ok_or_else(|| no_time(name, text))).transpose()
    }

    /// A duration: `30s`, `1h30m`, or a number of seconds.
    pub(super) fn duration(&self, name: &str) -> Result<Option<Duration>, PromFault> {
        self.get(name).map(|text| duration(name, text)).transpose()
    }

    /// How many entries an answer may have; 0 and nothing: as many as there are.
    pub(super) fn limit(&self, name: &str) -> Result<Option<usize>, PromFault> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.parse::<i64>() {
            Ok(limit) if limit < 0 => Err(PromFault::parameter(name, "limit must be non-negative")),
            Ok(limit) => Ok(usize::try_from(limit).ok().filter(|limit| *limit > 0)),
            Err(_) => Err(PromFault::parameter(name, format!("`{text}` is no whole number"))),
        }
    }

    /// `start`, `end` and `step` of a range query.
    pub(super) fn grid(&self) -> Result<Grid, PromFault> {
        let start = self.time("start")?.ok_or_else(|| no_time("start", ""))?;
        let end = self.time("end")?.ok_or_else(|| no_time("end", ""))?;
        if end < start {
            return Err(PromFault::parameter("end", "end timestamp must not be before start time"));
        }
        let text = self.get("step").unwrap_or_default();
        let positive =
            "zero or negative query resolution step widths are not accepted. Try a positive integer";
        if text.starts_with('-') && duration("step", &text[1..]).is_ok() {
            return Err(PromFault::parameter("step", positive));
        }
        let step = duration("step", text)?;
        if step < Duration::from_millis(1) {
            return Err(PromFault::parameter("step", positive));
        }
        let step_ms = i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
        if end.millis().saturating_sub(start.millis()) / step_ms > POINTS_MAX {
            let message = "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query \
                           resolution (?step=XX)";
            return Err(PromFault::bad_data(message));
        }
        Ok(Grid { start, end, step })
    }

    /// `start` and `end` of what is not evaluated; all of time where they are not sent.
    pub(super) fn span(&self) -> Result<Span, PromFault> {
        let start = self.time("start")?.unwrap_or(Timestamp::MIN);
        let end = self.time("end")?.unwrap_or(Timestamp::MAX);
        if end < start {
            return Err(PromFault::parameter("end", "end timestamp must not be before start timestamp"));
        }
        Ok(Span { first_ms: start.millis(), last_ms: end.millis() })
    }

    /// The selectors of `match[]`.
    pub(super) fn selectors(&self) -> Result<Vec<Vec<Matcher>>, PromFault> {
        let read =
            |text| promql::parse_selector(text).map_err(|error| PromFault::parameter("match[]", error));
        let selectors = self.0.all("match[]").map(read).collect::<Result<Vec<_>, _>>()?;
        if selectors.len() > SELECTORS_MAX {
            let message = format!("more than {SELECTORS_MAX} selectors in one request");
            return Err(PromFault::parameter("match[]", message));
        }
        Ok(selectors)
    }
}

fn no_time(name: &str, text: &str) -> PromFault {
    PromFault::parameter(name, format!("cannot parse {text:?} to a valid timestamp"))
}

fn duration(name: &str, text: &str) -> Result<Duration, PromFault> {
    let no_duration = |end: &str| {
        PromFault::new(
            Kind::BadData,
            format!("invalid parameter {name:?}: cannot parse {text:?} to a valid duration{end}"),
        )
    };
    match text.parse::<f64>() {
        Ok(seconds) if (seconds * 1e9).abs() >= i64::MAX as f64 => Err(no_duration(". It overflows int64")),
        Ok(seconds) if seconds < 0.0 || seconds.is_nan() => Err(no_duration("")),
        Ok(seconds) => Ok(Duration::from_secs_f64(seconds)),
        Err(_) => model::parse_duration(text).map_err(|_| no_duration("")),
    }
}

/// Times beyond what can be told are as early or late as can be.
fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<f64>() {
        // A float of seconds tells no more than microseconds today, and Prometheus looks at milliseconds.
        return (!seconds.is_nan()).then(|| Timestamp::from_millis((seconds * 1e3).round() as i64));
    }
    let end_of_time = ENDS_OF_TIME.iter().find(|(end, _)| *end == text).map(|(_, at)| *at);
    end_of_time.or_else(|| Timestamp::parse_rfc3339(text).ok())
}

#[cfg(test)]
mod tests;
