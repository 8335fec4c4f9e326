//! How times are written on the page.

use api::{Millis, Nanos};

use super::zone::{Clock, Zone, to_local};
use super::{Civil, DAY, HOUR, MINUTE, NANOS_PER_MILLI, PRESETS, Range, SECOND};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn local(at: Millis, zone: &dyn Zone) -> Civil {
    Civil::from_millis(to_local(at, zone))
}

/// `2026-11-22T02:07:13.123Z`; whole seconds without the fraction.
pub fn iso(at: Millis) -> String {
    let civil = Civil::from_millis(at);
    let fraction = if civil.milli == 0 { String::new() } else { format!(".{:03}", civil.milli) };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
        civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
    )
}

/// `2026-11-22 02:07:13.123`, for hovers and details.
pub fn full(at: Millis, zone: &dyn Zone) -> String {
    let civil = local(at, zone);
    format!("{:04}-{:02}-{:02} {}", civil.year, civil.month, civil.day, with_millis(civil))
}

fn with_millis(civil: Civil) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", civil.hour, civil.minute, civil.second, civil.milli)
}

/// A row's time: `02:07:13.123`, in a range of more than a day with the date before it.
pub fn row_time(at: Nanos, zone: &dyn Zone, with_date: bool) -> String {
    let civil = local(at.div_euclid(NANOS_PER_MILLI), zone);
    if with_date {
        return format!("{:02}-{:02} {}", civil.month, civil.day, with_millis(civil));
    }
    with_millis(civil)
}

/// `02:07`, or `02:07:13` where seconds matter.
pub fn time_of_day(at: Millis, zone: &dyn Zone, seconds: bool) -> String {
    let civil = local(at, zone);
    if seconds {
        return format!("{:02}:{:02}:{:02}", civil.hour, civil.minute, civil.second);
    }
    format!("{:02}:{:02}", civil.hour, civil.minute)
}

/// `22 Nov`.
pub fn day(at: Millis, zone: &dyn Zone) -> String {
    let civil = local(at, zone);
    format!("{} {}", civil.day, MONTHS[usize::from(civil.month - 1)])
}

/// `02:07` today, `22 Nov 02:07` on other days, `22 Nov 2025` in other years.
pub fn day_and_time(at: Millis, clock: Clock<'_>) -> String {
    let (civil, today) = (local(at, clock.zone), local(clock.now, clock.zone));
    if civil.year != today.year {
        return format!("{} {}", day(at, clock.zone), civil.year);
    }
    let time = time_of_day(at, clock.zone, false);
    if (civil.month, civil.day) == (today.month, today.day) {
        return time;
    }
    format!("{} {time}", day(at, clock.zone))
}

/// `since 02:07`.
pub fn since(at: Millis, clock: Clock<'_>) -> String {
    format!("since {}", day_and_time(at, clock))
}

/// `12 s ago`, `3 min ago`, `5 d ago`; `just now` below five seconds and for clocks that disagree a little.
pub fn ago(at: Millis, now: Millis) -> String {
    let past = now - at;
    if past < 5 * SECOND {
        return "just now".to_owned();
    }
    format!("{} ago", largest_unit(past))
}

fn largest_unit(millis: i64) -> String {
    match millis {
        ..MINUTE => format!("{} s", millis / SECOND),
        MINUTE..HOUR => format!("{} min", millis / MINUTE),
        HOUR..DAY => format!("{} h", millis / HOUR),
        _ => format!("{} d", millis / DAY),
    }
}

/// `1 h 30 min`, `45 s`, `250 ms`: at most two units.
pub fn length(millis: i64) -> String {
    const UNITS: [(&str, i64); 5] = [("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND), ("ms", 1)];
    let Some(first) = UNITS.iter().position(|(_, unit)| millis >= *unit) else { return "0 s".to_owned() };
    let (name, unit) = UNITS[first];
    let mut text = format!("{} {name}", millis / unit);
    if let Some((smaller, smaller_unit)) = UNITS.get(first + 1) {
        let rest = millis % unit / smaller_unit;
        if rest > 0 {
            text.push_str(&format!(" {rest} {smaller}"));
        }
    }
    text
}

/// What the time picker shows: `Last 1 hour`, `22 Nov 02:00 – 02:30`.
pub fn range_label(range: Range, clock: Clock<'_>) -> String {
    if let Some((words, _)) = PRESETS.iter().find(|(_, preset)| *preset == range) {
        return (*words).to_owned();
    }
    let resolved = range.resolve(clock);
    if range == Range::last(resolved.millis()) {
        return format!("Last {}", length(resolved.millis()));
    }
    if range.is_relative() {
        return format!("{} – {}", range.from, range.to);
    }
    let seconds = resolved.millis() < 10 * MINUTE;
    let (start, end) = (local(resolved.start, clock.zone), local(resolved.end, clock.zone));
    let same_day = (start.year, start.month, start.day) == (end.year, end.month, end.day);
    let end_day = if same_day { String::new() } else { format!("{} ", day(resolved.end, clock.zone)) };
    format!(
        "{} {} – {end_day}{}",
        day(resolved.start, clock.zone),
        time_of_day(resolved.start, clock.zone, seconds),
        time_of_day(resolved.end, clock.zone, seconds)
    )
}
