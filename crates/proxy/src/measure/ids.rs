//! The ids of a request, by which it is found again in log lines, error events and the answer.

use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue};

use super::random;
use super::trace::{Trace, hex};

/// Under this name the request id goes to the application and into the answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A client's id of more bytes is not kept.
const LENGTH_MAX: usize = 128;

/// The request's id and the trace that it belongs to.
#[derive(Clone, Debug)]
pub struct Ids {
    request: HeaderValue,
    trace: Trace,
}

impl Ids {
    /// Takes the ids that the client sent, if they are well formed, makes those that are missing, and puts all of them
    /// into the headers that go upstream: `X-Request-ID`, `traceparent`, `sentry-trace`.
    pub fn settle(headers: &mut HeaderMap) -> Self {
        let request = match kept(headers) {
            Some(request) => request,
            None => {
                let made = HeaderValue::from_bytes(&uuid_v7()).expect("an UUID is a header's value");
                headers.insert(REQUEST_ID, made.clone());
                made
            }
        };
        Self { request, trace: Trace::settle(headers) }
    }

    /// Puts the request's id into an answer's headers.
    pub fn answer(&self, headers: &mut HeaderMap) {
        headers.insert(REQUEST_ID, self.request.clone());
    }

    /// The request's id: 1 to 128 of `A-Z a-z 0-9 . _ -`.
    pub fn request(&self) -> &str {
        self.request.to_str().unwrap_or_default()
    }

    /// The trace's id: 32 hex digits.
    pub fn trace(&self) -> &str {
        self.trace.id()
    }
}

/// The client's own id, if there is one and it may stand in log lines.
fn kept(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut values = headers.get_all(&REQUEST_ID).iter();
    let value = values.next()?;
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let good = (1..=LENGTH_MAX).contains(&value.len()) && value.as_bytes().iter().all(fits);
    (good && values.next().is_none()).then(|| value.clone())
}

/// A new id that sorts by time: milliseconds since 1970, then chance (RFC 9562, version 7).
fn uuid_v7() -> [u8; 36] {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(now.as_millis()).unwrap_or_default();
    let mut bytes: [u8; 16] = random::bytes();
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    let digits: [u8; 32] = hex(bytes);
    let mut text = [b'-'; 36];
    for (from, to) in [(0..8, 0..8), (8..12, 9..13), (12..16, 14..18), (16..20, 19..23), (20..32, 24..36)] {
        text[to].copy_from_slice(&digits[from]);
    }
    text
}
