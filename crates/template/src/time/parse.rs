//! Text to times.

use super::civil::{Civil, days_in, is_leap};
use super::format::{MONTHS, WEEK_DAYS};
use super::layout::{self, Fraction, Offset, Piece};
use super::{Time, Zone, quoted};

/// Why a text is no time of a layout, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parsing time {}{message}", quoted(text))]
pub struct ParseTimeError {
    text: String,
    message: String,
}

/// What went wrong at a piece.
enum Fault {
    /// The text is not of the piece's form.
    Form,
    /// It is, but no such hour, day … exists.
    Range(&'static str),
}

type Read<T> = Result<T, Fault>;

/// What has been read so far.
#[derive(Default)]
struct Parts {
    year: i64,
    month: Option<u32>,
    day: Option<u32>,
    year_day: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    /// `Some(true)` after noon.
    noon: Option<bool>,
    utc: bool,
    offset: Option<i32>,
    zone_name: String,
}

pub(super) fn parse(layout: &str, text: &str, zone: &Zone) -> Result<Time, ParseTimeError> {
    let fault = |message: String| ParseTimeError { text: text.to_owned(), message };
    let cannot = |value: &str, piece: &str| {
        let texts = [layout, value, piece].map(quoted);
        fault(format!(" as {}: cannot parse {} as {}", texts[0], texts[1], texts[2]))
    };
    let mut parts = Parts::default();
    let (mut rest, mut value) = (layout, text);
    loop {
        let (before, piece, after) = layout::next(rest);
        value = skip(value, before).map_err(|value| cannot(value, before))?;
        let Some((piece_text, piece)) = piece else { break };
        let held = value;
        parts.read(piece, &mut value, after).map_err(|error| match error {
            Fault::Form => cannot(held, piece_text),
            Fault::Range(what) => fault(format!(": {what} out of range")),
        })?;
        rest = after;
    }
    if !value.is_empty() {
        return Err(fault(format!(": extra text: {}", quoted(value))));
    }
    parts.finish(zone).map_err(|message| fault(format!(": {message}")))
}

/// Goes past plain text of the layout; a run of spaces matches any run of spaces.
fn skip<'v>(mut value: &'v str, mut prefix: &str) -> Result<&'v str, &'v str> {
    while let Some(first) = prefix.chars().next() {
        if first == ' ' {
            if !value.is_empty() && !value.starts_with(' ') {
                return Err(value);
            }
            prefix = prefix.trim_start_matches(' ');
            value = value.trim_start_matches(' ');
            continue;
        }
        value = value.strip_prefix(first).ok_or(value)?;
        prefix = &prefix[first.len_utf8()..];
    }
    Ok(value)
}

impl Parts {
    /// Reads one piece off the front of the value.
    fn read(&mut self, piece: Piece, value: &mut &str, layout: &str) -> Read<()> {
        match piece {
            Piece::Year => {
                let year = digits(value, 2, 2)?;
                self.year = i64::from(if year >= 69 { year + 1900 } else { year + 2000 });
            }
            Piece::LongYear => self.year = digits(value, 4, 4)?.into(),
            Piece::Month => self.month = Some(name(value, &MONTHS, 3)?),
            Piece::LongMonth => self.month = Some(name(value, &MONTHS, usize::MAX)?),
            Piece::NumMonth | Piece::ZeroMonth => {
                let month = digits(value, least(piece == Piece::ZeroMonth), 2)?;
                self.month = Some(within(month, 1..=12, "month")?);
            }
            Piece::WeekDay => drop(name(value, &WEEK_DAYS, 3)?),
            Piece::LongWeekDay => drop(name(value, &WEEK_DAYS, usize::MAX)?),
            Piece::Day | Piece::UnderDay | Piece::ZeroDay => {
                spaces(value, usize::from(piece == Piece::UnderDay));
                self.day = Some(digits(value, least(piece == Piece::ZeroDay), 2)?);
            }
            Piece::UnderYearDay | Piece::ZeroYearDay => {
                spaces(value, if piece == Piece::UnderYearDay { 2 } else { 0 });
                let fewest = if piece == Piece::ZeroYearDay { 3 } else { 1 };
                self.year_day = Some(digits(value, fewest, 3)?);
            }
            Piece::Hour => self.hour = within(digits(value, 1, 2)?, 0..=23, "hour")?,
            Piece::Hour12 | Piece::ZeroHour12 => {
                let hour = digits(value, least(piece == Piece::ZeroHour12), 2)?;
                self.hour = within(hour, 0..=12, "hour")?;
            }
            Piece::Minute | Piece::ZeroMinute => {
                let minute = digits(value, least(piece == Piece::ZeroMinute), 2)?;
                self.minute = within(minute, 0..=59, "minute")?;
            }
            Piece::Second | Piece::ZeroSecond => {
                let second = digits(value, least(piece == Piece::ZeroSecond), 2)?;
                self.second = within(second, 0..=59, "second")?;
                self.unasked_fraction(value, layout)?;
            }
            Piece::Noon => self.noon = Some(one_of(value, ["AM", "PM"])? == 1),
            Piece::SmallNoon => self.noon = Some(one_of(value, ["am", "pm"])? == 1),
            Piece::Offset(style) => self.offset(value, style)?,
            Piece::ZoneName => self.zone_name(value)?,
            Piece::Fraction(style) => self.fraction(value, style)?,
        }
        Ok(())
    }

