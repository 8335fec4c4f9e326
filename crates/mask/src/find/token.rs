//! Tokens that are known by their form: those with a beginning of their own, JSON web tokens, and a few more.
//! The forms are those that the services document.

use std::sync::LazyLock;

use memchr::memmem;

use crate::edit::Edit;
use crate::rule::Rule;
use crate::text::{begins_word, is_token, is_word, run_end};

/// One form.
struct Form {
    prefix: &'static str,
    rule: Rule,
    /// What the rest consists of.
    rest: fn(u8) -> bool,
    /// How long the rest may be.
    length: std::ops::RangeInclusive<usize>,
    /// Whether the rest must have both letters and digits, since the prefix alone says little.
    mixed: bool,
}

const fn form(prefix: &'static str, rule: Rule, rest: fn(u8) -> bool, min: usize, max: usize) -> Form {
    Form { prefix, rule, rest, length: min..=max, mixed: false }
}

/// The first that fits counts.
const FORMS: [Form; 31] = [
    form("AKIA", Rule::Aws, is_upper, 16, 16),
    form("ASIA", Rule::Aws, is_upper, 16, 16),
    form("AIza", Rule::Gcp, is_token, 35, 39),
    form("ya29.", Rule::Gcp, is_dotted, 20, 4096),
    form("GOCSPX-", Rule::Gcp, is_token, 20, 64),
    form("ghp_", Rule::Github, is_word, 30, 255),
    form("gho_", Rule::Github, is_word, 30, 255),
    form("ghu_", Rule::Github, is_word, 30, 255),
    form("ghs_", Rule::Github, is_dotted, 30, 4096),
    form("ghr_", Rule::Github, is_word, 30, 255),
    form("github_pat_", Rule::Github, is_word, 30, 255),
    form("glpat-", Rule::Gitlab, is_dotted, 20, 300),
    form("gldt-", Rule::Gitlab, is_dotted, 20, 300),
    form("glrt-", Rule::Gitlab, is_dotted, 20, 300),
    form("xox", Rule::Slack, is_dotted, 12, 300),
    form("xapp-", Rule::Slack, is_token, 20, 300),
    form("sk-ant-", Rule::Anthropic, is_token, 20, 300),
    form("sk-proj-", Rule::Openai, is_token, 20, 300),
    form("sk-svcacct-", Rule::Openai, is_token, 20, 300),
    form("sk-admin-", Rule::Openai, is_token, 20, 300),
    Form { prefix: "sk-", rule: Rule::Openai, rest: is_word, length: 20..=300, mixed: true },
    form("sk_live_", Rule::Stripe, is_word, 10, 255),
    form("sk_test_", Rule::Stripe, is_word, 10, 255),
    form("rk_live_", Rule::Stripe, is_word, 10, 255),
    form("whsec_", Rule::Stripe, is_base64, 20, 255),
    form("SG.", Rule::Sendgrid, is_dotted, 40, 100),
    form("npm_", Rule::Npm, is_letter_or_digit, 36, 64),
    form("pypi-", Rule::Pypi, is_token, 50, 500),
    Form { prefix: "hf_", rule: Rule::OtherToken, rest: is_letter_or_digit, length: 30..=64, mixed: false },
    form("hvs.", Rule::OtherToken, is_token, 24, 300),
    form("glsa_", Rule::OtherToken, is_word, 32, 100),
];

/// How long the parts of a JSON web token may be together.
const JWT_BYTES_MAX: usize = 16 << 10;

/// The token at `at`.
pub(crate) fn find(text: &str, at: usize, edits: &mut Vec<Edit<'_>>) -> usize {
    let bytes = text.as_bytes();
    if !begins_word(bytes, at) {
        return at;
    }
    let Some(form) = FORMS.iter().find(|form| bytes[at..].starts_with(form.prefix.as_bytes())) else {
        return at;
    };
    let start = at + form.prefix.len();
    let longest = bytes.len().min(start + form.length.end() + 1);
    let mut end = run_end(&bytes[..longest], start, form.rest);
    // The point that ends a sentence is none of the token's.
    end -= bytes[start..end].iter().rev().take_while(|byte| **byte == b'.').count();
    let rest = &bytes[start..end];
    let ends = bytes.get(end).is_none_or(|byte| !is_word(*byte));
    let mixed = rest.iter().any(u8::is_ascii_digit) && rest.iter().any(u8::is_ascii_alphabetic);
    if form.length.contains(&rest.len()) && ends && (mixed || !form.mixed) {
        edits.push(Edit::new(at, end, form.rule));
    }
    end
}

