//! Personal data that is masked only where the settings ask for it: e-mail addresses, bank accounts, IP
//! addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use memchr::memchr_iter;

use crate::edit::Edit;
use crate::rule::{Rule, Rules};
use crate::text::{Window, any_window, is_token, is_word, run_end};

/// Adds what the rules ask for.
pub(crate) fn find(text: &str, rules: Rules, edits: &mut Vec<Edit<'_>>) {
    if rules.contains(Rule::Email) {
        emails(text, edits);
    }
    if rules.contains(Rule::Iban) {
        ibans(text, edits);
    }
    if rules.contains(Rule::Ip) {
        addresses(text, edits);
    }
}

fn emails(text: &str, edits: &mut Vec<Edit<'_>>) {
    let bytes = text.as_bytes();
    let is_local = |byte: u8| is_token(byte) || matches!(byte, b'.' | b'+' | b'%');
    for at in memchr_iter(b'@', bytes) {
        let local = bytes[..at].iter().rev().take(64).take_while(|byte| is_local(**byte)).count();
        let domain_end =
            run_end(&bytes[..bytes.len().min(at + 255)], at + 1, |byte| is_token(byte) || byte == b'.');
        let domain = text[at + 1..domain_end].trim_end_matches(['.', '-', '_']);
        let is_domain = domain.rsplit_once('.').is_some_and(|(name, top)| {
            !name.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        if local > 0 && is_domain {
            edits.push(Edit::new(at - local, at + 1 + domain.len(), Rule::Email));
        }
    }
}

/// The shortest account.
const IBAN_MIN: usize = 15;

/// Whether two capitals stand before two digits, as in few texts.
fn may_hold_iban(bytes: &[u8]) -> bool {
    bytes.len() >= IBAN_MIN && any_window(bytes, 3, has_head)
}

/// One thing at a time for all bytes: so each of the loops is done for many of them at once.
fn has_head(window: &Window) -> bool {
    let letters = window.which(|eight| eight.between(b'A', b'Z'));
    let digits = window.which(|eight| eight.between(b'0', b'9'));
    letters & letters >> 1 & digits >> 2 & digits >> 3 != 0
}

fn ibans(text: &str, edits: &mut Vec<Edit<'_>>) {
    let bytes = text.as_bytes();
    if !may_hold_iban(bytes) {
        return;
    }
    let mut at = 0;
    while at + IBAN_MIN <= bytes.len() {
        let begins = at == 0 || !is_word(bytes[at - 1]);
        let [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        let is_head =
            a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit();
        match (begins && is_head).then(|| iban_end(bytes, at)).flatten() {
            Some(end) => {
                edits.push(Edit::new(at, end, Rule::Iban));
                at = end;
            }
            None => at += 1,
        }
    }
}

fn iban_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut signs = Vec::with_capacity(34);
    let mut ends = Vec::new();
    for (index, byte) in bytes[at..].iter().enumerate().take(42) {
        match byte {
            b'A'..=b'Z' | b'0'..=b'9' if signs.len() < 34 => signs.push(*byte),
            b' ' if signs.len() % 4 == 0 => ends.push((index, signs.len())),
            _ => break,
        }
        let next = bytes.get(at + index + 1);
        if next.is_none_or(|next| !next.is_ascii_alphanumeric()) {
            ends.push((index + 1, signs.len()));
        }
    }
    // Behind an account in groups a word may follow, so shorter ones are tried as well.
    let fits = |(_, length): &&(usize, usize)| (15..=34).contains(length) && is_iban(&signs[..*length]);
    ends.iter().rev().find(fits).map(|(index, _)| at + index)
}

/// Whether the check digits are right: modulo 97 the rearranged number is 1.
fn is_iban(signs: &[u8]) -> bool {
    let (head, body) = signs.split_at(4);
    let rest = body.iter().chain(head).fold(0_u32, |rest, sign| match sign {
        b'0'..=b'9' => (rest * 10 + u32::from(sign - b'0')) % 97,
        _ => (rest * 100 + u32::from(sign - b'A') + 10) % 97,
    });
    rest == 1
}

fn addresses(text: &str, edits: &mut Vec<Edit<'_>>) {
    let bytes = text.as_bytes();
    let fits = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let mut at = 0;
    while at < bytes.len() {
        let end = run_end(bytes, at, fits);
        if end - at >= 3
            && (at == 0 || !is_token(bytes[at - 1]))
            && bytes.get(end).is_none_or(|byte| !is_word(*byte))
        {
            address(text, at, end, edits);
        }
        at = end + 1;
    }
}

/// An address of either kind, with or without a port or a point behind it.
fn address(text: &str, start: usize, end: usize, edits: &mut Vec<Edit<'_>>) {
    let run = text[start..end].trim_end_matches(['.', ':']);
    let without_port = run.split_once(':').map_or(run, |(host, _)| host);
    let found = if run.parse::<Ipv6Addr>().is_ok() {
        run
    } else if without_port.parse::<Ipv4Addr>().is_ok() {
        without_port
    } else {
        return;
    };
    edits.push(Edit::new(start, start + found.len(), Rule::Ip));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_head_is_passed_over() {
        for at in 0..2 * Window::LENGTH + 9 {
            let mut text = vec![b'a'; at];
            text.extend(b"DE89 3704 0044 0532 0130 00");
            assert!(may_hold_iban(&text), "at {at}");
            text[at + 2] = b'x';
            assert!(!may_hold_iban(&text), "at {at}");
        }
        assert!(!may_hold_iban(b"DE89"));
    }
}