    /// A fraction that follows the seconds in the value, though not in the layout.
    fn unasked_fraction(&mut self, value: &mut &str, layout: &str) -> Read<()> {
        let asked = matches!(layout::next(layout).1, Some((_, Piece::Fraction(_))));
        if !asked && let Some(length) = fraction_length(value) {
            self.nanos = nanos(value, length)?;
        }
        Ok(())
    }

    fn fraction(&mut self, value: &mut &str, style: Fraction) -> Read<()> {
        if !style.trims {
            self.nanos = nanos(value, style.digits + 1)?;
        } else if let Some(length) = fraction_length(value) {
            self.nanos = nanos(value, length)?;
        }
        Ok(())
    }

    fn offset(&mut self, value: &mut &str, style: Offset) -> Read<()> {
        if style.z
            && let Some(rest) = value.strip_prefix('Z')
        {
            *value = rest;
            self.utc = true;
            return Ok(());
        }
        let sign = value.chars().next().filter(|sign| matches!(sign, '+' | '-')).ok_or(Fault::Form)?;
        let mut rest = &value[1..];
        let mut parts = [0_u32; 3];
        for (index, part) in parts.iter_mut().take(style.parts.into()).enumerate() {
            if index > 0 && style.colon {
                rest = rest.strip_prefix(':').ok_or(Fault::Form)?;
            }
            *part = digits(&mut rest, 2, 2)?;
        }
        let [hours, minutes, seconds] = parts;
        within(hours, 0..=24, "time zone offset hour")?;
        within(minutes, 0..=60, "time zone offset minute")?;
        within(seconds, 0..=60, "time zone offset second")?;
        let size = (hours * 3600 + minutes * 60 + seconds) as i32;
        self.offset = Some(if sign == '-' { -size } else { size });
        *value = rest;
        Ok(())
    }

    fn zone_name(&mut self, value: &mut &str) -> Read<()> {
        if let Some(rest) = value.strip_prefix("UTC") {
            *value = rest;
            self.utc = true;
            return Ok(());
        }
        let length = abbreviation_length(value).ok_or(Fault::Form)?;
        let (name, rest) = value.split_at(length);
        self.zone_name = name.to_owned();
        *value = rest;
        Ok(())
    }

    fn finish(mut self, zone: &Zone) -> Result<Time, String> {
        match self.noon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        let (month, day) = self.date()?;
        if !(1..=days_in(month, self.year)).contains(&day) {
            return Err("day out of range".to_owned());
        }
        let civil =
            Civil { year: self.year, month, day, hour: self.hour, minute: self.minute, second: self.second };
        let (seconds, zone) = self.place(civil.seconds(), zone);
        Ok(Time { seconds, nanos: self.nanos, zone })
    }

    fn date(&self) -> Result<(u32, u32), String> {
        let Some(year_day) = self.year_day else {
            return Ok((self.month.unwrap_or(1), self.day.unwrap_or(1)));
        };
        if !(1..=365 + u32::from(is_leap(self.year))).contains(&year_day) {
            return Err("day-of-year out of range".to_owned());
        }
        let (month, day) = Civil::of_year_day(self.year, year_day);
        if self.month.is_some_and(|written| written != month) {
            return Err("day-of-year does not match month".to_owned());
        }
        if self.day.is_some_and(|written| written != day) {
            return Err("day-of-year does not match day".to_owned());
        }
        Ok((month, day))
    }

