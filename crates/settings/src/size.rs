//! Sizes in bytes with their unit: `20GiB`, `500MB`.

use std::fmt;

/// The units, the largest first; the binary ones are those of memory, the decimal ones those of disks.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(pub u64);

/// Why a text is no size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; {instead}")]
pub struct ParseByteSizeError {
    problem: String,
    instead: String,
}

impl ParseByteSizeError {
    pub(crate) fn problem(&self) -> &str {
        &self.problem
    }

    pub(crate) fn instead(&self) -> &str {
        &self.instead
    }
}

impl ByteSize {
    /// Reads a whole number and a unit, with or without a space between them.
    pub fn parse(text: &str) -> Result<Self, ParseByteSizeError> {
        let fault = |problem: &str, instead: String| ParseByteSizeError {
            problem: format!("{} {problem}", crate::node::quoted(text)),
            instead,
        };
        let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = (&text[..unit_at], text[unit_at..].trim_start_matches(' '));
        if digits.is_empty() || unit.starts_with(['.', ',']) {
            return Err(fault(
                "is no size",
                "write a whole number and a unit, such as \"20GiB\" or \"500MB\"".to_owned(),
            ));
        }
        let number: u64 =
            digits.parse().map_err(|_| fault("is too large", "write at most \"16777215TiB\"".to_owned()))?;
        if unit.is_empty() {
            return Err(fault("has no unit", format!("write \"{}\", or \"{number}MiB\"", Self(number))));
        }
        let Some((_, bytes)) =
            UNITS.iter().find(|(name, _)| *name == unit || (unit == "KB" && *name == "kB"))
        else {
            return Err(fault("has an unknown unit", format!("write {}", suggestion(number, unit))));
        };
        let total = number.checked_mul(*bytes);
        total.map(Self).ok_or_else(|| fault("is too large", "write at most \"16777215TiB\"".to_owned()))
    }

    /// The number of bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

/// What `20g` or `20Gb` most likely means.
fn suggestion(number: u64, unit: &str) -> String {
    match unit.chars().next().map(|c| c.to_ascii_uppercase()) {
        Some(first @ ('K' | 'M' | 'G' | 'T')) => format!("\"{number}{first}iB\""),
        _ => "a unit: B, kB, KiB, MB, MiB, GB, GiB, TB or TiB".to_owned(),
    }
}

/// In the largest unit of which it is a whole number; reads back as the same size.
impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.iter().find(|(_, bytes)| self.0 >= *bytes && self.0.is_multiple_of(*bytes));
        let (unit, bytes) = whole.unwrap_or(&("B", 1));
        write!(f, "{}{unit}", self.0 / bytes)
    }
}
