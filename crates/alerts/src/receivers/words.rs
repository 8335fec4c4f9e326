//! A message in words: the sentences that all receivers share, unescaped.

use jiff::Timestamp;

use crate::Tier;
use crate::message::{Message, News};

/// A sign for how bad it is, to be seen in a list.
pub(crate) fn mark(message: &Message) -> &'static str {
    match (&message.news, message.tier) {
        (News::Resolved { .. }, _) => "✅",
        (News::Acknowledged { .. }, _) => "👀",
        (News::Digest | News::Report, _) => "📋",
        (_, Tier::Critical) => "🔴",
        (_, Tier::High) => "🟠",
        (_, Tier::Medium) => "🟡",
        (_, Tier::Low) => "⚪",
    }
}

/// The colour that goes with it, as `0xRRGGBB`.
pub(crate) fn colour(message: &Message) -> u32 {
    match (&message.news, message.tier) {
        (News::Resolved { .. }, _) => 0x2e_7d32,
        (News::Acknowledged { .. }, _) => 0x15_65c0,
        (News::Digest | News::Report, _) | (_, Tier::Low) => 0x54_6e7a,
        (_, Tier::Critical) => 0xc6_2828,
        (_, Tier::High) => 0xd8_4f00,
        (_, Tier::Medium) => 0xb2_6a00,
    }
}

/// The colour as CSS writes it.
pub(crate) fn css_colour(message: &Message) -> String {
    format!("#{:06x}", colour(message))
}

/// What kind of message it is, in capitals: `CRITICAL`, `RESOLVED`; a fire drill says so first.
pub(crate) fn kind(message: &Message) -> String {
    let tier = message.tier.word().to_uppercase();
    let kind = match &message.news {
        News::Firing => tier,
        News::Changed => format!("{tier}, CHANGED"),
        News::Reminder => format!("{tier}, STILL FIRING"),
        News::Escalated => format!("{tier}, ESCALATED"),
        News::Storm => format!("{tier}, MUCH AT ONCE"),
        News::Acknowledged { .. } => "ACKNOWLEDGED".to_owned(),
        News::Flapping => "FLAPPING".to_owned(),
        News::Blind { .. } => "NO DATA".to_owned(),
        News::Resolved { .. } => "RESOLVED".to_owned(),
        News::Digest => "DIGEST".to_owned(),
        News::Report => "WEEKLY REPORT".to_owned(),
        News::Notice => "NOTICE".to_owned(),
    };
    if message.is_drill { format!("TEST, {kind}") } else { kind }
}

/// `🔴 CRITICAL: web answers with errors`
pub(crate) fn headline(message: &Message) -> String {
    format!("{} {}: {}", mark(message), kind(message), message.what)
}

/// Where it stands, in one sentence.
pub(crate) fn status(message: &Message) -> String {
    let since = clock(message.since_ms);
    let lasting = lasting(message.at_ms - message.since_ms);
    let status = match &message.news {
        News::Firing | News::Storm => format!("Firing since {since}."),
        News::Changed => format!("Other alerts than before belong to it; firing since {since} ({lasting})."),
        News::Reminder => format!("Still firing, for {lasting} (since {since})."),
        News::Escalated => format!("Nobody has acknowledged it for {lasting} (since {since})."),
        News::Acknowledged { by, until_ms } => {
            format!("{by} is at it; quiet until {}. Firing since {since}.", clock(*until_ms))
        }
        News::Flapping => format!("It comes and goes since {since}; more is said when it holds still."),
        News::Blind { why } if why.is_empty() => format!("Nothing is known of it since {since}."),
        News::Blind { why } => format!("Nothing is known of it since {since}: {why}"),
        News::Resolved { ended_ms } => {
            let lasted = self::lasting(ended_ms - message.since_ms);
            format!("Over after {lasted} ({since} to {}).", clock(*ended_ms))
        }
        News::Digest | News::Report | News::Notice => format!("Written {}.", clock(message.at_ms)),
    };
    match message.is_drill {
        true => format!("This is a fire drill: nothing is wrong. {status}"),
        false => status,
    }
}

/// The number with what it usually is: `12.4 %, usually 0.3 %; alerts at > 5 %`.
pub(crate) fn number(message: &Message) -> Option<String> {
    let number = message.number.as_ref()?;
    let mut text = number.text.clone();
    if let Some(usual) = &number.usual {
        text.push_str(&format!(", usually {usual}"));
    }
    if let Some(limit) = &number.limit {
        text.push_str(&format!("; alerts at {limit}"));
    }
    Some(text)
}

