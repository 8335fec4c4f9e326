//! Literals as Go writes them: strings and characters with escapes, numbers in several bases with underscores.

/// A numeric literal: whatever types can hold its value.
#[derive(Debug)]
pub(crate) struct Number {
    /// As it was written.
    pub(crate) text: Box<str>,
    pub(crate) int: Option<i64>,
    pub(crate) float: Option<f64>,
    /// Whether it is a float where nothing else says so: `1.0`, `1e3`.
    pub(crate) is_float: bool,
}

/// Reads a number token. The error is Go's sentence.
pub(crate) fn number(text: &str) -> Result<Number, String> {
    if text.ends_with('i') && !text.starts_with("0x") {
        return Err(format!("complex numbers are not supported: {text}"));
    }
    let mut int = parse_int(text);
    let unsigned = if int.is_none() { parse_uint(text) } else { None };
    let mut float = int.map(|int| int as f64).or(unsigned.map(|unsigned| unsigned as f64));
    if float.is_none() {
        float = parse_float(text);
        if float.is_some() && !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quoted(text)));
        }
        int = float.filter(|float| float.fract() == 0.0 && float.abs() < 9.2e18).map(|float| float as i64);
    }
    if float.is_none() {
        return Err(format!("illegal number syntax: {}", quoted(text)));
    }
    let hex_integer = text.len() > 2 && text[..2].eq_ignore_ascii_case("0x") && !text.contains(['p', 'P']);
    let is_float = !hex_integer && text.contains(['.', 'e', 'E', 'p', 'P']);
    Ok(Number { text: text.into(), int, float, is_float })
}

/// Reads a character constant such as `'a'`: a number.
pub(crate) fn character(text: &str) -> Result<Number, String> {
    let inner = &text[1..text.len() - 1];
    let malformed = || format!("malformed character constant: {text}");
    let (value, rest) = unquote_char(inner, '\'').ok_or("invalid syntax")?;
    if !rest.is_empty() {
        return Err(malformed());
    }
    let code = match value {
        Piece::Char(character) => i64::from(u32::from(character)),
        Piece::Byte(byte) => i64::from(byte),
    };
    Ok(Number { text: text.into(), int: Some(code), float: Some(code as f64), is_float: false })
}

/// Takes the quotes and escapes off a string token. Bytes that are no UTF-8 become U+FFFD, one each.
pub(crate) fn unquote(token: &str) -> Result<String, String> {
    let inner = &token[1..token.len() - 1];
    if token.starts_with('`') {
        return Ok(inner.replace('\r', ""));
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        let (piece, after) = unquote_char(rest, '"').ok_or("invalid syntax")?;
        match piece {
            Piece::Char(character) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Piece::Byte(byte) => bytes.push(byte),
        }
        rest = after;
    }
    Ok(crate::text::from_bytes(&bytes))
}

enum Piece {
    Char(char),
    /// `\xff`: a byte of its own, not a character.
    Byte(u8),
}

fn unquote_char(text: &str, quote: char) -> Option<(Piece, &str)> {
    let mut characters = text.chars();
    let first = characters.next()?;
    if first != '\\' {
        return (first != quote).then_some((Piece::Char(first), characters.as_str()));
    }
    let escape = characters.next()?;
    let rest = characters.as_str();
    let simple = match escape {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' => '\\',
        '\'' | '"' if escape == quote => escape,
        'x' => return digits(rest, 2, 16).map(|(code, rest)| (Piece::Byte(code as u8), rest)),
        'u' => return code_point(digits(rest, 4, 16)?),
        'U' => return code_point(digits(rest, 8, 16)?),
        '0'..='7' => {
            let (code, rest) = digits(&text[1..], 3, 8)?;
            return Some((Piece::Byte(u8::try_from(code).ok()?), rest));
        }
        _ => return None,
    };
    Some((Piece::Char(simple), rest))
}

fn code_point((code, rest): (u32, &str)) -> Option<(Piece, &str)> {
    char::from_u32(code).map(|character| (Piece::Char(character), rest))
}

fn digits(text: &str, count: usize, radix: u32) -> Option<(u32, &str)> {
    let head = text.get(..count)?;
    if !head.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    Some((u32::from_str_radix(head, radix).ok()?, &text[count..]))
}

fn quoted(text: &str) -> String {
    crate::format::quote(text, crate::format::Quoting::Plain)
}

/// Go's `strconv.ParseInt(text, 0, 64)`: the prefix tells the base, underscores may separate digits.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = i128::from(parse_uint(unsigned)?);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// Go's `strconv.ParseUint(text, 0, 64)`.
fn parse_uint(text: &str) -> Option<u64> {
    let lower = text.get(..2).unwrap_or_default().to_ascii_lowercase();
    let (radix, body) = match lower.as_str() {
        "0x" => (16, &text[2..]),
        "0b" => (2, &text[2..]),
        "0o" => (8, &text[2..]),
        _ if text.len() > 1 && text.starts_with('0') => (8, &text[1..]),
        _ => (10, text),
    };
    if !underscores_are_fine(body, radix != 10) || body.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(&body.replace('_', ""), radix).ok()
}

/// An underscore must stand between digits, or between the base's prefix and a digit.
fn underscores_are_fine(body: &str, prefixed: bool) -> bool {
    !body.ends_with('_') && !body.contains("__") && (prefixed || !body.starts_with('_'))
}

/// Go's `strconv.ParseFloat(text, 64)` for what a literal or a label holds: decimal and hexadecimal floats,
/// infinities, NaN. A value too large is no float.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("0x")) {
        return hex_float(text.starts_with('-'), &unsigned[2..].replace('_', ""));
    }
    if unsigned.contains('_') {
        return separates_digits(unsigned).then(|| parse_float(&text.replace('_', "")))?;
    }
    let value: f64 = text.parse().ok()?;
    let finite = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    (!finite || value.is_finite()).then_some(value)
}

/// Whether every underscore stands between two digits.
fn separates_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
    let mut underscores = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
    underscores.all(|(at, _)| at > 0 && digit(bytes.get(at - 1)) && digit(bytes.get(at + 1)))
}

fn hex_float(negative: bool, body: &str) -> Option<f64> {
    let (mantissa, exponent) = body.split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0_f64;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let shift = exponent.parse::<i32>().ok()? - 4 * i32::try_from(fraction.len()).ok()?;
    // In two steps, so that what is too small for one power of two is not lost.
    let value = value * 2_f64.powi(shift / 2) * 2_f64.powi(shift - shift / 2);
    Some(if negative { -value } else { value })
}
