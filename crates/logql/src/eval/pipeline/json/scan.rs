//! Finds the ends of things in JSON. It forgives what Loki forgives: only what has to be understood is checked.

use std::borrow::Cow;

use memchr::memchr;

/// What is wrong with a document, in Loki's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::eval::pipeline) enum Fault {
    Json,
    Escape,
    Text,
    Array,
    Object,
    Value,
}

impl Fault {
    pub(in crate::eval::pipeline) fn message(self) -> &'static str {
        match self {
            Self::Json => "Malformed JSON error",
            Self::Escape => "Encountered an invalid escape sequence in a string",
            Self::Text => "Value is string, but can't find closing '\"' symbol",
            Self::Array => "Value is array, but can't find closing ']' symbol",
            Self::Object => "Value looks like object, but can't find closing '}' symbol",
            Self::Value => "Unknown value type",
        }
    }
}

/// A value as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::eval::pipeline) enum Value<'a> {
    /// Between its quotes.
    Text(&'a str),
    /// A number, `true` or `false`.
    Plain(&'a str),
    Null,
    /// With its brackets.
    Array(&'a str),
    /// With its braces.
    Object(&'a str),
}

/// A place in a document.
#[derive(Clone, Copy, Debug)]
pub(in crate::eval::pipeline) struct Scanner<'a> {
    text: &'a str,
    pub(super) at: usize,
    /// Whether there are escapes in the last text.
    pub(super) escapes: bool,
}

impl<'a> Scanner<'a> {
    pub(in crate::eval::pipeline) fn new(text: &'a str) -> Self {
        Self { text, at: 0, escapes: false }
    }

    /// The next byte that is no space, which stays the next one.
    pub(in crate::eval::pipeline) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// Moves past the byte that is next, which is one of ASCII.
    pub(in crate::eval::pipeline) fn skip(&mut self) {
        self.at += 1;
    }

    /// The text whose opening quote is next, without its quotes.
    pub(in crate::eval::pipeline) fn text(&mut self) -> Option<&'a str> {
        if self.peek_byte() != Some(b'"') {
            return None;
        }
        let (end, escapes) = text_end(self.text.as_bytes(), self.at)?;
        self.escapes = escapes;
        let inside = &self.text[self.at + 1..end - 1];
        self.at = end;
        Some(inside)
    }

    /// The name whose opening quote is next, as it is meant.
    pub(super) fn name(&mut self) -> Result<Cow<'a, str>, Fault> {
        let name = self.text().ok_or(Fault::Json)?;
        match self.escapes {
            false => Ok(Cow::Borrowed(name)),
            true => unescape(name, Escapes::Json).ok_or(Fault::Escape),
        }
    }

    /// The value that is next.
    pub(in crate::eval::pipeline) fn value(&mut self) -> Result<Value<'a>, Fault> {
        let start = self.at;
        match self.peek_byte() {
            None => Err(Fault::Json),
            Some(b'"') => self.text().map(Value::Text).ok_or(Fault::Text),
            Some(b'[') => self.block(b'[', b']').ok_or(Fault::Array).map(Value::Array),
            Some(b'{') => self.block(b'{', b'}').ok_or(Fault::Object).map(Value::Object),
            Some(first) => {
                let rest = &self.text.as_bytes()[start..];
                let length = rest.iter().position(|byte| ends_token(*byte)).unwrap_or(rest.len());
                // Ends beside an ASCII byte or at the end of the text.
                self.at = start + length;
                let token = &self.text[start..self.at];
                match (first, token) {
                    (b't' | b'f', "true" | "false") | (b'0'..=b'9' | b'-', _) => Ok(Value::Plain(token)),
                    (b'n', "null") => Ok(Value::Null),
                    _ => Err(Fault::Value),
                }
            }
        }
    }

    fn peek_byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The array or the object that is next. Only its own kind of bracket is counted.
    fn block(&mut self, open: u8, close: u8) -> Option<&'a str> {
        let start = self.at;
        self.at = block_end(self.text.as_bytes(), start, open, close)?;
        Some(&self.text[start..self.at])
    }
}

/// After the bracket that closes the one at `start`.
pub(super) fn block_end(bytes: &[u8], start: usize, open: u8, close: u8) -> Option<usize> {
    let (mut at, mut level) = (start, 0_usize);
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'"' || *byte == open || *byte == close)?;
        match bytes[at] {
            b'"' => at = text_end(bytes, at)?.0,
            byte if byte == open => {
                level += 1;
                at += 1;
            }
            _ => {
                level = level.saturating_sub(1);
                at += 1;
                if level == 0 {
                    return Some(at);
                }
            }
        }
    }
}

/// After the quote that closes the one at `start`, and whether there are escapes before it.
fn text_end(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    let (mut at, mut escapes) = (start + 1, false);
    loop {
        at = quote_or_backslash(bytes, at)?;
        if bytes[at] == b'"' {
            return Some((at + 1, escapes));
        }
        escapes = true;
        at += 2;
    }
}

/// Texts are short: eight bytes are looked at together, without a call.
fn quote_or_backslash(bytes: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    while let Some(eight) = bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()) {
        let eight = u64::from_le_bytes(eight);
        let quotes = eight ^ (ONES * b'"' as u64);
        let backslashes = eight ^ (ONES * b'\\' as u64);
        let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
        let found = zeros(quotes) | zeros(backslashes);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|found| at + found)
}

fn ends_token(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b'}' | b']')
}

/// Whose escapes a text has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::eval::pipeline) enum Escapes {
    Json,
    /// JSON's and `\'`; half of a pair of surrogates means a replacement character.
    Logfmt,
}

/// What a text between quotes says; `None` if an escape in it means nothing.
pub(in crate::eval::pipeline) fn unescape(text: &str, escapes: Escapes) -> Option<Cow<'_, str>> {
    let Some(first) = memchr(b'\\', text.as_bytes()) else { return Some(Cow::Borrowed(text)) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(escape) = rest.strip_prefix('\\') {
        let (character, after) = escaped(escape, escapes)?;
        out.push(character);
        let next = memchr(b'\\', after.as_bytes()).unwrap_or(after.len());
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    Some(Cow::Owned(out))
}

/// The character that the escape at the beginning of `text` means, its backslash aside, and what follows it.
fn escaped(text: &str, escapes: Escapes) -> Option<(char, &str)> {
    let (kind, after) = text.split_at_checked(1)?;
    let character = match kind {
        "\"" | "\\" | "/" => kind.chars().next()?,
        "'" if escapes == Escapes::Logfmt => '\'',
        "b" => '\u{8}',
        "f" => '\u{c}',
        "n" => '\n',
        "r" => '\r',
        "t" => '\t',
        "u" => return code_point(after, escapes),
        _ => return None,
    };
    Some((character, after))
}

/// Four hexadecimal digits, or a pair of surrogates.
fn code_point(text: &str, escapes: Escapes) -> Option<(char, &str)> {
    let (first, after) = hex(text)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, after));
    }
    let pair = after.strip_prefix("\\u").and_then(hex).and_then(|(second, after)| {
        let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        let high = first.checked_sub(0xd800)?;
        Some((char::from_u32(0x10000 + (high << 10) + low)?, after))
    });
    let half = (escapes == Escapes::Logfmt).then_some((char::REPLACEMENT_CHARACTER, after));
    pair.or(half)
}

fn hex(text: &str) -> Option<(u32, &str)> {
    let (digits, after) = text.split_at_checked(4)?;
    let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| u32::from_str_radix(digits, 16).ok().map(|code| (code, after)))?
}
