//! Times to text.

use super::Time;
use super::civil::Civil;
use super::layout::{self, Fraction, Offset, Piece};

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEK_DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

pub(super) fn format(time: &Time, layout: &str) -> String {
    let civil = time.civil();
    let mut out = String::with_capacity(layout.len() + 8);
    let mut rest = layout;
    loop {
        let (before, piece, after) = layout::next(rest);
        out.push_str(before);
        let Some((_, piece)) = piece else { return out };
        part(time, civil, piece, &mut out);
        rest = after;
    }
}

fn part(time: &Time, civil: Civil, piece: Piece, out: &mut String) {
    let hour12 = (civil.hour + 11) % 12 + 1;
    match piece {
        Piece::LongMonth => out.push_str(month(civil)),
        Piece::Month => out.push_str(&month(civil)[..3]),
        Piece::NumMonth => number(civil.month, 1, '0', out),
        Piece::ZeroMonth => number(civil.month, 2, '0', out),
        Piece::LongWeekDay => out.push_str(WEEK_DAYS[civil.week_day()]),
        Piece::WeekDay => out.push_str(&WEEK_DAYS[civil.week_day()][..3]),
        Piece::Day => number(civil.day, 1, '0', out),
        Piece::UnderDay => number(civil.day, 2, ' ', out),
        Piece::ZeroDay => number(civil.day, 2, '0', out),
        Piece::UnderYearDay => number(civil.year_day(), 3, ' ', out),
        Piece::ZeroYearDay => number(civil.year_day(), 3, '0', out),
        Piece::Hour => number(civil.hour, 2, '0', out),
        Piece::Hour12 => number(hour12, 1, '0', out),
        Piece::ZeroHour12 => number(hour12, 2, '0', out),
        Piece::Minute => number(civil.minute, 1, '0', out),
        Piece::ZeroMinute => number(civil.minute, 2, '0', out),
        Piece::Second => number(civil.second, 1, '0', out),
        Piece::ZeroSecond => number(civil.second, 2, '0', out),
        Piece::LongYear => {
            out.push_str(if civil.year < 0 { "-" } else { "" });
            number(u32::try_from(civil.year.unsigned_abs()).unwrap_or(u32::MAX), 4, '0', out);
        }
        Piece::Year => number((civil.year.unsigned_abs() % 100) as u32, 2, '0', out),
        Piece::Noon => out.push_str(if civil.hour < 12 { "AM" } else { "PM" }),
        Piece::SmallNoon => out.push_str(if civil.hour < 12 { "am" } else { "pm" }),
        Piece::ZoneName => out.push_str(&zone_name(time)),
        Piece::Offset(style) => out.push_str(&offset(time.zone.offset(time.seconds), style)),
        Piece::Fraction(style) => out.push_str(&fraction(time.nanos, style)),
    }
}

fn month(civil: Civil) -> &'static str {
    MONTHS[civil.month as usize - 1]
}

/// A number of at least so many characters.
fn number(number: u32, width: usize, fill: char, out: &mut String) {
    let mut digits = [0_u8; 10];
    let (mut rest, mut first) = (number, digits.len());
    while rest > 0 || first == digits.len() {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend(std::iter::repeat_n(fill, width.saturating_sub(digits.len() - first)));
    out.extend(digits[first..].iter().map(|digit| char::from(*digit)));
}

/// The abbreviation, or the offset where there is none.
fn zone_name(time: &Time) -> String {
    let name = time.zone.abbreviation(time.seconds);
    if !name.is_empty() {
        return name;
    }
    offset(time.zone.offset(time.seconds), Offset { z: false, colon: false, parts: 2 })
}

fn offset(seconds: i32, style: Offset) -> String {
    if style.z && seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.unsigned_abs();
    let mut text = format!("{sign}{:02}", size / 3600);
    for part in [size / 60 % 60, size % 60].iter().take(usize::from(style.parts) - 1) {
        let colon = if style.colon { ":" } else { "" };
        text.push_str(&format!("{colon}{part:02}"));
    }
    text
}

fn fraction(nanos: u32, style: Fraction) -> String {
    let all = format!("{nanos:09}");
    let digits = format!("{all:0<width$}", width = style.digits);
    let digits = &digits[..style.digits];
    let digits = if style.trims { digits.trim_end_matches('0') } else { digits };
    if digits.is_empty() { String::new() } else { format!("{}{digits}", style.separator) }
}
