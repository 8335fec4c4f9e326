//! Base64, URLs, JSON.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::builtin::query_escape;
use crate::functions::{Functions, Type};
use crate::text;
use crate::value::Value;

const TEXT: &[Type] = &[Type::Text];

pub(super) fn add_to(functions: &mut Functions) {
    functions.add("b64enc", TEXT, None, |_, args| Ok(Value::from(STANDARD.encode(args.text(0)))));
    // A fault is the value, as in Sprig.
    functions.add("b64dec", TEXT, None, |_, args| {
        let decoded = base64_decoded(args.text(0));
        Ok(Value::from(decoded.unwrap_or_else(|at| format!("illegal base64 data at input byte {at}"))))
    });
    functions.add("urlencode", TEXT, None, |_, args| Ok(Value::from(query_escape(args.text(0)))));
    functions.add("urldecode", TEXT, None, |_, args| url_decoded(args.text(0)).map(Value::from));
    functions.add("fromJson", TEXT, None, |_, args| Ok(from_json(args.text(0))));
}

/// Standard base64 whose padding may be missing. The error is the byte where Go stops.
fn base64_decoded(text: &str) -> Result<String, usize> {
    let missing = match text.len() % 4 {
        2 => "==",
        3 => "=",
        _ => "",
    };
    let bytes = [text.as_bytes(), missing.as_bytes()].concat();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        quantum(&bytes, &mut at, &mut decoded)?;
    }
    Ok(text::from_bytes(&decoded))
}

/// Four characters, newlines between them skipped.
fn quantum(bytes: &[u8], at: &mut usize, decoded: &mut Vec<u8>) -> Result<(), usize> {
    let mut digits = [0_u8; 4];
    let mut count = 0;
    while count < 4 {
        let Some(&byte) = bytes.get(*at) else {
            return if count == 0 { Ok(()) } else { Err(*at - count) };
        };
        *at += 1;
        match (sextet(byte), byte) {
            (Some(digit), _) => {
                digits[count] = digit;
                count += 1;
            }
            (None, b'\r' | b'\n') => {}
            (None, b'=') => {
                padding(bytes, at, count)?;
                break;
            }
            _ => return Err(*at - 1),
        }
    }
    let [a, b, c, d] = digits;
    let three = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    decoded.extend_from_slice(&three[..count - 1]);
    Ok(())
}

/// After the first `=`: the second where two are due, and then the end.
fn padding(bytes: &[u8], at: &mut usize, count: usize) -> Result<(), usize> {
    if count < 2 {
        return Err(*at - 1);
    }
    let skip = |at: &mut usize| {
        while matches!(bytes.get(*at), Some(b'\r' | b'\n')) {
            *at += 1;
        }
    };
    if count == 2 {
        skip(at);
        match bytes.get(*at) {
            None => return Err(bytes.len()),
            Some(b'=') => *at += 1,
            Some(_) => return Err(*at - 1),
        }
    }
    skip(at);
    if *at < bytes.len() { Err(*at) } else { Ok(()) }
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Go's `url.QueryUnescape`.
fn url_decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => match hex_pair(after) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &after[2..];
                }
                None => {
                    let escape = text::from_bytes(&[&b"%"[..], &after[..after.len().min(2)]].concat());
                    let quoted = crate::format::quote(&escape, crate::format::Quoting::Plain);
                    return Err(format!("invalid URL escape {quoted}"));
                }
            },
            other => bytes.push(other),
        }
    }
    Ok(text::from_bytes(&bytes))
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let [high, low, ..] = bytes else { return None };
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Nothing, if the text is no JSON.
fn from_json<'a>(text: &str) -> Value<'a> {
    serde_json::from_str(text).map_or(Value::Nil, converted)
}

pub(crate) fn converted<'a>(json: serde_json::Value) -> Value<'a> {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(flag) => Value::Bool(flag),
        serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::from(text),
        serde_json::Value::Array(items) => Value::list(items.into_iter().map(converted)),
        serde_json::Value::Object(entries) => {
            Value::map(entries.into_iter().map(|(key, item)| (Cow::<str>::Owned(key), converted(item))))
        }
    }
}
