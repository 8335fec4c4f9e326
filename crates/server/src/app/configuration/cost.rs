//! What keeping things costs: bytes a day, and how long the room lasts.

use api::{DiskCost, StoreCost};
use model::Timestamp;
use settings::ByteSize;

/// The stores as they are now.
pub(super) struct Kept {
    pub(super) logs: ::logs::Status,
    /// The beginning of the oldest day that there are lines of.
    pub(super) oldest_line: Option<Timestamp>,
    pub(super) metrics: ::metrics::Status,
    pub(super) issues: ::issues::Status,
}

/// What has come for less time tells nothing of a day.
const TELLING_DAYS: f64 = 1.0;
const DAY_MILLIS: f64 = 86_400_000.0;

/// Each store: what it keeps, what comes a day, and when its own limit is reached.
pub(super) fn stores(kept: &Kept, value: impl Fn(&str, &str) -> String, at: Timestamp) -> Vec<StoreCost> {
    let of = |store: &str, section: &str, bytes: u64, oldest: Option<i64>| {
        let (retention, max) = (value(section, "retention"), value(section, "max_size"));
        cost(store, &retention, &max, bytes, oldest, at)
    };
    vec![
        of("Logs", "logs", kept.logs.disk_bytes, kept.oldest_line.map(Timestamp::millis)),
        of("Metrics", "metrics", kept.metrics.disk_bytes, kept.metrics.oldest.map(Timestamp::millis)),
        of("Errors", "issues", kept.issues.disk_bytes, kept.issues.oldest_ms),
    ]
}

fn cost(
    store: &str,
    retention: &str,
    max: &str,
    bytes: u64,
    oldest: Option<i64>,
    at: Timestamp,
) -> StoreCost {
    let max_bytes = ByteSize::parse(max).map_or(0, ByteSize::bytes);
    let days =
        oldest.map(|oldest| (at.millis() - oldest) as f64 / DAY_MILLIS).filter(|days| *days >= TELLING_DAYS);
    let bytes_per_day = days.map(|days| bytes as f64 / days);
    let wanted = days_of(retention);
    let at_the_end = bytes_per_day.zip(wanted).map(|(rate, days)| rate * days);
    let is_cut = max_bytes > 0 && at_the_end.is_some_and(|all| all > max_bytes as f64);
    let full_in_days = bytes_per_day
        .filter(|rate| is_cut && *rate > 0.0)
        .map(|rate| (max_bytes.saturating_sub(bytes)) as f64 / rate);
    let note = match (bytes_per_day, wanted) {
        (None, _) => "It has not run for long enough to tell.".to_owned(),
        (Some(rate), Some(_)) if is_cut && rate > 0.0 => format!(
            "{max} hold {:.0} days at this rate: what is older goes before {retention} are over.",
            max_bytes as f64 / rate
        ),
        (Some(_), Some(_)) => {
            let all = at_the_end.unwrap_or_default();
            format!("{retention} take about {} at this rate, of {max} that it may take.", told(all))
        }
        (Some(_), None) => String::new(),
    };
    StoreCost {
        store: store.to_owned(),
        retention: retention.to_owned(),
        max_bytes,
        bytes,
        oldest,
        bytes_per_day,
        full_in_days,
        note,
    }
}

/// The disk, and how long it lasts with these stores on it.
pub(super) fn disk(kept: &Kept, stores: &[StoreCost]) -> Option<DiskCost> {
    let room = kept.metrics.room?;
    let rates: Vec<f64> = stores.iter().filter_map(|one| one.bytes_per_day).collect();
    let bytes_per_day = (!rates.is_empty()).then(|| rates.iter().sum::<f64>());
    let fills = stores.iter().map(still_to_come).sum::<f64>() > room.free_bytes as f64;
    let lasts = bytes_per_day.filter(|rate| fills && *rate > 0.0).map(|rate| room.free_bytes as f64 / rate);
    Some(DiskCost {
        size_bytes: room.size_bytes,
        free_bytes: room.free_bytes,
        bytes_per_day,
        full_in_days: lasts,
    })
}

