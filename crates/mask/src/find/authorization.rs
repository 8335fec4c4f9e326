//! What stands in a header `Authorization`, with or without its name.

use crate::edit::Edit;
use crate::find::pair::looks_secret;
use crate::rule::Rule;
use crate::text::{begins_word, run_end};

/// Schemes whose credentials are many words.
const MANY_WORDS: [&str; 4] = ["digest", "oauth", "hawk", "aws4-hmac-sha256"];

/// Schemes with one word of credentials.
const ONE_WORD: [&str; 8] = ["bearer", "basic", "token", "apikey", "key", "negotiate", "ntlm", "jwt"];

/// `Bearer …` or `Basic …` at `at`.
pub(crate) fn find(text: &str, at: usize, edits: &mut Vec<Edit<'_>>) -> usize {
    let bytes = text.as_bytes();
    let start = run_end(bytes, at, |byte| byte.is_ascii_alphabetic()) + 1;
    let end = run_end(bytes, start, is_credential);
    let value = &bytes[start..end];
    let is_basic = bytes[at + 1].eq_ignore_ascii_case(&b'a');
    let is_secret =
        if is_basic { is_user_and_password(value) } else { value.len() >= 8 && looks_secret(value) };
    if is_secret && begins_word(bytes, at) {
        edits.push(Edit::new(start, end, Rule::Authorization));
    }
    end
}

/// The bounds of the credentials in the header's value that begins at `at`, which no quotation marks enclose.
pub(crate) fn value(text: &str, at: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let start = at + scheme_length(&bytes[at..]);
    let scheme = text[at..start].trim_end();
    if MANY_WORDS.iter().any(|many| many.eq_ignore_ascii_case(scheme)) {
        let in_json = bytes.first() == Some(&b'{');
        let end = run_end(bytes, start, |byte| byte != b'\n' && !(in_json && byte == b'"'));
        return (start, end);
    }
    (start, run_end(bytes, start, is_credential))
}

/// How long the scheme before the credentials is, with the space behind it; 0 if there is none.
pub(crate) fn scheme_length(value: &[u8]) -> usize {
    let end = run_end(value, 0, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_scheme = |known: &&str| known.as_bytes().eq_ignore_ascii_case(&value[..end]);
    let is_known = MANY_WORDS.iter().chain(&ONE_WORD).any(is_scheme);
    if is_known && value.get(end) == Some(&b' ') { end + 1 } else { 0 }
}

fn is_credential(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'+' | b'/' | b'=' | b'-')
}

/// Whether base64 of `user:password` is written there.
fn is_user_and_password(text: &[u8]) -> bool {
    let mut bits = 0_u32;
    let mut found = false;
    for (index, byte) in text.iter().enumerate() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return false,
        };
        bits = bits << 6 | u32::from(value);
        // Each further sign but every fourth completes a byte.
        let shift = [6, 4, 2, 0][index % 4];
        if index % 4 != 0 {
            let decoded = (bits >> shift) as u8;
            found |= decoded == b':';
            if decoded.is_ascii_control() {
                return false;
            }
        }
    }
    found && text.len() >= 4
}
