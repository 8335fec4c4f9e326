//! Envelopes: what SDKs send. A line of JSON about the whole, then items: each a line of JSON and a payload.
//!
//! ```text
//! {"event_id":"9ec79c33ec9942ab8353589fcb2e04dc","sent_at":"2026-11-23T10:00:00.000Z"}
//! {"type":"event","length":41}
//! {"message":"hello","level":"info"}
//! ```
//!
//! [`read`] cuts one buffer into [`Item`]s, which share it. It forgives whatever a sender may get wrong: what it
//! cannot take is listed in [`Envelope::skipped`], and the items before it stay.

mod header;
mod kind;

use bytes::Bytes;
use memchr::memchr;

use crate::json;
use crate::value::Value;

pub use header::{Header, ItemHeader, Trace};
pub use kind::{Kind, category_of};

/// What may be in an envelope. More is skipped and counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest line of JSON before items.
    pub header_bytes_max: usize,
    /// So many items.
    pub items_max: usize,
    /// An event, transaction, piece of feedback.
    pub event_bytes_max: usize,
    /// A container of logs or spans.
    pub container_bytes_max: usize,
    /// Sessions.
    pub sessions_bytes_max: usize,
    /// A check-in, a report of the SDK.
    pub report_bytes_max: usize,
    /// One attachment.
    pub attachment_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes_max: 8 << 10,
            items_max: 500,
            event_bytes_max: 1 << 20,
            container_bytes_max: 12 << 20,
            sessions_bytes_max: 10 << 20,
            report_bytes_max: 100 << 10,
            attachment_bytes_max: 20 << 20,
        }
    }
}

/// An envelope, cut into its items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// What it says about itself.
    pub header: Header,
    /// Those that can be worked on, in their order.
    pub items: Vec<Item>,
    /// Those that cannot.
    pub skipped: Vec<Skipped>,
}

/// An item of an envelope.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// What it says about itself.
    pub header: ItemHeader,
    /// The bytes, a part of the envelope's.
    pub payload: Bytes,
}

/// An item that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What it says that it is; empty where it does not say. Bounded, of harmless characters.
    pub name: String,
    /// Why it was not taken.
    pub reason: SkipReason,
    /// How large it is, as far as known.
    pub bytes: usize,
}

impl Skipped {
    /// The SDKs' word for what it counts as.
    pub fn category(&self) -> &'static str {
        category_of(&self.name)
    }
}

/// Why an item was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SkipReason {
    /// Nothing here is made of items of this kind.
    NotTaken,
    /// It is larger than items of its kind may be.
    TooLarge,
    /// There are too many before it; so it is with all behind it.
    TooMany,
    /// Its header is no JSON, or too long: nothing behind it can be read either.
    BadHeader,
    /// It ends before the length that it says, or goes on behind it: nothing behind it can be read either.
    BadLength,
}

impl SkipReason {
    /// The word for counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotTaken => "not_taken",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::BadHeader => "bad_header",
            Self::BadLength => "bad_length",
        }
    }
}

/// Why bytes are no envelope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// There are none.
    #[error("the envelope is empty")]
    Empty,
    /// The first line is too long.
    #[error("the envelope's header, its first line, is longer than {bytes_max} bytes")]
    HeaderTooLong {
        /// What is allowed.
        bytes_max: usize,
    },
    /// The first line is no object of JSON.
    #[error("the envelope's header, its first line, is no object of JSON")]
    BadHeader,
}

/// Cuts an envelope into its items.
pub fn read(bytes: &Bytes, limits: &Limits) -> Result<Envelope, EnvelopeError> {
    let mut lines = Cursor { bytes, at: 0 };
    lines.skip_blank();
    if lines.is_done() {
        return Err(EnvelopeError::Empty);
    }
    let bytes_max = limits.header_bytes_max;
    let line = lines.line(bytes_max).ok_or(EnvelopeError::HeaderTooLong { bytes_max })?;
    let Ok(Value::Object(fields)) = json::read(line) else { return Err(EnvelopeError::BadHeader) };
    let mut envelope = Envelope { header: Header::read(fields), ..Envelope::default() };
    loop {
        lines.skip_blank();
        if lines.is_done() {
            return Ok(envelope);
        }
        if let Err(skipped) = item(&mut lines, limits, &mut envelope) {
            envelope.skipped.push(skipped);
            return Ok(envelope);
        }
    }
}

/// Takes one item; an error is the item behind which nothing can be read.
fn item(lines: &mut Cursor<'_>, limits: &Limits, envelope: &mut Envelope) -> Result<(), Skipped> {
    let left = lines.left();
    let stop = |name: String, reason| Skipped { name, reason, bytes: left };
    if envelope.items.len() + envelope.skipped.len() >= limits.items_max {
        return Err(stop(String::new(), SkipReason::TooMany));
    }
    let line = lines.line(limits.header_bytes_max);
    let Some(Ok(Value::Object(fields))) = line.map(json::read) else {
        return Err(stop(String::new(), SkipReason::BadHeader));
    };
    let (name, header) = ItemHeader::read(fields);
    let Some(payload) = lines.payload(&header) else { return Err(stop(name, SkipReason::BadLength)) };
    let reason = match Kind::of(&name) {
        Some(kind) if payload.len() <= kind.bytes_max(limits) => {
            envelope.items.push(Item { kind, header, payload });
            return Ok(());
        }
        Some(_) => SkipReason::TooLarge,
        None => SkipReason::NotTaken,
    };
    envelope.skipped.push(Skipped { name, reason, bytes: payload.len() });
    Ok(())
}

/// A place in the envelope.
struct Cursor<'e> {
    bytes: &'e Bytes,
    at: usize,
}

impl Cursor<'_> {
    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn is_done(&self) -> bool {
        self.left() == 0
    }

    fn skip_blank(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// Up to the end of the line, and the place behind it; `None` if it is longer.
    fn line(&mut self, bytes_max: usize) -> Option<&[u8]> {
        let rest = &self.bytes[self.at..];
        let window = &rest[..rest.len().min(bytes_max + 1)];
        let length = memchr(b'\n', window).or((window.len() <= bytes_max).then_some(window.len()))?;
        self.at += (length + 1).min(rest.len());
        Some(&rest[..length])
    }

    /// The payload that the header announces, and the place behind its line break; `None` if there is another one.
    fn payload(&mut self, header: &ItemHeader) -> Option<Bytes> {
        let rest = &self.bytes[self.at..];
        let length = match header.length {
            Some(length) => usize::try_from(length).ok().filter(|length| *length <= rest.len())?,
            None => memchr(b'\n', rest).unwrap_or(rest.len()),
        };
        let behind = match &rest[length..] {
            [] => 0,
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return None,
        };
        let payload = self.bytes.slice(self.at..self.at + length);
        self.at += length + behind;
        Some(payload)
    }
}

#[cfg(test)]
mod tests;
