//! DER, as much of it as certificates need: one value after another is read, nested ones are written.

use model::Timestamp;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The tag `[number]` of a value that holds others.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// Reads values one after another. What is malformed ends the reading with `None`; nothing panics.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next value: its tag and what it holds.
    pub(crate) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        if tag & 0x1f == 0x1f {
            return None; // Tags of several bytes occur in no certificate.
        }
        let (length, rest) = length(rest)?;
        let (body, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, body))
    }

    /// What the next value holds, which must have `tag`.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, body)| body)
    }

    /// The values that the next one holds, which must have `tag`.
    pub(crate) fn enter(&mut self, tag: u8) -> Option<Reader<'a>> {
        self.expect(tag).map(Reader)
    }

    /// What the next value holds if it has `tag`; otherwise it stays.
    pub(crate) fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.0.first() == Some(&tag) { self.expect(tag) } else { None }
    }
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=4).contains(&count) {
        return None;
    }
    let (digits, rest) = rest.split_at_checked(count)?;
    Some((digits.iter().fold(0, |sum, digit| (sum << 8) | usize::from(*digit)), rest))
}

/// A value.
pub(crate) fn value(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 6);
    out.push(tag);
    if body.len() < 0x80 {
        out.push(body.len() as u8);
    } else {
        let bytes = (body.len() as u32).to_be_bytes();
        let digits = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        out.push(0x80 | digits.len() as u8);
        out.extend_from_slice(digits);
    }
    out.extend_from_slice(body);
    out
}

/// A value that holds others.
pub(crate) fn nested(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    value(tag, &parts.concat())
}

/// A number that is not negative, most significant byte first.
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count().min(bytes.len().saturating_sub(1));
    let digits = &bytes[zeros..];
    let sign: &[u8] = if digits.first().is_none_or(|first| first & 0x80 != 0) { &[0] } else { &[] };
    nested(INTEGER, &[sign, digits])
}

/// Whole bytes as a string of bits.
pub(crate) fn bits(bytes: &[u8]) -> Vec<u8> {
    nested(BIT_STRING, &[&[0], bytes])
}

/// An instant: two digits of the year until 2049, then four, as RFC 5280 wants it.
pub(crate) fn time(at: Timestamp) -> Vec<u8> {
    let digits: String = at.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
    match digits.as_str() < "20500101" {
        true => value(UTC_TIME, format!("{}Z", &digits[2..]).as_bytes()),
        false => value(GENERALIZED_TIME, format!("{digits}Z").as_bytes()),
    }
}

/// The instant that a value of `tag` tells.
pub(crate) fn read_time(tag: u8, body: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.is_ascii())?;
    let (century, rest) = match tag {
        UTC_TIME if text.get(..2)? < "50" => ("20", text),
        UTC_TIME => ("19", text),
        GENERALIZED_TIME => text.split_at_checked(2)?,
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2);
    if rest.len() != 13 || !rest.ends_with('Z') {
        return None;
    }
    let (year, month, day) = (part(0)?, part(2)?, part(4)?);
    let (hour, minute, second) = (part(6)?, part(8)?, part(10)?);
    Timestamp::parse_rfc3339(&format!("{century}{year}-{month}-{day}T{hour}:{minute}:{second}Z")).ok()
}