/// A JSON web token, signed or encrypted.
pub(crate) fn find_jwt(text: &str, at: usize, edits: &mut Vec<Edit<'_>>) -> usize {
    let bytes = text.as_bytes();
    if !bytes[at..].starts_with(b"eyJ") || !begins_word(bytes, at) {
        return at;
    }
    let longest = &bytes[..bytes.len().min(at + JWT_BYTES_MAX)];
    let first = run_end(longest, at, is_token);
    let mut end = first;
    let mut parts = 1;
    while longest.get(end) == Some(&b'.') && parts < 5 {
        let part_end = run_end(longest, end + 1, is_token);
        // An encrypted token may have an empty second part.
        let is_part = part_end > end + 1 || longest.get(part_end) == Some(&b'.');
        if !is_part {
            break;
        }
        (end, parts) = (part_end, parts + 1);
    }
    if parts >= 2 && first - at >= 10 && end - first >= 10 {
        edits.push(Edit::new(at, end, Rule::Jwt));
    }
    end
}

/// A Telegram bot's token `<digits>:AA…`, whose colon is at `at`.
pub(crate) fn find_telegram(text: &str, at: usize, edits: &mut Vec<Edit<'_>>) -> usize {
    let bytes = text.as_bytes();
    let digits = bytes[..at].iter().rev().take(11).take_while(|byte| byte.is_ascii_digit()).count();
    let end = run_end(&bytes[..bytes.len().min(at + 40)], at + 1, is_token);
    // Its address has it behind `/bot`.
    let start = at - digits;
    let begins = begins_word(bytes, start) || bytes[..start].ends_with(b"/bot");
    if (8..=10).contains(&digits) && end - at == 36 && bytes[at..].starts_with(b":AA") && begins {
        edits.push(Edit::new(at + 1, end, Rule::OtherToken));
    }
    end
}

/// The path of a webhook's address: whoever knows it may write there.
pub(crate) fn find_webhook(text: &str, at: usize, edits: &mut Vec<Edit<'_>>) -> usize {
    let bytes = text.as_bytes();
    let host = run_end(bytes, at, |byte| byte != b'/');
    let kind = run_end(bytes, host + 1, is_word);
    let end = run_end(bytes, kind, |byte| is_token(byte) || byte == b'/');
    if end - kind > 20 {
        edits.push(Edit::new(kind + 1, end, Rule::Slack));
    }
    end
}

/// Twilio's `SK` and 32 digits of hexadecimal. A run of 32 has one byte at a multiple of 32, so the others
/// need no look.
pub(crate) fn find_twilio(text: &str, edits: &mut Vec<Edit<'_>>) {
    const DIGITS: usize = 32;
    static PREFIX: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("SK"));
    let bytes = text.as_bytes();
    if PREFIX.find(bytes).is_none() {
        return;
    }
    let mut at = DIGITS - 1;
    while at < bytes.len() {
        if bytes[at].is_ascii_hexdigit() {
            let before =
                bytes[..at].iter().rev().take(DIGITS).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let start = at - before;
            if bytes[..start].ends_with(b"SK")
                && begins_word(bytes, start - 2)
                && run_end(&bytes[..bytes.len().min(start + DIGITS + 1)], at, |byte| byte.is_ascii_hexdigit())
                    == start + DIGITS
                && bytes.get(start + DIGITS).is_none_or(|byte| !is_token(*byte))
            {
                edits.push(Edit::new(start - 2, start + DIGITS, Rule::Twilio));
            }
        }
        at += DIGITS;
    }
}

fn is_upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_letter_or_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_dotted(byte: u8) -> bool {
    is_token(byte) || byte == b'.'
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}
