//! A key that tells a secret, and its value, in the shapes in which logs have them: JSON and what prints like
//! it (also inside of a string of JSON), logfmt, forms and query strings, headers, options of a command line,
//! Ruby's and PHP's arrows, elements of XML.

use crate::edit::{Edit, MARKER, marker_length};
use crate::find::authorization;
use crate::find::key::{self, KEY_BYTES_MAX};
use crate::rule::{Rule, Rules};
use crate::text::{backslashes_before, is_json, is_key, run_end};

/// How much white space may stand between a key and its value.
const SPACE_MAX: usize = 8;

/// A key and what leads from it to its value.
struct Pair<'t> {
    text: &'t str,
    rule: Rule,
    /// The quotation mark behind the key, with the backslashes before it.
    quote: &'t str,
    separator: Separator,
    /// Whether there is white space around the separator.
    spaced: bool,
    /// Where the value begins.
    value: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    /// `=`, `=>`, `:=`, `%3D`
    Equals,
    Colon,
    /// `<password>`
    Element,
    /// `--password hunter2`
    Option,
}

/// Looks at the key around `at`.
pub(crate) fn find<'t>(text: &'t str, at: usize, rules: Rules, edits: &mut Vec<Edit<'t>>) -> usize {
    let bytes = text.as_bytes();
    let lowest = at.saturating_sub(KEY_BYTES_MAX);
    let start =
        bytes[lowest..at].iter().rposition(|byte| !is_key(*byte)).map_or(lowest, |last| lowest + last + 1);
    let end = run_end(&bytes[..bytes.len().min(at + KEY_BYTES_MAX)], at, is_key);
    if bytes[..start].ends_with(MARKER.as_bytes()) {
        return end;
    }
    let Some(rule) = key::rule(&bytes[start..end]).filter(|rule| rules.contains(*rule)) else { return end };
    match pair(text, rule, start, end) {
        Some(pair) => pair.mask(edits),
        None => end,
    }
}

fn pair(text: &str, rule: Rule, start: usize, end: usize) -> Option<Pair<'_>> {
    let bytes = text.as_bytes();
    let quote = quote_at(text, end);
    let mut at = end + quote.len();
    at += usize::from(bytes.get(at) == Some(&b']'));
    let before_space = at;
    at = skip_space(bytes, at);
    let (separator, length) = match &bytes[at..] {
        [b'=', b'=', ..] => return None,
        [b'=', b'>', ..] | [b':', b'=', ..] => (Separator::Equals, 2),
        [b'=', ..] => (Separator::Equals, 1),
        [b'%', b'3', b'D' | b'd', ..] => (Separator::Equals, 3),
        [b':', ..] => (Separator::Colon, 1),
        [b'>', ..] if start > 0 && bytes[start - 1] == b'<' => (Separator::Element, 1),
        _ if at > end && bytes[start..end].starts_with(b"--") => (Separator::Option, 0),
        _ => return None,
    };
    let after = at + length;
    let value = skip_space(bytes, after);
    Some(Pair { text, rule, quote, separator, spaced: at > before_space || value > after, value })
}

impl<'t> Pair<'t> {
    /// Adds what is secret of the value; gives the place behind it.
    fn mask(&self, edits: &mut Vec<Edit<'t>>) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.value;
        if let Some(length) = marker_length(&bytes[at..]) {
            return at + length;
        }
        if bytes.get(at) == Some(&b'[') && !self.opening(at + 1).is_empty() {
            return self.mask_list(at + 1, edits);
        }
        // Python's b'…' and u'…'.
        if matches!(bytes.get(at), Some(b'b' | b'u')) && !self.opening(at + 1).is_empty() {
            at += 1;
        }
        let quote = self.opening(at);
        if !quote.is_empty() {
            return self.mask_quoted(at, quote, edits);
        }
        if self.separator == Separator::Colon && !self.quote.is_empty() {
            return self.mask_bare(at, edits);
        }
        self.mask_plain(at, edits)
    }

