//! Card numbers: 13 to 19 digits that begin as an issuer's do and end with the right check digit, in one run or
//! in the groups in which cards show them. Never a part of a longer run of digits, of a word or of an id.

use memchr::memchr2;

use crate::edit::Edit;
use crate::rule::Rule;
use crate::text::{Window, any_window, is_word};

/// The shortest number.
const DIGITS_MIN: usize = 13;

const DIGITS_MAX: usize = 19;

/// How the digits are grouped on cards, as the lengths of the groups.
const GROUPS: [&[usize]; 4] = [&[4, 4, 4, 4, 3], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4]];

/// Adds all card numbers. Every number has a byte at a multiple of [`DIGITS_MIN`], so the others need no look
/// as long as none of those may belong to one.
pub(crate) fn find(text: &str, edits: &mut Vec<Edit<'_>>) {
    let bytes = text.as_bytes();
    if !may_hold_one(bytes) {
        return;
    }
    let mut strings = Strings { bytes, at: 0, inside: false };
    let mut at = DIGITS_MIN - 1;
    while at < bytes.len() {
        if !is_part(bytes[at]) {
            at += DIGITS_MIN;
            continue;
        }
        let back = bytes[..at].iter().rev().take_while(|byte| is_part(**byte)).count();
        let forward = bytes[at..].iter().take_while(|byte| is_part(**byte)).count();
        if back + forward >= DIGITS_MIN {
            in_run(&mut strings, at - back, at + forward, edits);
        }
        at += forward.max(1).next_multiple_of(DIGITS_MIN);
    }
}

/// Whether digits, spaces and hyphens stand in a row that is long enough, as in few texts.
fn may_hold_one(bytes: &[u8]) -> bool {
    bytes.len() >= DIGITS_MIN && any_window(bytes, DIGITS_MIN - 1, has_long_run)
}

/// Of runs of 1 those of 2, of these those of 4, of 8, and at last of 13.
fn has_long_run(window: &Window) -> bool {
    let parts = window.which(|eight| eight.between(b'0', b'9').or(eight.are(b' ')).or(eight.are(b'-')));
    [1, 2, 4, DIGITS_MIN - 8].iter().fold(parts, |run, further| run & run >> further) != 0
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b'-')
}

/// Looks through a run of digits, spaces and hyphens.
fn in_run(strings: &mut Strings<'_>, start: usize, end: usize, edits: &mut Vec<Edit<'_>>) {
    let bytes = strings.bytes;
    let mut at = start;
    while at < end {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let group_end = group_end(bytes, at, end);
        at = match card_end(bytes, at, group_end, end) {
            Some(card_end) => {
                let quote = strings.quote(at, card_end);
                edits.push(Edit { quote, ..Edit::new(at, card_end, Rule::Card) });
                card_end
            }
            None => group_end,
        };
    }
}

fn group_end(bytes: &[u8], from: usize, end: usize) -> usize {
    from + bytes[from..end].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Where the card number ends whose first group is `at..first`, if there is one.
fn card_end(bytes: &[u8], at: usize, first: usize, end: usize) -> Option<usize> {
    if (DIGITS_MIN..=DIGITS_MAX).contains(&(first - at)) {
        let stands_alone = stands_alone(bytes, at, first) && !is_id(bytes, at);
        return (stands_alone && is_card(bytes[at..first].iter().copied())).then_some(first);
    }
    GROUPS.iter().find_map(|groups| grouped(bytes, at, end, groups))
}

/// Where a number in these groups ends that begins at `at`.
fn grouped(bytes: &[u8], at: usize, end: usize, groups: &[usize]) -> Option<usize> {
    let separator = *bytes.get(at + groups[0]).filter(|byte| matches!(byte, b' ' | b'-'))?;
    let mut from = at;
    for (index, length) in groups.iter().enumerate() {
        if index > 0 {
            (from < end && bytes[from] == separator).then_some(())?;
            from += 1;
        }
        let group_end = group_end(bytes, from, end);
        (group_end - from == *length).then_some(())?;
        from = group_end;
    }
    let digits = bytes[at..from].iter().copied().filter(u8::is_ascii_digit);
    (stands_alone(bytes, at, from) && is_card(digits)).then_some(from)
}

/// Whether it is no part of a word, a number or an id.
fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = match &bytes[..start] {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., digit, b'.'] if digit.is_ascii_digit() => false,
        [.., byte] => !is_word(*byte) && !matches!(byte, b'-' | b'+'),
        [] => true,
    };
    let after = match &bytes[end..] {
        [b'.', digit, ..] if digit.is_ascii_digit() => false,
        [byte, ..] => !is_word(*byte) && *byte != b'-',
        [] => true,
    };
    before && after
}

