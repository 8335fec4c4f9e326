//! Check-ins: a job that runs by the clock says that it began, and how it ended.

use serde::{Deserialize, Serialize};

use crate::id::{EventId, TraceId};
use crate::normalise::{self, Intake, Place};
use crate::prepare::Unreadable;
use crate::scrub::Scrubber;
use crate::value::{Pair, Value};

/// What a job says about one of its runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckIn {
    /// The run. `None`: the last one that is in progress, else a run of its own.
    pub id: Option<EventId>,
    /// The slug of the monitor: the job's name.
    pub monitor: String,
    /// How it stands.
    pub status: CheckInStatus,
    /// How long it took, in seconds, if the job says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// The version of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// `production`, `staging`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// When the job is to run, if it says: makes or changes the monitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<MonitorConfig>,
    /// The trace of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceId>,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckInStatus {
    /// It has begun.
    InProgress,
    /// It ended well.
    Ok,
    /// It failed.
    Error,
}

/// When a job is to run, and what counts as trouble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorConfig {
    /// When it is to run.
    pub schedule: Schedule,
    /// How late it may begin, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkin_margin_min: Option<u32>,
    /// How long it may take, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_runtime_min: Option<u32>,
    /// The name of the time zone that the crontab means; UTC if missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// How many failures in a row make an issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_issue_threshold: Option<u32>,
    /// How many good runs in a row resolve it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_threshold: Option<u32>,
}

/// When a job is to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Five fields of cron. Not looked at here.
    Crontab(String),
    /// Every so many units.
    Interval {
        /// How many; at least 1.
        value: u32,
        /// Of what.
        unit: IntervalUnit,
    },
}

/// Units of intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // They say it.
pub enum IntervalUnit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
}

/// Reads a check-in.
pub fn read(payload: &[u8], scrubber: &Scrubber) -> Result<CheckIn, Unreadable> {
    of_fields(normalise::fields(payload)?, None, scrubber)
}

/// A check-in that is an address with a query, as scripts call it: `?status=ok&duration=1.5`. A body of JSON may say
/// the same and more.
pub fn of_query(monitor: &str, query: &str, body: &[u8], scrubber: &Scrubber) -> Result<CheckIn, Unreadable> {
    let asked = form_urlencoded::parse(query.as_bytes());
    let mut fields: Vec<Pair<Value>> =
        asked.map(|(name, value)| (name.into_owned(), Value::Text(value.into_owned()))).collect();
    if body.iter().any(|byte| !byte.is_ascii_whitespace()) {
        fields.extend(normalise::fields(body)?);
    }
    of_fields(fields, Some(monitor), scrubber)
}

/// Longer slugs are cut.
const SLUG_CHARS_MAX: usize = 100;

fn of_fields(
    fields: Vec<Pair<Value>>,
    monitor: Option<&str>,
    scrubber: &Scrubber,
) -> Result<CheckIn, Unreadable> {
    let intake = &mut Intake::new(scrubber);
    let mut slug = monitor.map(str::to_owned);
    let mut status = None;
    let mut check_in = CheckIn {
        id: None,
        monitor: String::new(),
        status: CheckInStatus::Ok,
        duration_s: None,
        release: None,
        environment: None,
        config: None,
        trace: None,
    };
    for (name, value) in fields {
        let at = &Place::top(&name);
        match name.as_str() {
            "check_in_id" => check_in.id = intake.parsed(value, at).filter(|id: &EventId| !id.is_nil()),
            "monitor_slug" => slug = slug.or_else(|| intake.word(value, at)),
            "status" => status = intake.word(value, at).as_deref().and_then(status_of),
            "duration" => check_in.duration_s = duration(&value),
            "release" => check_in.release = intake.word(value, at),
            "environment" => check_in.environment = intake.word(value, at),
            "monitor_config" => check_in.config = config(intake, value, at),
            "contexts" => check_in.trace = trace(&value),
            _ => {}
        }
    }
    let slug = slug.unwrap_or_default();
    check_in.monitor = slug.trim().chars().filter(|sign| !sign.is_control()).take(SLUG_CHARS_MAX).collect();
    if check_in.monitor.is_empty() {
        return Err(Unreadable::Missing("monitor_slug"));
    }
    check_in.status = status.ok_or(Unreadable::Missing("status (in_progress, ok or error)"))?;
    Ok(check_in)
}

fn status_of(word: &str) -> Option<CheckInStatus> {
    match word {
        "in_progress" => Some(CheckInStatus::InProgress),
        "ok" => Some(CheckInStatus::Ok),
        "error" => Some(CheckInStatus::Error),
        _ => None,
    }
}

