//! The level of a line that is no JSON: marks at its very beginning, logfmt's key, and words in the places
//! where loggers put them.

use memchr::{memchr, memchr_iter};
use model::Level;

/// Words are looked for this far into the line: loggers write the level before the message.
const WORDS_WITHIN: usize = 128;

/// logfmt's keys are looked for this far into the line.
const KEYS_WITHIN: usize = 512;

/// What a key of logfmt that tells a level ends in.
const KEY_ENDS: [&[u8]; 3] = [b"level", b"lvl", b"severity"];

/// The level of a line that begins with no white space. Only the first of several counts.
pub(super) fn level(line: &[u8]) -> Option<Level> {
    let head = &line[..line.len().min(KEYS_WITHIN)];
    let line = memchr(b'\n', head).map_or(line, |end| &line[..end]);
    if let Some(level) = at_start(line) {
        return Some(level);
    }
    let key = key(&line[..line.len().min(KEYS_WITHIN)]);
    if let Some((_, level)) = key.filter(|_| begins_as_logfmt(line)) {
        return Some(level);
    }
    // Of a word and a key the one that comes first is the logger's; the other belongs to the message.
    let before = key.map_or(WORDS_WITHIN, |(at, _)| at).min(WORDS_WITHIN).min(line.len());
    words(line, before).or(key.map(|(_, level)| level))
}

fn at_start(line: &[u8]) -> Option<Level> {
    match line {
        [
            letter @ (b'I' | b'W' | b'E' | b'F'),
            b'0' | b'1',
            b'0'..=b'9',
            b'0'..=b'3',
            b'0'..=b'9',
            b' ',
            ..,
        ] => Some(klog(*letter)),
        [b'T', ..] if line.starts_with(b"Traceback (most recent call last)") => Some(Level::Error),
        [b'0'..=b'9', ..] => redis(line),
        [b'a'..=b'z' | b'A'..=b'Z', ..] => {
            let (word, rest) = letters(line);
            if rest.first() == Some(&b':') { from_word(word).or_else(|| dotnet(word)) } else { None }
        }
        _ => None,
    }
}

/// The short words of .NET's console logger.
fn dotnet(word: &[u8]) -> Option<Level> {
    Some(match word {
        b"trce" => Level::Trace,
        b"dbug" => Level::Debug,
        b"fail" => Level::Error,
        _ => return None,
    })
}

fn klog(letter: u8) -> Level {
    match letter {
        b'I' => Level::Info,
        b'W' => Level::Warn,
        b'E' => Level::Error,
        _ => Level::Fatal,
    }
}

/// `1:M 22 Nov 2026 10:00:00.123 * Ready to accept connections`
fn redis(line: &[u8]) -> Option<Level> {
    let role = line.iter().take(10).position(|byte| *byte == b':')?;
    let [b':', b'M' | b'S' | b'C' | b'X', b' ', date @ ..] = &line[role..] else { return None };
    let ([_, _, b' ', ..], [b' ', sign, b' ', ..]) = date.split_at_checked(24)? else { return None };
    match sign {
        b'.' | b'-' => Some(Level::Debug),
        b'*' => Some(Level::Info),
        b'#' => Some(Level::Warn),
        _ => None,
    }
}

/// Whether the first word is a `key=value`.
fn begins_as_logfmt(line: &[u8]) -> bool {
    let end =
        line.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')));
    end.is_some_and(|end| end > 0 && line[end] == b'=')
}

/// Where the first key of logfmt that tells a level begins, and what it tells.
fn key(head: &[u8]) -> Option<(usize, Level)> {
    memchr_iter(b'=', head).find_map(|equals| {
        let end = KEY_ENDS.iter().find(|end| head[..equals].ends_with(end))?;
        let at = equals - end.len();
        let begins = at == 0 || matches!(head[at - 1], b' ' | b'\t' | b'.' | b'_' | b',' | b'"');
        let value = &head[equals + 1..];
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let level = from_word(letters(value).0).filter(|_| begins)?;
        Some((at, level))
    })
}

/// The first word in a logger's place that begins within the first `within` bytes.
fn words(line: &[u8], within: usize) -> Option<Level> {
    let mut at = 0;
    let mut before = Before::Space;
    while at < within {
        let byte = line[at];
        if byte.is_ascii_alphabetic() {
            let start = at;
            while line.get(at).is_some_and(u8::is_ascii_alphabetic) {
                at += 1;
            }
            // Loggers write levels in capitals unless they set them off.
            let may_be = before != Before::Other && (byte.is_ascii_uppercase() || before != Before::Space);
            if may_be && let Some(level) = placed(&line[start..at], before, line.get(at).copied()) {
                return Some(level);
            }
            before = Before::Other;
            continue;
        }
        before = match byte {
            0x1b => {
                at = colour_end(line, at);
                before = Before::Colour;
                continue;
            }
            b'[' if before == Before::Other => Before::Other,
            _ => BEFORE[usize::from(byte)],
        };
        at += 1;
    }
    None
}

/// What stands before a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Space,
    Bracket,
    Colour,
    Other,
}

/// What each byte is to the word behind it.
const BEFORE: [Before; 256] = {
    let mut table = [Before::Other; 256];
    let spaces = b" \t|(<:-]";
    let mut at = 0;
    while at < spaces.len() {
        table[spaces[at] as usize] = Before::Space;
        at += 1;
    }
    table[b'[' as usize] = Before::Bracket;
    table
};

fn placed(word: &[u8], before: Before, after: Option<u8>) -> Option<Level> {
    if !(3..=11).contains(&word.len()) || before == Before::Other {
        return None;
    }
    let ends = match after {
        None | Some(b' ' | b'\t' | b']' | b')' | b'>' | b'|' | b':' | b',' | b'/' | b'!' | b'-' | 0x1b) => {
            true
        }
        Some(_) => false,
    };
    let set_off =
        before == Before::Bracket && after == Some(b']') || before == Before::Colour && after == Some(0x1b);
    let is_upper = word.iter().all(u8::is_ascii_uppercase);
    // `LOG` is PostgreSQL's and only with its colon; elsewhere it is a word like any other.
    let is_name = word != b"LOG" || after == Some(b':');
    if ends && is_name && (is_upper || set_off) { from_word(word) } else { None }
}

/// Where the text goes on behind the escape sequence at `at`.
fn colour_end(line: &[u8], at: usize) -> usize {
    let parameters = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'[' | b';');
    let length = line[at + 1..].iter().take_while(|byte| parameters(byte)).count();
    (at + 1 + length + 1).min(line.len())
}

fn letters(bytes: &[u8]) -> (&[u8], &[u8]) {
    let length = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    bytes.split_at(length)
}

fn from_word(word: &[u8]) -> Option<Level> {
    Level::from_word(std::str::from_utf8(word).ok()?)
}