/// Whether the key before the number says that it is an id or a time: those are digits too.
fn is_id(bytes: &[u8], at: usize) -> bool {
    const TOLD: [&[u8]; 9] =
        [b"id", b"ts", b"time", b"timestamp", b"nonce", b"seq", b"nanos", b"ean", b"gtin"];
    let is_between = |byte: &&u8| matches!(**byte, b' ' | b'"' | b'\'' | b'\\' | b':' | b'=');
    let between = bytes[..at].iter().rev().take(8).take_while(is_between).count();
    let (key, between) = bytes[..at].split_at(at - between);
    let length = key.iter().rev().take(40).take_while(|byte| is_word(**byte)).count();
    let key = &key[key.len() - length..];
    let is_told = |word: &&[u8]| {
        let Some(start) = key.len().checked_sub(word.len()) else { return false };
        let begins = start == 0 || key[start - 1] == b'_' || key[start].is_ascii_uppercase();
        begins && key[start..].eq_ignore_ascii_case(word)
    };
    between.iter().any(|byte| matches!(byte, b':' | b'=')) && TOLD.iter().any(is_told)
}

fn is_card(digits: impl Iterator<Item = u8> + Clone) -> bool {
    let length = digits.clone().count();
    let prefix = digits.clone().take(4).fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'));
    is_issued(prefix, length) && luhn(digits)
}

/// Whether an issuer gives out numbers of this length that begin with these four digits.
fn is_issued(prefix: u32, length: usize) -> bool {
    match prefix {
        4000..=4999 => matches!(length, 13 | 16 | 19),
        5100..=5599 | 2221..=2720 | 2200..=2204 => length == 16,
        3400..=3499 | 3700..=3799 => length == 15,
        6011 | 6440..=6599 => matches!(length, 16 | 19),
        3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => matches!(length, 14 | 16),
        3528..=3589 => (16..=19).contains(&length),
        6200..=6299 | 8100..=8199 => (16..=19).contains(&length),
        5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 => (13..=19).contains(&length),
        _ => false,
    }
}

/// Whether the check digit is right. Nothing but zeros is no number.
fn luhn(digits: impl Iterator<Item = u8> + Clone) -> bool {
    let is_odd = digits.clone().count() % 2 == 1;
    let sum: u32 = digits
        .enumerate()
        .map(|(index, digit)| {
            let value = u32::from(digit - b'0');
            let doubled = (index % 2 == 0) != is_odd;
            if doubled { value * 2 - if value > 4 { 9 } else { 0 } } else { value }
        })
        .sum();
    sum > 0 && sum.is_multiple_of(10)
}

/// Tells inside of which strings of JSON places lie. They are asked for in their order.
struct Strings<'t> {
    bytes: &'t [u8],
    at: usize,
    inside: bool,
}

impl Strings<'_> {
    /// The quotation mark that the marker for `start..end` needs: a number of JSON becomes a string.
    fn quote(&mut self, start: usize, end: usize) -> &'static str {
        let near = |byte: &&u8| !matches!(**byte, b' ' | b'\t');
        let before = self.bytes[..start].iter().rev().take(8).find(near);
        let after = self.bytes[end..].iter().take(8).find(near);
        let is_value =
            matches!(before, Some(b':' | b',' | b'[')) && matches!(after, Some(b',' | b'}' | b']'));
        if !is_value || !matches!(self.bytes.first(), Some(b'{' | b'[' | b' ')) {
            return "";
        }
        while let Some(found) = memchr2(b'"', b'\\', &self.bytes[self.at.min(start)..start]) {
            let is_quote = self.bytes[self.at + found] == b'"';
            self.inside ^= is_quote;
            self.at += found + if is_quote { 1 } else { 2 };
        }
        if self.inside { "" } else { "\"" }
    }
}
