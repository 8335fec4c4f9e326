//! The level of a JSON line: a scan over the top-level keys that stops at the first one that tells it. It
//! reads what is cut off or otherwise broken as far as it goes.

use memchr::{memchr2, memchr3};
use model::Level;

/// Keys that tell a level, in lower case.
const KEYS: [&[u8]; 13] = [
    b"level",
    b"levelname",
    b"severity",
    b"lvl",
    b"log.level",
    b"loglevel",
    b"log_level",
    b"level_name",
    b"severity_text",
    b"@l",
    b"log-level",
    b"severitytext",
    b"loglvl",
];

/// OpenTelemetry's number for the severity, from 1 to 24, four for each level.
const SEVERITY_NUMBERS: [&[u8]; 2] = [b"severity_number", b"severitynumber"];

/// Python's name for the number behind a level. Its numbers are not those of bunyan and pino.
const PYTHON_NUMBER: &[u8] = b"levelno";

/// The level of the object that `line` begins with: what its own keys tell, else those of an object in it.
pub(super) fn level(line: &[u8]) -> Option<Level> {
    let mut nested = None;
    of_keys(line, |value| nested = nested.or_else(|| of_keys(value, |_| ()))).or(nested)
}

/// What the keys of the object tell. `inner` is given the objects that come before the key that tells it.
fn of_keys(object: &[u8], mut inner: impl FnMut(&[u8])) -> Option<Level> {
    let mut rest = object.get(1..)?;
    loop {
        rest = rest.trim_ascii_start();
        match rest.first()? {
            b',' => rest = &rest[1..],
            b'"' => {
                let (key, value) = string(rest)?;
                let value = value.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
                let after = skip(value)?;
                let text = &value[..value.len() - after.len()];
                if let Some(level) = told(key, text) {
                    return Some(level);
                }
                if text.first() == Some(&b'{') {
                    inner(text);
                }
                rest = after;
            }
            _ => return None,
        }
    }
}

fn told(key: &[u8], value: &[u8]) -> Option<Level> {
    if KEYS.iter().any(|known| known.eq_ignore_ascii_case(key)) {
        return match value.first()? {
            b'"' => word(string(value)?.0),
            _ => number(value),
        };
    }
    if key == PYTHON_NUMBER {
        return python_number(value);
    }
    if SEVERITY_NUMBERS.iter().any(|known| known.eq_ignore_ascii_case(key)) {
        return super::severity_number(integer(value)?);
    }
    None
}

fn word(word: &[u8]) -> Option<Level> {
    let word = std::str::from_utf8(word.trim_ascii()).ok()?;
    Level::from_word(word).or_else(|| number(word.as_bytes()))
}

/// bunyan and pino count from 10 to 60, monolog from 100 to 600. Smaller numbers mean opposite things to
/// different loggers.
fn number(digits: &[u8]) -> Option<Level> {
    Some(match integer(digits)? {
        10..20 => Level::Trace,
        20..30 | 100..200 => Level::Debug,
        30..40 | 200..300 => Level::Info,
        40..50 | 300..400 => Level::Warn,
        50..60 | 400..500 => Level::Error,
        500..600 => Level::Critical,
        60 | 600 => Level::Fatal,
        _ => return None,
    })
}

fn python_number(digits: &[u8]) -> Option<Level> {
    Some(match integer(digits)? {
        1..10 => Level::Trace,
        10..20 => Level::Debug,
        20..30 => Level::Info,
        30..40 => Level::Warn,
        40..50 => Level::Error,
        50 => Level::Critical,
        _ => return None,
    })
}

fn integer(digits: &[u8]) -> Option<u16> {
    std::str::from_utf8(digits.trim_ascii()).ok()?.parse().ok()
}

/// The content of the string that `rest` begins with, escapes as written, and what follows it.
fn string(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', rest.get(at..)?)?;
        if rest[at] == b'"' {
            return Some((&rest[1..at], &rest[at + 1..]));
        }
        at += 2;
    }
}

/// What follows the value that `rest` begins with.
fn skip(rest: &[u8]) -> Option<&[u8]> {
    match rest.first()? {
        b'"' => Some(string(rest)?.1),
        b'{' => skip_nested(rest, b'{', b'}'),
        b'[' => skip_nested(rest, b'[', b']'),
        _ => {
            let end = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']'));
            Some(&rest[end.unwrap_or(rest.len())..])
        }
    }
}

/// Brackets of the other kind need no counting: in JSON that holds together they close in between.
fn skip_nested(rest: &[u8], open: u8, close: u8) -> Option<&[u8]> {
    let mut rest = rest;
    let mut depth = 0_usize;
    loop {
        rest = &rest[memchr3(b'"', open, close, rest)?..];
        if rest[0] == b'"' {
            rest = string(rest)?.1;
            continue;
        }
        depth = if rest[0] == open { depth + 1 } else { depth - 1 };
        rest = &rest[1..];
        if depth == 0 {
            return Some(rest);
        }
    }
}