/// The issue: `ValueError: bad total (12 events, 3 users)`.
pub(crate) fn issue(message: &Message) -> Option<String> {
    let issue = message.evidence.issue.as_ref()?;
    let users = match issue.users {
        0 => String::new(),
        users => format!(", {}", counted(users, "user")),
    };
    Some(format!("{} ({}{users})", issue.title, counted(issue.events, "event")))
}

/// The deploy before: `web: shop:41 → shop:42, 4 min before (13:58 UTC)`.
pub(crate) fn deploy(message: &Message) -> Option<String> {
    let deploy = message.evidence.deploy.as_ref()?;
    let before = message.since_ms - deploy.at_ms;
    let when = match before >= 0 {
        true => format!("{} before", lasting(before)),
        false => format!("{} after it began", lasting(-before)),
    };
    Some(format!("{}, {when} ({})", deploy.text, clock(deploy.at_ms)))
}

/// A line of the logs with its time: `14:02:07 ValueError: bad total`.
pub(crate) fn lines(message: &Message) -> Vec<String> {
    let lines = message.evidence.lines.iter();
    lines.map(|line| format!("{} {}", at(line.at_ms, "%H:%M:%S"), line.text)).collect()
}

/// The labels that tell people what it is about, without the rule's name: `service=web, host=eu1`.
pub(crate) fn about(message: &Message) -> String {
    let labels = match (message.group.is_empty(), message.alerts.first()) {
        (true, Some(alert)) => &alert.labels,
        _ => &message.group,
    };
    let shown = labels.iter().filter(|(name, _)| !matches!(name.as_str(), "alertname" | "severity" | "tier"));
    shown.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
}

/// The alerts of a group, one a line; empty if there is but one.
pub(crate) fn alerts(message: &Message) -> Vec<String> {
    if message.alerts.len() + usize::try_from(message.alerts_left_off).unwrap_or(usize::MAX) < 2 {
        return Vec::new();
    }
    let line = |alert: &crate::message::Alert| match alert.ends_ms {
        Some(_) => format!("✅ {}", alert.what),
        None => format!("• {}", alert.what),
    };
    let mut lines: Vec<String> = message.alerts.iter().map(line).collect();
    if message.alerts_left_off > 0 {
        lines.push(format!("… and {} more", message.alerts_left_off));
    }
    lines
}

/// A trend as a row of little bars.
pub(crate) fn bars(trend: &[Option<f64>]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    heights(trend, 7).into_iter().map(|height| height.map_or(' ', |height| BARS[height])).collect()
}

/// A trend as heights from 0 to `top`, the highest value being `top`; `None` where it is missing.
pub(crate) fn heights(trend: &[Option<f64>], top: usize) -> Vec<Option<usize>> {
    let finite = || trend.iter().flatten().copied().filter(|value| value.is_finite());
    let highest = finite().fold(f64::NEG_INFINITY, f64::max);
    // Bars begin at 0, so that a small change of a large number looks small.
    let lowest = finite().fold(0.0, f64::min);
    let range = highest - lowest;
    let height = |value: f64| match range > 0.0 {
        true => (((value - lowest) / range) * top as f64).round() as usize,
        false => 0,
    };
    trend
        .iter()
        .map(|value| value.filter(|value| value.is_finite()).map(|value| height(value).min(top)))
        .collect()
}

/// `Nov 23, 14:02 UTC`
pub(crate) fn clock(ms: i64) -> String {
    at(ms, "%b %-d, %H:%M UTC")
}

/// RFC 3339, with milliseconds.
pub(crate) fn rfc3339(ms: i64) -> String {
    at(ms, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

fn at(ms: i64, format: &str) -> String {
    let Ok(at) = Timestamp::from_millisecond(ms) else { return "an unknown time".to_owned() };
    at.strftime(format).to_string()
}

/// `12 min`, `4 h 2 min`, `3 d 1 h`.
pub(crate) fn lasting(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |large: i64, unit: &str, small: i64, small_unit: &str| match small {
        0 => format!("{large} {unit}"),
        _ => format!("{large} {unit} {small} {small_unit}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => two(hours, "h", minutes % 60, "min"),
        _ => two(days, "d", hours % 24, "h"),
    }
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
