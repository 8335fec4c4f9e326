//! What a rule would have done, in words and as a small chart.

use api::{Backtest, BacktestSpan};

use crate::decimal::{trimmed, within};
use crate::number::plural;
use crate::rows::Tone;
use crate::time::{self, Clock, DAY, length};

/// The chart's box, in units of its own.
pub const BOX: (f64, f64) = (600.0, 80.0);
/// Spans that are listed.
const SPANS_MAX: usize = 50;

/// `Would have fired 3 times in 7 days, for 2 h 10 min in all.`
pub fn told(tried: &Backtest) -> (Tone, String) {
    let span = tried.end - tried.start;
    let days =
        if span >= DAY { plural((span as u64 + DAY as u64 / 2) / DAY as u64, "day") } else { length(span) };
    let times = match tried.fired.len() {
        0 => return (Tone::Good, format!("Would not have fired in {days}.")),
        1 => "once".to_owned(),
        many => format!("{many} times"),
    };
    let all: i64 = tried.fired.iter().map(|fired| fired.to - fired.from).sum();
    (Tone::Warning, format!("Would have fired {times} in {days}, for {} in all.", length(all)))
}

/// Each time, the last first: when, how long, for what.
pub fn spans(tried: &Backtest, clock: Clock<'_>) -> Vec<String> {
    let one = |fired: &BacktestSpan| {
        let labels: Vec<String> =
            fired.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let of = if labels.is_empty() { String::new() } else { format!(": {}", labels.join(" ")) };
        let peak = fired.peak.map(|peak| format!(", up to {}", trimmed(peak, 3))).unwrap_or_default();
        let (at, long) = (time::day_and_time(fired.from, clock), length(fired.to - fired.from));
        format!("{at}, for {long}{peak}{of}")
    };
    tried.fired.iter().rev().take(SPANS_MAX).map(one).collect()
}

/// The chart's paths: when it would have fired, what was measured, where the condition begins.
pub fn drawn(tried: &Backtest) -> [String; 3] {
    let (width, height) = BOX;
    let most = tried.values.iter().flatten().copied().chain(tried.threshold).fold(0.0, f64::max);
    let span = (tried.end - tried.start).max(1) as f64;
    let x = |at: i64| within((at - tried.start) as f64 / span * width, 0.0, width);
    let y = |value: f64| {
        let part = if most > 0.0 { value.max(0.0) / most } else { 0.0 };
        1.0 + (height - 2.0) * (1.0 - part)
    };
    // Written by `decimal`: the library's way of writing fractions brings large tables.
    let (tall, long) = (trimmed(height, 1), trimmed(width, 1));
    let mut fired = String::new();
    for one in &tried.fired {
        let (from, to) = (x(one.from), x(one.to));
        // A short time must be seen too.
        let wide = trimmed((to - from).max(2.0), 1);
        fired.push_str(&format!("M{} 0h{wide}v{tall}h-{wide}z", trimmed(from, 1)));
    }
    let threshold =
        tried.threshold.map(|limit| format!("M0 {}h{long}", trimmed(y(limit), 1))).unwrap_or_default();
    [fired, line(&tried.values, width, y), threshold]
}

fn line(values: &[Option<f64>], width: f64, y: impl Fn(f64) -> f64) -> String {
    let pitch = width / values.len().saturating_sub(1).max(1) as f64;
    let (mut path, mut drawn) = (String::new(), false);
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value else {
            drawn = false;
            continue;
        };
        let (x, y) = (trimmed(at as f64 * pitch, 1), trimmed(y(*value), 1));
        path.push_str(&format!("{}{x} {y}", if drawn { 'L' } else { 'M' }));
        if !drawn && values.get(at + 1).is_none_or(Option::is_none) {
            path.push_str("h1.5");
        }
        drawn = true;
    }
    path
}
