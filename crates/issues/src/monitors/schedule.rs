//! When a job is due, by what it told of itself.

use event::items::{IntervalUnit, MonitorConfig, Schedule};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::crontab::Crontab;

/// A run that begins this much early is the one that is due.
const EARLY_MS: i64 = 30_000;

const MINUTE_MS: i64 = 60_000;
const MARGIN_MIN: u32 = 1;
const RUNTIME_MIN: u32 = 30;

/// Without a bound, a job's mistake would never be told.
const MINUTES_MAX: u32 = 40_320;

/// What a job told of itself, understood.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    schedule: Due,
    zone: TimeZone,
    pub(super) margin_ms: i64,
    pub(super) runtime_ms: i64,
    /// So many bad runs in a row make an issue.
    pub(super) failures: u32,
    /// So many good ones end it.
    pub(super) recoveries: u32,
}

#[derive(Clone, Debug)]
enum Due {
    Never,
    Crontab(Crontab),
    Interval(Span),
}

impl Plan {
    /// What is not told, or cannot be understood, is as Sentry has it; without a schedule nothing is due.
    pub(super) fn of(config: Option<&MonitorConfig>) -> Self {
        let Some(config) = config else { return Self::unscheduled() };
        let minutes =
            |told: Option<u32>, usual| i64::from(told.unwrap_or(usual).clamp(1, MINUTES_MAX)) * MINUTE_MS;
        Self {
            schedule: due(&config.schedule),
            zone: zone(config).unwrap_or(TimeZone::UTC),
            margin_ms: minutes(config.checkin_margin_min, MARGIN_MIN),
            runtime_ms: minutes(config.max_runtime_min, RUNTIME_MIN),
            failures: config.failure_issue_threshold.unwrap_or(1).max(1),
            recoveries: config.recovery_threshold.unwrap_or(1).max(1),
        }
    }

    fn unscheduled() -> Self {
        Self {
            schedule: Due::Never,
            zone: TimeZone::UTC,
            margin_ms: i64::from(MARGIN_MIN) * MINUTE_MS,
            runtime_ms: i64::from(RUNTIME_MIN) * MINUTE_MS,
            failures: 1,
            recoveries: 1,
        }
    }

    /// When the next run is due after one that began at this instant.
    pub(super) fn next_ms(&self, began_ms: i64) -> Option<i64> {
        let next = self.after(began_ms)?;
        // A clock that is a little fast begins the run that is due, not one before it.
        if matches!(self.schedule, Due::Crontab(_)) && next - began_ms <= EARLY_MS {
            return self.after(next);
        }
        Some(next)
    }

    /// The first run that is due after an instant.
    pub(super) fn after(&self, at_ms: i64) -> Option<i64> {
        let at = Timestamp::from_millisecond(at_ms).ok()?;
        let next = match &self.schedule {
            Due::Never => return None,
            Due::Crontab(crontab) => crontab.next(at, &self.zone)?,
            Due::Interval(span) => at.to_zoned(self.zone.clone()).checked_add(*span).ok()?.timestamp(),
        };
        Some(next.as_millisecond())
    }
}

fn due(schedule: &Schedule) -> Due {
    match schedule {
        Schedule::Crontab(text) => Crontab::parse(text).map_or(Due::Never, Due::Crontab),
        Schedule::Interval { value, unit } => {
            interval((*value).max(1), *unit).map_or(Due::Never, Due::Interval)
        }
    }
}

fn interval(value: u32, unit: IntervalUnit) -> Option<Span> {
    let span = Span::new();
    match unit {
        IntervalUnit::Year => span.try_years(value),
        IntervalUnit::Month => span.try_months(value),
        IntervalUnit::Week => span.try_weeks(value),
        IntervalUnit::Day => span.try_days(value),
        IntervalUnit::Hour => span.try_hours(value),
        IntervalUnit::Minute => span.try_minutes(value),
    }
    .ok()
}

fn zone(config: &MonitorConfig) -> Option<TimeZone> {
    TimeZone::get(config.timezone.as_deref().filter(|name| !name.is_empty())?).ok()
}

/// For people: `*/5 * * * * (Europe/Vienna)`, `every 10 minutes`, and what cannot be understood of it.
pub(super) fn words(config: &MonitorConfig) -> String {
    let schedule = match &config.schedule {
        Schedule::Crontab(text) => match Crontab::parse(text) {
            Ok(_) => text.clone(),
            Err(error) => return error.to_string(),
        },
        Schedule::Interval { value, unit } => {
            let unit = match unit {
                IntervalUnit::Year => "year",
                IntervalUnit::Month => "month",
                IntervalUnit::Week => "week",
                IntervalUnit::Day => "day",
                IntervalUnit::Hour => "hour",
                IntervalUnit::Minute => "minute",
            };
            if *value == 1 { format!("every {unit}") } else { format!("every {value} {unit}s") }
        }
    };
    match config.timezone.as_deref() {
        None | Some("" | "UTC") => schedule,
        Some(name) if zone(config).is_some() => format!("{schedule} ({name})"),
        Some(name) => format!("{schedule} (UTC: there is no time zone {name})"),
    }
}
