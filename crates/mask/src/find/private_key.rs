//! Private keys as PEM writes them, and age's.

use memchr::memmem;

use crate::edit::Edit;
use crate::rule::Rule;
use crate::text::{backslashes_before, run_end};

/// No key is longer.
const KEY_BYTES_MAX: usize = 32 << 10;

const HEADER_BYTES_MAX: usize = 80;

/// The key at `at`, up to its end line; without one, up to the end of the string that it stands in.
pub(crate) fn find(text: &str, at: usize, edits: &mut Vec<Edit<'_>>) -> usize {
    const BEGIN: &[u8] = b"-----BEGIN";
    const AGE: &[u8] = b"AGE-SECRET-KEY-1";
    let bytes = text.as_bytes();
    if bytes[at..].starts_with(AGE) {
        let end = run_end(bytes, at + AGE.len(), |byte| byte.is_ascii_alphanumeric());
        edits.push(Edit::new(at + AGE.len(), end, Rule::PrivateKey));
        return end;
    }
    let label = at + BEGIN.len();
    let within = &bytes[label..bytes.len().min(label + HEADER_BYTES_MAX)];
    let Some(length) = memmem::find(within, b"-----") else { return label };
    let start = label + length + 5;
    if memmem::find(&within[..length], b"PRIVATE KEY").is_none() {
        return start;
    }
    let longest = &bytes[..bytes.len().min(start + KEY_BYTES_MAX)];
    // No key goes on beyond the string that it stands in.
    let string_end = run_end(longest, start, |byte| byte.is_ascii() && !matches!(byte, b'"' | b'\'' | b'<'));
    let end = match memmem::find(&bytes[start..string_end], b"-----END") {
        Some(length) => start + length,
        None => string_end - backslashes_before(&bytes[start..], string_end - start),
    };
    edits.push(Edit::new(start, end, Rule::PrivateKey));
    end
}
