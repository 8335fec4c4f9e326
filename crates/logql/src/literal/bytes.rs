//! Amounts of bytes: `20MB`, `1.5KiB`.

/// The largest unit comes first. Loki reads `k` and `K` alike, knows nothing above peta, and takes the `B` of
/// a longer unit for granted.
const UNITS: [(&str, u64); 11] = [
    ("PiB", 1 << 50),
    ("PB", 1_000_000_000_000_000),
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("B", 1),
];

/// Whether a character can be part of a unit.
pub(crate) fn is_unit(character: char) -> bool {
    matches!(character, 'B' | 'i' | 'k' | 'K' | 'M' | 'G' | 'T' | 'P')
}

/// Reads a number with a unit.
pub(crate) fn read(text: &str) -> Option<u64> {
    let unit_at = text.find(is_unit)?;
    let unit = text[unit_at..].replacen('k', "K", 1);
    let (_, factor) =
        UNITS.iter().find(|(name, _)| *name == unit || name.strip_suffix('B') == Some(&unit))?;
    let bytes = text[..unit_at].parse::<f64>().ok()? * *factor as f64;
    (bytes < u64::MAX as f64).then_some(bytes as u64)
}

/// Writes the amount with the largest unit that leaves a whole number.
pub(crate) fn write(bytes: u64) -> String {
    let fitting = UNITS.iter().find(|(_, factor)| bytes != 0 && bytes.is_multiple_of(*factor));
    let (unit, factor) = fitting.unwrap_or(&("B", 1));
    format!("{}{unit}", bytes / factor)
}
