//! `| decolorize`: takes the colours, and whatever else a terminal is told, out of a line.
//!
//! Such a sequence begins with ESC or CSI, goes on with brackets and the like, and ends with a text before a
//! BEL, or with up to four digits between semicolons and a last character.

use memchr::memchr2;

use super::step::Effect;

const ESCAPE: u8 = 0x1b;
/// The first byte of U+009B.
const CONTROL: u8 = 0xc2;
const BELL: u8 = 0x07;

/// Writes what is left into `out`.
pub(super) fn decolorize(line: &str, out: &mut String) -> Effect {
    out.clear();
    let (mut kept, mut at) = (0, 0);
    while let Some(found) = memchr2(ESCAPE, CONTROL, &line.as_bytes()[at..]) {
        at += found;
        match sequence(&line.as_bytes()[at..]) {
            Some(length) => {
                out.push_str(&line[kept..at]);
                at += length;
                kept = at;
            }
            None => at += 1,
        }
    }
    if kept == 0 {
        return Effect::Stays;
    }
    out.push_str(&line[kept..]);
    Effect::Changes
}

/// How long the sequence is that begins here.
fn sequence(bytes: &[u8]) -> Option<usize> {
    let introduced = match bytes {
        [ESCAPE, ..] => 1,
        [CONTROL, 0x9b, ..] => 2,
        _ => return None,
    };
    let opened = introduced + count(&bytes[introduced..], |byte| b"[]()#;?".contains(&byte));
    let rest = &bytes[opened..];
    let text = count(rest, |byte| byte == b';' || byte.is_ascii_alphanumeric());
    if rest.get(text) == Some(&BELL) {
        return Some(opened + text + 1);
    }
    let numbers = numbers(rest);
    if rest.get(numbers).is_some_and(|byte| is_last(*byte)) {
        return Some(opened + numbers + 1);
    }
    // A digit ends a sequence too.
    rest[..numbers].last().filter(|byte| byte.is_ascii_digit()).map(|_| opened + numbers)
}

/// Digits, and more of them behind semicolons.
fn numbers(bytes: &[u8]) -> usize {
    let digits = |from: usize| count(&bytes[from..], |byte| byte.is_ascii_digit()).min(4);
    let mut end = digits(0);
    while end > 0 && bytes.get(end) == Some(&b';') {
        end += 1 + digits(end + 1);
    }
    end
}

fn is_last(byte: u8) -> bool {
    byte.is_ascii_digit()
        || matches!(byte, b'A'..=b'P' | b'R' | b'Z')
        || b"cfntqry=><~".contains(&byte)
        || matches!(byte, b'g'..=b'n')
}

fn count(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| wanted(**byte)).count()
}
