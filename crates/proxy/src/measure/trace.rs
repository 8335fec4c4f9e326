//! The trace that a request belongs to: read from `traceparent` (W3C) or `sentry-trace`, else made.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::random;

/// W3C's header.
pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Sentry's header.
pub(super) const SENTRY_TRACE: HeaderName = HeaderName::from_static("sentry-trace");

/// A place in a trace: 32 and 16 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trace {
    id: [u8; 32],
    span: [u8; 16],
    /// What the caller decided about recording it.
    sampled: Option<bool>,
}

impl Trace {
    /// The trace of a request; headers that are missing or broken are put right, so that the application sees the
    /// same trace whichever of the two it reads.
    pub(super) fn settle(headers: &mut HeaderMap) -> Self {
        let w3c = single(headers, &TRACEPARENT).and_then(Self::from_traceparent);
        let sentry = single(headers, &SENTRY_TRACE).and_then(Self::from_sentry);
        let trace = w3c.or(sentry).unwrap_or_else(Self::made);
        if w3c.is_none() {
            headers.insert(TRACEPARENT, trace.traceparent());
        }
        if sentry.is_none() {
            headers.insert(SENTRY_TRACE, trace.sentry());
        }
        trace
    }

    pub(super) fn id(&self) -> &str {
        std::str::from_utf8(&self.id).unwrap_or_default()
    }

    fn made() -> Self {
        let (id, span) = (random::bytes::<16>(), random::bytes::<8>());
        Self { id: hex(id), span: hex(span), sampled: None }
    }

    /// `00-<32 hex>-<16 hex>-<2 hex>`; a later version may have more behind it.
    fn from_traceparent(text: &[u8]) -> Option<Self> {
        let (version, rest) = text.split_at_checked(3)?;
        let known = version == b"00-" && rest.len() == 52;
        let later = version[2] == b'-' && version != b"ff-" && rest.get(52).is_none_or(|next| *next == b'-');
        let newer = later && version != b"00-" && rest.len() >= 52;
        if !(known || newer) {
            return None;
        }
        let flags = hex_digits::<2>(&rest[50..52])?;
        if rest[32] != b'-' || rest[49] != b'-' || version[..2].iter().any(|digit| !digit.is_ascii_hexdigit())
        {
            return None;
        }
        let sampled = matches!(flags[1], b'1' | b'3' | b'5' | b'7' | b'9' | b'b' | b'd' | b'f');
        Self::new(&rest[..32], &rest[33..49], Some(sampled))
    }

    /// `<32 hex>-<16 hex>`, then perhaps `-1` or `-0`.
    fn from_sentry(text: &[u8]) -> Option<Self> {
        let sampled = match text.get(49..) {
            Some(b"") => None,
            Some(b"-1") => Some(true),
            Some(b"-0") => Some(false),
            _ => return None,
        };
        (text[32] == b'-').then(|| Self::new(&text[..32], &text[33..49], sampled))?
    }

    fn new(id: &[u8], span: &[u8], sampled: Option<bool>) -> Option<Self> {
        let (id, span) = (hex_digits(id)?, hex_digits(span)?);
        let nothing = id.iter().all(|digit| *digit == b'0') || span.iter().all(|digit| *digit == b'0');
        (!nothing).then_some(Self { id, span, sampled })
    }

    /// Where nobody has decided the trace is recorded: an application that samples by its parent would record none.
    fn traceparent(&self) -> HeaderValue {
        let flags = if self.sampled == Some(false) { b"-00" } else { b"-01" };
        header(&[b"00-", &self.id, b"-", &self.span, flags])
    }

    /// Where nobody has decided the SDK decides.
    fn sentry(&self) -> HeaderValue {
        let decided: &[u8] = match self.sampled {
            Some(true) => b"-1",
            Some(false) => b"-0",
            None => b"",
        };
        header(&[&self.id, b"-", &self.span, decided])
    }
}

/// The header's value, if it is there once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then(|| first.as_bytes().trim_ascii())
}

fn header(parts: &[&[u8]]) -> HeaderValue {
    HeaderValue::from_bytes(&parts.concat()).expect("hex digits and hyphens are a header's value")
}

fn hex_digits<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let digits: [u8; N] = text.try_into().ok()?;
    digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')).then_some(digits)
}

/// Bytes as hex digits, two each.
pub(super) fn hex<const B: usize, const N: usize>(bytes: [u8; B]) -> [u8; N] {
    const { assert!(N == B * 2) };
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; N];
    for (at, byte) in bytes.iter().enumerate() {
        text[2 * at] = DIGITS[usize::from(byte >> 4)];
        text[2 * at + 1] = DIGITS[usize::from(byte & 15)];
    }
    text
}