/// Seconds, as a number or a text.
fn duration(value: &Value) -> Option<f64> {
    let seconds = value.as_f64().or_else(|| value.as_text()?.trim().parse().ok())?;
    (0.0..1e9).contains(&seconds).then_some(seconds)
}

fn trace(contexts: &Value) -> Option<TraceId> {
    contexts.get("trace")?.text_of("trace_id")?.parse().ok()
}

fn config(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<MonitorConfig> {
    let mut config = MonitorConfig {
        schedule: schedule(value.get("schedule")?)?,
        checkin_margin_min: None,
        max_runtime_min: None,
        timezone: None,
        failure_issue_threshold: None,
        recovery_threshold: None,
    };
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "checkin_margin" => config.checkin_margin_min = intake.count(value, at),
            "max_runtime" => config.max_runtime_min = intake.count(value, at),
            "timezone" => config.timezone = intake.word(value, at),
            "failure_issue_threshold" => config.failure_issue_threshold = intake.count(value, at),
            "recovery_threshold" => config.recovery_threshold = intake.count(value, at),
            _ => {}
        }
    }
    Some(config)
}

fn schedule(value: &Value) -> Option<Schedule> {
    match value.text_of("type")? {
        "crontab" => {
            let crontab = value.text_of("value")?.trim();
            (!crontab.is_empty() && crontab.len() <= 200).then(|| Schedule::Crontab(crontab.to_owned()))
        }
        "interval" => {
            let count = value.get("value")?.as_f64().filter(|count| (1.0..=1e6).contains(count))?;
            Some(Schedule::Interval { value: count as u32, unit: unit(value.text_of("unit")?)? })
        }
        _ => None,
    }
}

fn unit(word: &str) -> Option<IntervalUnit> {
    match word {
        "year" => Some(IntervalUnit::Year),
        "month" => Some(IntervalUnit::Month),
        "week" => Some(IntervalUnit::Week),
        "day" => Some(IntervalUnit::Day),
        "hour" => Some(IntervalUnit::Hour),
        "minute" => Some(IntervalUnit::Minute),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check-in in short.
    fn short(read: Result<CheckIn, Unreadable>) -> String {
        match read {
            Ok(check_in) => serde_json::to_string(&check_in).expect("JSON"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn check_ins_are_read() {
        let scrubber = Scrubber::off();
        let check =
            |raw: &str, expected: &str| assert_eq!(short(read(raw.as_bytes(), &scrubber)), expected, "{raw}");
        let id = "8c5e3f1b4a694b0e8f1d2c3b4a5f6e7d";
        check(
            &format!(
                r#"{{"check_in_id":"{id}","monitor_slug":"send-mails","status":"in_progress","environment":"production",
                "monitor_config":{{"schedule":{{"type":"interval","value":10,"unit":"minute"}},"max_runtime":5,"timezone":"UTC"}}}}"#
            ),
            &format!(
                r#"{{"id":"{id}","monitor":"send-mails","status":"in_progress","environment":"production","config":{{"schedule":{{"interval":{{"value":10,"unit":"minute"}}}},"max_runtime_min":5,"timezone":"UTC"}}}}"#
            ),
        );
        check(
            r#"{"monitor_slug":"a","status":"ok","duration":"2.5","check_in_id":"","monitor_config":{"schedule":{"type":"crontab","value":"0 * * * *"},"checkin_margin":null}}"#,
            r#"{"id":null,"monitor":"a","status":"ok","duration_s":2.5,"config":{"schedule":{"crontab":"0 * * * *"}}}"#,
        );
        // A schedule that is none is left out; the run counts.
        check(
            r#"{"monitor_slug":"a","status":"error","monitor_config":{"schedule":{"type":"interval","value":0,"unit":"minute"}}}"#,
            r#"{"id":null,"monitor":"a","status":"error"}"#,
        );
        check(r#"{"status":"ok"}"#, "monitor_slug is missing");
        check(r#"{"monitor_slug":"a","status":"late"}"#, "status (in_progress, ok or error) is missing");
        check("[]", "an event is an object of JSON, this is a list");
    }

    #[test]
    fn addresses_are_check_ins() {
        let scrubber = Scrubber::off();
        let check = |query: &str, body: &str, expected: &str| {
            assert_eq!(
                short(of_query("backup", query, body.as_bytes(), &scrubber)),
                expected,
                "{query} {body}"
            );
        };
        check("status=ok&duration=1", "", r#"{"id":null,"monitor":"backup","status":"ok","duration_s":1.0}"#);
        check("status=in_progress", "\n", r#"{"id":null,"monitor":"backup","status":"in_progress"}"#);
        check("", r#"{"status":"error"}"#, r#"{"id":null,"monitor":"backup","status":"error"}"#);
        check("", "", "status (in_progress, ok or error) is missing");
    }
}