    /// The point in time and its zone: what the text says, else the zone that the caller expects.
    fn place(&self, local: i64, zone: &Zone) -> (i64, Zone) {
        if self.utc {
            return (local, Zone::Utc);
        }
        if let Some(offset) = self.offset {
            let seconds = local - i64::from(offset);
            let name_fits = self.zone_name.is_empty() || zone.abbreviation(seconds) == self.zone_name;
            if zone.offset(seconds) == offset && name_fits {
                return (seconds, zone.clone());
            }
            return (seconds, Zone::Fixed { offset, name: self.zone_name.as_str().into() });
        }
        if self.zone_name.is_empty() {
            return (zone.to_utc(local), zone.clone());
        }
        if let Some(offset) = zone.offset_named(&self.zone_name, local) {
            return (local - i64::from(offset), zone.clone());
        }
        // Go takes the text for UTC where it does not know the abbreviation, even one such as GMT+3.
        let hours = self.zone_name.strip_prefix("GMT").and_then(|hours| hours.parse::<i32>().ok());
        let offset = hours.unwrap_or(0) * 3600;
        (local, Zone::Fixed { offset, name: self.zone_name.as_str().into() })
    }
}

fn least(fixed: bool) -> usize {
    if fixed { 2 } else { 1 }
}

fn spaces(value: &mut &str, most: usize) {
    for _ in 0..most {
        *value = value.strip_prefix(' ').unwrap_or(value);
    }
}

/// Takes between `fewest` and `most` decimal digits.
fn digits(value: &mut &str, fewest: usize, most: usize) -> Read<u32> {
    let count = value.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if count < fewest {
        return Err(Fault::Form);
    }
    let (head, rest) = value.split_at(count);
    *value = rest;
    head.parse().map_err(|_| Fault::Form)
}

fn within(number: u32, range: std::ops::RangeInclusive<u32>, what: &'static str) -> Read<u32> {
    if range.contains(&number) { Ok(number) } else { Err(Fault::Range(what)) }
}

/// Takes one of the names, by their first letters, upper and lower case alike. Counted from 1.
fn name(value: &mut &str, names: &[&str], letters: usize) -> Read<u32> {
    for (index, name) in names.iter().enumerate() {
        let name = &name[..name.len().min(letters)];
        if value.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)) {
            *value = &value[name.len()..];
            return Ok(index as u32 + 1);
        }
    }
    Err(Fault::Form)
}

fn one_of(value: &mut &str, words: [&str; 2]) -> Read<usize> {
    for (index, word) in words.iter().enumerate() {
        if let Some(rest) = value.strip_prefix(word) {
            *value = rest;
            return Ok(index);
        }
    }
    Err(Fault::Form)
}

/// The length of `.123` or `,123` at the front.
fn fraction_length(value: &str) -> Option<usize> {
    let rest = value.strip_prefix(['.', ','])?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then_some(digits + 1)
}

/// Takes a fraction of a length, its separator included; digits past the ninth are cut off.
fn nanos(value: &mut &str, length: usize) -> Read<u32> {
    let head = value.get(..length).filter(|head| head.starts_with(['.', ','])).ok_or(Fault::Form)?;
    let digits = &head[1..head.len().min(10)];
    if digits.is_empty() || !head[1..].bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::Form);
    }
    *value = &value[length..];
    format!("{digits:0<9}").parse().map_err(|_| Fault::Form)
}

/// How long an abbreviation such as `CEST`, `GMT+3` or `-03` at the front is.
fn abbreviation_length(value: &str) -> Option<usize> {
    if value.starts_with("ChST") || value.starts_with("MeST") {
        return Some(4);
    }
    if let Some(rest) = value.strip_prefix("GMT") {
        return Some(3 + signed_length(rest).unwrap_or(0));
    }
    if value.starts_with(['+', '-']) {
        return (value.len() >= 3).then(|| signed_length(value)).flatten();
    }
    let letters = value.bytes().take(6).take_while(u8::is_ascii_uppercase).count();
    match letters {
        3 => Some(3),
        4 if value.as_bytes()[3] == b'T' || value.starts_with("WITA") => Some(4),
        5 if value.as_bytes()[4] == b'T' => Some(5),
        _ => None,
    }
}

fn signed_length(value: &str) -> Option<usize> {
    let rest = value.strip_prefix(['+', '-'])?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse::<u32>().ok().filter(|hours| *hours <= 23).map(|_| digits + 1)
}
