//! Numbers as Prometheus's templates write them for people.

/// Writes a number.
pub(super) type Write = fn(f64) -> String;

/// The functions that take a number, by their names.
pub(super) const ALL: [(&str, Write); 4] = [
    ("humanize", humanize),
    ("humanize1024", humanize_1024),
    ("humanizeDuration", duration),
    ("humanizePercentage", percentage),
];

const LARGE: [&str; 8] = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
const SMALL: [&str; 8] = ["m", "u", "n", "p", "f", "a", "z", "y"];

/// `1234567` → `1.235M`
fn humanize(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return short(number);
    }
    if number.abs() < 1.0 {
        return small(number);
    }
    scaled(number, 1000.0, &LARGE, "")
}

/// `1048576` → `1Mi`
fn humanize_1024(number: f64) -> String {
    if number.abs() <= 1.0 || !number.is_finite() {
        return short(number);
    }
    scaled(number, 1024.0, &LARGE, "i")
}

fn scaled(mut number: f64, base: f64, prefixes: &[&str], behind: &str) -> String {
    let mut prefix = "";
    for larger in prefixes {
        if number.abs() < base {
            break;
        }
        prefix = larger;
        number /= base;
    }
    let behind = if prefix.is_empty() { "" } else { behind };
    format!("{}{prefix}{behind}", short(number))
}

fn small(mut number: f64) -> String {
    let mut prefix = "";
    for smaller in SMALL {
        if number.abs() >= 1.0 {
            break;
        }
        prefix = smaller;
        number *= 1000.0;
    }
    format!("{}{prefix}", short(number))
}

/// `3725` → `1h 2m 5s`
fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return short(seconds);
    }
    if seconds == 0.0 || seconds.abs() < 1.0 {
        return format!("{}s", small_or_zero(seconds));
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let whole = seconds.abs() as u64;
    let (second, minute, hour, day) = (whole % 60, whole / 60 % 60, whole / 3600 % 24, whole / 86_400);
    match (day, hour, minute) {
        (0, 0, 0) => format!("{}s", short(seconds)),
        (0, 0, _) => format!("{sign}{minute}m {second}s"),
        (0, _, _) => format!("{sign}{hour}h {minute}m {second}s"),
        _ => format!("{sign}{day}d {hour}h {minute}m {second}s"),
    }
}

fn small_or_zero(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { small(number) }
}

/// `0.1234` → `12.34%`
fn percentage(ratio: f64) -> String {
    format!("{}%", short(ratio * 100.0))
}

/// Go's `%.4g`: four digits that count, none of them needless.
pub(crate) fn short(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:.3e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..4).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trimmed(digits), exponent.abs());
    }
    let places = usize::try_from(3 - exponent).unwrap_or(0);
    trimmed(&format!("{number:.places$}")).to_owned()
}

fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}
