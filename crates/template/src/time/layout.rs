//! The pieces of Go's layouts: each part of the reference time `Mon Jan 2 15:04:05 MST 2006` stands for itself.

/// A part of a layout that is no plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekDay,
    WeekDay,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    /// `PM`
    Noon,
    /// `pm`
    SmallNoon,
    ZoneName,
    Offset(Offset),
    Fraction(Fraction),
}

/// `-07:00` and its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// Written `Z` for UTC.
    pub(super) z: bool,
    pub(super) colon: bool,
    /// Hours; hours and minutes; hours, minutes and seconds.
    pub(super) parts: u8,
}

/// `.000` and `.999`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fraction {
    pub(super) separator: char,
    pub(super) digits: usize,
    /// Without trailing zeros.
    pub(super) trims: bool,
}

const fn offset(z: bool, colon: bool, parts: u8) -> Piece {
    Piece::Offset(Offset { z, colon, parts })
}

/// By their first letter; of two that begin alike the one to try first stands first.
const PIECES: [(&str, Piece); 33] = [
    ("January", Piece::LongMonth),
    ("Jan", Piece::Month),
    ("Monday", Piece::LongWeekDay),
    ("Mon", Piece::WeekDay),
    ("MST", Piece::ZoneName),
    ("01", Piece::ZeroMonth),
    ("02", Piece::ZeroDay),
    ("03", Piece::ZeroHour12),
    ("04", Piece::ZeroMinute),
    ("05", Piece::ZeroSecond),
    ("06", Piece::Year),
    ("002", Piece::ZeroYearDay),
    ("15", Piece::Hour),
    ("1", Piece::NumMonth),
    ("2006", Piece::LongYear),
    ("2", Piece::Day),
    ("_2", Piece::UnderDay),
    ("__2", Piece::UnderYearDay),
    ("3", Piece::Hour12),
    ("4", Piece::Minute),
    ("5", Piece::Second),
    ("PM", Piece::Noon),
    ("pm", Piece::SmallNoon),
    ("-070000", offset(false, false, 3)),
    ("-07:00:00", offset(false, true, 3)),
    ("-0700", offset(false, false, 2)),
    ("-07:00", offset(false, true, 2)),
    ("-07", offset(false, false, 1)),
    ("Z070000", offset(true, false, 3)),
    ("Z07:00:00", offset(true, true, 3)),
    ("Z0700", offset(true, false, 2)),
    ("Z07:00", offset(true, true, 2)),
    ("Z07", offset(true, false, 1)),
];

/// The text before the first piece, the piece with its own text, and what follows.
pub(super) fn next(layout: &str) -> (&str, Option<(&str, Piece)>, &str) {
    for (at, byte) in layout.bytes().enumerate() {
        let found = match byte {
            b'J' | b'M' | b'0'..=b'5' | b'P' | b'p' | b'-' | b'Z' => known(&layout[at..]),
            // `_2006` is an underscore and a year.
            b'_' if layout[at + 1..].starts_with("2006") => None,
            b'_' => known(&layout[at..]),
            b'.' | b',' => fraction(&layout[at..]),
            _ => None,
        };
        if let Some((length, piece)) = found {
            let (text, rest) = layout[at..].split_at(length);
            return (&layout[..at], Some((text, piece)), rest);
        }
    }
    (layout, None, "")
}

fn known(layout: &str) -> Option<(usize, Piece)> {
    let first = layout.as_bytes().first()?;
    let mut candidates = PIECES.iter().filter(|(text, _)| text.as_bytes().first() == Some(first));
    let (text, piece) = candidates.find(|(text, piece)| {
        layout.strip_prefix(text).is_some_and(|rest| {
            // `Janus` and `Monster` are words.
            !matches!(piece, Piece::Month | Piece::WeekDay)
                || !rest.starts_with(|next: char| next.is_ascii_lowercase())
        })
    })?;
    Some((text.len(), *piece))
}

fn fraction(layout: &str) -> Option<(usize, Piece)> {
    let (separator, rest) = (layout.chars().next()?, &layout[1..]);
    let digit = rest.chars().next().filter(|digit| matches!(digit, '0' | '9'))?;
    let digits = rest.len() - rest.trim_start_matches(digit).len();
    if rest[digits..].starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    Some((digits + 1, Piece::Fraction(Fraction { separator, digits, trims: digit == '9' })))
}
