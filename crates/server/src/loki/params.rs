//! Parameters of reads, in the query string and in a POST form alike: times, durations, limits.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use http::StatusCode;
use model::{TimeRange, Timestamp, parse_duration};

use super::answer::LokiFault;
use crate::fault::Fault;
use crate::form::Form;

/// Without a step the range is cut into about so many.
const STEPS_DEFAULT: i64 = 250;

/// What was asked.
#[derive(Debug)]
pub(super) struct Params(Form);

impl<S: Sync> FromRequest<S> for Params {
    type Rejection = LokiFault;

    async fn from_request(request: Request, _: &S) -> Result<Self, LokiFault> {
        Ok(Self(Form::read(request).await?))
    }
}

impl Params {
    /// The first value of `name`; an empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// All values of `name` that are not empty.
    pub(super) fn all<'p>(&'p self, name: &str) -> impl Iterator<Item = &'p str> {
        self.0.all(name)
    }

    /// The query, which every such call needs.
    pub(super) fn query(&self) -> Result<&str, LokiFault> {
        self.get("query")
            .ok_or_else(|| bad("parse error : syntax error: unexpected $end; the parameter `query` is empty"))
    }

    /// A whole number from 1 on, cut to `max`.
    pub(super) fn number(&self, name: &str, default: usize, max: usize) -> Result<usize, LokiFault> {
        match self.get(name).map(str::parse::<usize>) {
            None => Ok(default),
            Some(Ok(number)) if number > 0 => Ok(number.min(max)),
            Some(_) => Err(bad(format!("{name}: write a whole number from 1 on"))),
        }
    }

    /// How many lines an answer may have: a whole number from 1 to `max`.
    pub(super) fn limit(&self, default: usize, max: usize) -> Result<usize, LokiFault> {
        let Some(text) = self.get("limit") else { return Ok(default) };
        match text.parse() {
            Ok(0) => Err(bad("limit must be a positive value")),
            Ok(limit) if limit > max => Err(bad(format!(
                "max entries limit per query exceeded, limit > max_entries_limit ({limit} > {max})"
            ))),
            Ok(limit) => Ok(limit),
            Err(_) => Err(bad(format!("limit: `{text}` is no whole number"))),
        }
    }

    /// An instant: nanoseconds, seconds with a fraction, or RFC 3339.
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, LokiFault> {
        self.get(name).map(|text| parse_time(text).ok_or_else(|| no_time(name, text))).transpose()
    }

    /// A duration: `30s`, `1h30m`, or a number of seconds.
    pub(super) fn duration(&self, name: &str) -> Result<Option<Duration>, LokiFault> {
        let parsed = |text| parse_duration_or_seconds(text).ok_or_else(|| no_duration(name, text));
        self.get(name).map(parsed).transpose()
    }

    /// `start`, `end` and `since`: by default the time up to now that `default` tells.
    pub(super) fn range(&self, now: Timestamp, default: Duration) -> Result<TimeRange, LokiFault> {
        let end = self.time("end")?.unwrap_or(now);
        let since = self.duration("since")?.unwrap_or(default);
        // Without a start the time is counted back from the end, but never from a future one.
        let start = self.time("start")?.unwrap_or_else(|| end.min(now).minus(since));
        if start > end {
            return Err(bad(format!(
                "end timestamp must not be before or equal to start time: {end} < {start}"
            )));
        }
        Ok(TimeRange { start, end })
    }
}

/// The parameter `step` as written, else about 250 steps of whole seconds.
pub(super) fn step_of(params: &Params, TimeRange { start, end }: TimeRange) -> Result<Duration, LokiFault> {
    if let Some(step) = params.duration("step")? {
        if step.is_zero() {
            return Err(bad(
                "zero or negative query resolution step widths are not accepted. Try a positive integer",
            ));
        }
        return Ok(step);
    }
    let seconds = Timestamp::from_nanos(end.nanos().saturating_sub(start.nanos())).seconds();
    Ok(Duration::from_secs((seconds / STEPS_DEFAULT).max(1) as u64))
}

fn bad(message: impl Into<String>) -> LokiFault {
    Fault::new(StatusCode::BAD_REQUEST, message).into()
}

fn no_time(name: &str, text: &str) -> LokiFault {
    bad(format!("{name}: `{text}` is no time; write nanoseconds, seconds with a fraction, or RFC 3339"))
}

fn no_duration(name: &str, text: &str) -> LokiFault {
    bad(format!("{name}: `{text}` is no duration; write 30s, 1h30m or a number of seconds"))
}

/// Loki's rule: with a point it is seconds; up to ten digits too; else nanoseconds; else RFC 3339.
fn parse_time(text: &str) -> Option<Timestamp> {
    if text.contains('.')
        && let Ok(seconds) = text.parse::<f64>()
    {
        return from_seconds(seconds);
    }
    match text.parse::<i64>() {
        Ok(seconds) if text.len() <= 10 => Some(Timestamp::from_seconds(seconds)),
        Ok(nanos) => Some(Timestamp::from_nanos(nanos)),
        Err(_) => Timestamp::parse_rfc3339(text).ok(),
    }
}

/// To the microsecond: a float of seconds tells no more today.
fn from_seconds(seconds: f64) -> Option<Timestamp> {
    let micros = (seconds * 1e6).round();
    (micros.abs() < 9.2e15).then(|| Timestamp::from_nanos(micros as i64 * 1000))
}

fn parse_duration_or_seconds(text: &str) -> Option<Duration> {
    match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => parse_duration(text).ok(),
    }
}

#[cfg(test)]
mod tests;
