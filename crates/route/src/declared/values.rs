//! Values as Go reads them: truth values, durations, regular expressions, status codes.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use regex::Regex;

/// `strconv.ParseBool`.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// A time that may be negative, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nanoseconds(pub(crate) i64);

impl TryFrom<Nanoseconds> for Duration {
    type Error = std::num::TryFromIntError;

    fn try_from(time: Nanoseconds) -> Result<Self, Self::Error> {
        u64::try_from(time.0).map(Self::from_nanos)
    }
}

const UNITS: [(&str, i64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// A whole number of seconds, else what `time.ParseDuration` reads: `-1.5h`, `1m30s`, `.5s`, `0`.
pub(crate) fn duration(text: &str) -> Option<Nanoseconds> {
    if let Ok(seconds) = text.parse::<i64>() {
        return seconds.checked_mul(1_000_000_000).map(Nanoseconds);
    }
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut total: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (part, after) = one_part(rest)?;
        total = total.checked_add(part)?;
        rest = after;
    }
    Some(Nanoseconds(if negative { -total } else { total }))
}

/// A number, perhaps with a fraction, and its unit.
fn one_part(text: &str) -> Option<(i64, &str)> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let whole = digits(text);
    let after_whole = &text[whole..];
    let fraction = after_whole.strip_prefix('.').map_or(0, |rest| 1 + digits(rest));
    if whole + fraction.saturating_sub(1) == 0 {
        return None;
    }
    let (number, rest) = text.split_at(whole + fraction);
    let unit_length = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_length);
    let (_, unit_nanos) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let whole: i64 = if whole == 0 { 0 } else { number[..whole].parse().ok()? };
    let nanos = whole.checked_mul(*unit_nanos)?;
    let part = format!("0{}", &number[number.find('.').unwrap_or(number.len())..]).parse::<f64>().ok()?;
    Some((nanos.checked_add((part * *unit_nanos as f64) as i64)?, rest))
}

/// A regular expression as it was written and as it is matched; equal where the text is.
#[derive(Clone)]
pub struct Pattern {
    text: Box<str>,
    regex: Regex,
}

/// A pattern this large was written by a machine, or is an attack.
const PATTERN_BYTES_MAX: usize = 16 << 10;

impl Pattern {
    /// Compiles Go's dialect. Answers why it cannot be compiled, in one line.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() > PATTERN_BYTES_MAX {
            return Err("it is longer than 16 KiB".to_owned());
        }
        let regex = Regex::new(&model::go_regex::translate(text)).map_err(|error| one_line(&error))?;
        Ok(Self { text: text.into(), regex })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The compiled expression.
    pub fn regex(&self) -> &Regex {
        &self.regex
    }
}

/// The crate draws a picture of several lines; the last says what is wrong.
fn one_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.text)
    }
}

/// `404` or `500-599`.
pub(crate) fn statuses(text: &str) -> Option<RangeInclusive<u16>> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let status = |text: &str| text.trim().parse::<u16>().ok().filter(|status| (100..=999).contains(status));
    let (from, to) = (status(from)?, status(to)?);
    (from <= to).then_some(from..=to)
}
