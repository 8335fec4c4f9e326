//! Texts: `"…"` and `'…'` with Go's escapes, and `` `…` `` without any.

use std::iter::Peekable;
use std::str::Chars;

/// Why a text cannot be read. The words are those of Loki's lexer.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The closing quote is missing.
    Open,
    /// A backslash is followed by something that it cannot stand before.
    Escape,
    /// The bytes named by `\x` and octal escapes are no UTF-8.
    Encoding,
}

impl Unreadable {
    /// For people.
    pub fn message(&self) -> &'static str {
        match self {
            Self::Open => "literal not terminated: the closing quote is missing",
            Self::Escape => "invalid char escape: write a backslash as \\\\, or the text in `backticks`",
            Self::Encoding => "invalid UTF-8 rune",
        }
    }
}

/// How many bytes at the beginning of `quoted` the literal takes, closing quote included.
pub fn length(quoted: &str) -> Result<usize, Unreadable> {
    let mut bytes = quoted.bytes().enumerate();
    let Some((_, quote)) = bytes.next() else { return Err(Unreadable::Open) };
    while let Some((at, byte)) = bytes.next() {
        match byte {
            _ if byte == quote => return Ok(at + 1),
            b'\\' if quote != b'`' => _ = bytes.next(),
            b'\n' if quote != b'`' => return Err(Unreadable::Open),
            _ => {}
        }
    }
    Err(Unreadable::Open)
}

/// Reads a whole literal, quotes included.
pub fn read(quoted: &str) -> Result<String, Unreadable> {
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).ok_or(Unreadable::Open)?;
    if quoted.starts_with('`') || !inner.contains('\\') {
        return Ok(inner.to_owned());
    }
    let mut read = Vec::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => escape(&mut characters, &mut read).ok_or(Unreadable::Escape)?,
            other => push(&mut read, other),
        }
    }
    String::from_utf8(read).map_err(|_| Unreadable::Encoding)
}

fn escape(characters: &mut Peekable<Chars<'_>>, read: &mut Vec<u8>) -> Option<()> {
    let byte = match characters.next()? {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        same @ ('\\' | '"' | '\'') => same as u8,
        'x' => u8::try_from(digits(characters, 2, 16, 0)?).ok()?,
        long @ ('u' | 'U') => {
            let count = if long == 'u' { 4 } else { 8 };
            push(read, char::from_u32(digits(characters, count, 16, 0)?)?);
            return Some(());
        }
        first @ '0'..='7' => u8::try_from(digits(characters, 2, 8, first.to_digit(8)?)?).ok()?,
        _ => return None,
    };
    read.push(byte);
    Some(())
}

fn digits(characters: &mut Peekable<Chars<'_>>, count: usize, radix: u32, first: u32) -> Option<u32> {
    (0..count)
        .try_fold(first, |code, _| code.checked_mul(radix)?.checked_add(characters.next()?.to_digit(radix)?))
}

fn push(read: &mut Vec<u8>, character: char) {
    read.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Writes a text so that it is read as the same, as Go quotes it.
pub fn write(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{b}' => quoted.push_str("\\v"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if other.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", other as u32)),
            other if other.is_control() => quoted.push_str(&format!("\\u{:04x}", other as u32)),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Writes a text in backticks, which spares escapes, if it can stand there.
pub fn write_plainly(text: &str) -> String {
    if text.contains('`') || text.contains(char::is_control) { write(text) } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests;