/// How much larger a store will grow than it is.
fn still_to_come(store: &StoreCost) -> f64 {
    let whole = store.bytes_per_day.zip(days_of(&store.retention)).map(|(rate, days)| rate * days);
    let limit = if store.max_bytes > 0 { store.max_bytes as f64 } else { f64::INFINITY };
    (whole.unwrap_or_default().min(limit) - store.bytes as f64).max(0.0)
}

/// `30d`, `1y`, `12h`, `1h30m` in days.
fn days_of(text: &str) -> Option<f64> {
    let (mut days, mut number) = (0.0, String::new());
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let count: f64 = number.parse().ok()?;
        number.clear();
        days += count
            * match letter {
                'y' => 365.0,
                'w' => 7.0,
                'd' => 1.0,
                'h' => 1.0 / 24.0,
                'm' => 1.0 / 1_440.0,
                's' => 1.0 / 86_400.0,
                _ => return None,
            };
    }
    (number.is_empty() && days > 0.0).then_some(days)
}

fn told(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes;
    let mut unit = 0;
    while size >= 1_024.0 && unit + 1 < UNITS.len() {
        size /= 1_024.0;
        unit += 1;
    }
    if size < 10.0 { format!("{size:.1} {}", UNITS[unit]) } else { format!("{size:.0} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_nanos(1_764_000_000_000_000_000);
    const GIB: u64 = 1 << 30;

    #[test]
    fn lengths_are_read_in_days() {
        for (text, days) in
            [("30d", Some(30.0)), ("1y", Some(365.0)), ("36h", Some(1.5)), ("1d12h", Some(1.5))]
        {
            assert_eq!(days_of(text), days, "{text}");
        }
        for text in ["", "d", "30", "3x", "0d"] {
            assert_eq!(days_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_store_says_how_long_its_room_lasts() {
        let ago = |days: i64| Some(NOW.millis() - days * 86_400_000);
        let check = |bytes, oldest, full: Option<f64>, note: &str| {
            let found = cost("Logs", "30d", "20GiB", bytes, oldest, NOW);
            assert_eq!(found.full_in_days.map(f64::round), full, "{note}");
            assert_eq!(found.note, note);
        };
        check(GIB, None, None, "It has not run for long enough to tell.");
        check(GIB, Some(NOW.millis() - 60_000), None, "It has not run for long enough to tell.");
        check(GIB, ago(10), None, "30d take about 3.0 GiB at this rate, of 20GiB that it may take.");
        check(
            10 * GIB,
            ago(10),
            Some(10.0),
            "20GiB hold 20 days at this rate: what is older goes before 30d are over.",
        );
    }

    #[test]
    fn the_disk_lasts_as_long_as_the_stores_let_it() {
        let store = |per_day: Option<f64>, max_bytes| StoreCost {
            retention: "30d".to_owned(),
            max_bytes,
            bytes: GIB,
            bytes_per_day: per_day,
            ..StoreCost::default()
        };
        let free = |free_bytes| Kept {
            logs: ::logs::Status::default(),
            oldest_line: None,
            metrics: ::metrics::Status {
                room: Some(::metrics::Room { size_bytes: 100 * GIB, free_bytes }),
                ..::metrics::Status::default()
            },
            issues: ::issues::Status::default(),
        };
        let check = |free_bytes, stores: &[StoreCost], days: Option<f64>| {
            let found = disk(&free(free_bytes), stores).expect("the disk is known");
            assert_eq!(found.full_in_days.map(f64::round), days);
        };
        let rate = Some(GIB as f64);
        check(10 * GIB, &[store(rate, 0), store(None, 0)], Some(10.0));
        check(40 * GIB, &[store(rate, 0)], None);
        // Its own limit comes first.
        check(10 * GIB, &[store(rate, 5 * GIB)], None);
        check(10 * GIB, &[store(None, 0)], None);
    }
}
