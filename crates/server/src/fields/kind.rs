//! What all values of a field can be read as.

use api::FieldKind;

/// The kinds that every value seen so far can be read as.
#[derive(Clone, Copy)]
pub(crate) struct KindSoFar {
    fits: [bool; KINDS.len()],
    seen: bool,
}

type Reads = fn(&str) -> bool;

/// The narrowest first.
const KINDS: [(FieldKind, Reads); 5] = [
    (FieldKind::Integer, |text| text.parse::<i64>().is_ok()),
    (FieldKind::Float, is_float),
    (FieldKind::Boolean, |text| matches!(text, "true" | "false")),
    (FieldKind::Duration, is_duration),
    (FieldKind::Bytes, is_bytes),
];

impl Default for KindSoFar {
    fn default() -> Self {
        Self { fits: [true; KINDS.len()], seen: false }
    }
}

impl KindSoFar {
    /// Takes a value into account.
    pub(crate) fn see(&mut self, value: &str) {
        self.seen = true;
        for (fits, (_, reads)) in self.fits.iter_mut().zip(KINDS) {
            *fits = *fits && reads(value);
        }
    }
}

impl From<KindSoFar> for FieldKind {
    fn from(kind: KindSoFar) -> Self {
        let narrowest = kind.fits.iter().position(|fits| *fits).filter(|_| kind.seen);
        narrowest.map_or(Self::String, |place| KINDS[place].0)
    }
}

/// `NaN` and `inf` are words here.
fn is_float(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit()) && text.parse::<f64>().is_ok()
}

/// A number and its unit, perhaps several of them: `1.5s`, `1h30m`, `-2ms`.
fn is_duration(text: &str) -> bool {
    const UNITS: [&str; 7] = ["ns", "us", "µs", "ms", "s", "m", "h"];
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    while let Some((_, unit, after)) = number_and_unit(rest) {
        if !UNITS.contains(&unit) {
            return false;
        }
        if after.is_empty() {
            return true;
        }
        rest = after;
    }
    false
}

/// `12KB`, `1.5 MiB`.
fn is_bytes(text: &str) -> bool {
    const UNITS: [&str; 13] =
        ["b", "kb", "kib", "mb", "mib", "gb", "gib", "tb", "tib", "pb", "pib", "eb", "eib"];
    number_and_unit(text).is_some_and(|(_, unit, rest)| {
        rest.is_empty() && UNITS.contains(&&*unit.trim_start().to_ascii_lowercase())
    })
}

/// `1.5s2ms` → `1.5`, `s`, `2ms`
fn number_and_unit(text: &str) -> Option<(&str, &str, &str)> {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let number = text.len() - text.trim_start_matches(is_digit).len();
    let (number, rest) = text.split_at(number);
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (unit, rest) = rest.split_at(rest.find(is_digit).unwrap_or(rest.len()));
    Some((number, unit, rest))
}