    /// The quotation mark at `at`, if it opens the value. In a line of JSON a bare one behind a key without one
    /// closes the string that the key stands in.
    fn opening(&self, at: usize) -> &'t str {
        let quote = quote_at(self.text, at);
        let closes = quote == "\"" && self.quote != quote && is_json(self.text.as_bytes());
        if closes { "" } else { quote }
    }

    /// Strings one after the other; gives the place behind the last.
    fn mask_list(&self, from: usize, edits: &mut Vec<Edit<'t>>) -> usize {
        let mut at = from;
        loop {
            let quote = self.opening(at);
            if quote.is_empty() {
                return at;
            }
            at = self.mask_quoted(at, quote, edits);
            let bytes = self.text.as_bytes();
            if bytes.get(at) != Some(&b',') {
                return at;
            }
            at = skip_space(bytes, at + 1);
        }
    }

    /// A value in quotation marks; if they are not closed, up to the end of the line.
    fn mask_quoted(&self, at: usize, quote: &str, edits: &mut Vec<Edit<'t>>) -> usize {
        let start = at + quote.len();
        let (end, next) = match closing(self.text.as_bytes(), start, quote, is_json(self.text.as_bytes())) {
            Ok(end) => (end, end + quote.len()),
            Err(end) => (end, end),
        };
        let start = match self.rule {
            Rule::Authorization => start + authorization::scheme_length(&self.text.as_bytes()[start..end]),
            _ => start,
        };
        self.add(start, end, "", edits);
        next
    }

    /// A number or word of JSON. It becomes a string.
    fn mask_bare(&self, at: usize, edits: &mut Vec<Edit<'t>>) -> usize {
        let bytes = self.text.as_bytes();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'_');
        let end = run_end(bytes, at, fits);
        self.add(at, end, self.quote, edits);
        end
    }

    fn mask_plain(&self, at: usize, edits: &mut Vec<Edit<'t>>) -> usize {
        let bytes = self.text.as_bytes();
        let is_colon = self.separator == Separator::Colon;
        let (start, end) = match self.rule {
            Rule::Authorization => authorization::value(self.text, at),
            Rule::Session if is_colon => (at, header_end(bytes, at)),
            _ => (at, plain_end(bytes, at)),
        };
        let value = &bytes[start..end];
        let is_certain = match self.rule {
            // `Cookie: a=b; c=d`
            Rule::Session if is_colon => value.contains(&b'='),
            Rule::Authorization if start > at => true,
            _ if self.separator == Separator::Option => !value.starts_with(b"-"),
            // In a sentence a colon follows a key as well: `invalid token: signature has expired`.
            _ if is_colon || self.spaced => looks_secret(value),
            _ => true,
        };
        // A call in a line of source code.
        let is_code = bytes.get(end) == Some(&b'(') || value.contains(&b'(');
        let is_path = self.rule == Rule::Password && value.starts_with(b"/");
        if !is_certain || is_code || is_path {
            return end;
        }
        self.add(start, end, "", edits);
        end
    }

    fn add(&self, start: usize, end: usize, quote: &'t str, edits: &mut Vec<Edit<'t>>) {
        if !key::is_harmless(&self.text.as_bytes()[start..end]) {
            edits.push(Edit { start, end, rule: self.rule.into(), quote });
        }
    }
}

/// The quotation mark at `at`, with the backslashes before it; empty if there is none.
fn quote_at(text: &str, at: usize) -> &str {
    let Some(rest) = text.as_bytes().get(at..) else { return "" };
    let slashes = rest.iter().take(16).take_while(|byte| **byte == b'\\').count();
    match rest.get(slashes) {
        // An even number of backslashes stands for itself, and the mark behind them closes what they are in.
        Some(b'"' | b'\'' | b'`') if slashes == 0 || slashes % 2 == 1 => &text[at..=at + slashes],
        _ => "",
    }
}

/// Where the string that begins at `from` ends: at the same quotation mark behind the same number of
/// backslashes, counting those that stand for themselves. An error is where it is cut off: the end of the line,
/// or of the string of JSON that it stands in.
fn closing(text: &[u8], from: usize, quote: &str, in_json: bool) -> Result<usize, usize> {
    let (slashes, mark) = (quote.len() - 1, quote.as_bytes()[quote.len() - 1]);
    let mut at = from;
    while let Some(found) = memchr::memchr3(mark, b'"', b'\n', &text[at..]) {
        at += found;
        if text[at] == b'\n' {
            return Err(at);
        }
        let before = backslashes_before(&text[from..], at - from);
        if text[at] == mark && before % (2 * (slashes + 1)) == slashes {
            return Ok(at - slashes);
        }
        if in_json && text[at] == b'"' && before.is_multiple_of(2) {
            return Err(at - before);
        }
        at += 1;
    }
    Err(text.len())
}

/// Where a value without quotation marks ends.
fn plain_end(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = text.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'<' => return at,
            b'%' if text[at..].starts_with(b"%26") => return at,
            // What is masked already counts as one sign.
            b'[' => at += marker_length(&text[at..]).unwrap_or(1),
            b'\\' => match text.get(at + 1) {
                // Signs of JSON that stand for a character of the value.
                Some(b'\\' | b'/' | b'u') => at += 2,
                _ => return at,
            },
            b',' | b';' | b'&' | b')' | b']' | b'}' | b'|' | b'>' if ends_value(&text[at + 1..]) => {
                return at;
            }
            _ => at += 1,
        }
    }
    at
}

/// Whether the sign before `rest` ends a value: if behind it the text or the word ends, or another key begins.
fn ends_value(rest: &[u8]) -> bool {
    let word = rest.iter().take(40).take_while(|byte| is_key(**byte)).count();
    match rest.get(word) {
        None => word == 0,
        Some(b'=' | b':' | b'[') => true,
        Some(next) => {
            let ends = b" \t\n\r\"'`,;&)]}|>\\<".contains(next);
            word == 0 && ends
        }
    }
}

/// Where a header's value ends: with its line, or with the string that it stands in.
fn header_end(text: &[u8], from: usize) -> usize {
    let end = run_end(text, from, |byte| !matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'\\'));
    end - text[from..end].iter().rev().take_while(|byte| **byte == b' ').count()
}

fn skip_space(text: &[u8], from: usize) -> usize {
    let space = text[from..].iter().take(SPACE_MAX).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    from + space
}

/// Whether the value is more likely a secret than a word of a sentence.
pub(crate) fn looks_secret(value: &[u8]) -> bool {
    let has = |fits: fn(&u8) -> bool| value.iter().any(fits);
    let is_mixed = has(u8::is_ascii_digit) && (has(u8::is_ascii_alphabetic) || value.len() >= 8);
    let is_long = value.len() >= 20 && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    value.len() >= 6 && is_mixed || is_long
}
