//! The protobuf form, compressed with raw snappy.
//!
//! ```text
//! PushRequest { 1: repeated Stream }
//! Stream      { 1: string labels, 2: repeated Entry, 3: uint64 hash }
//! Entry       { 1: Timestamp, 2: string line, 3: repeated Pair }
//! Timestamp   { 1: int64 seconds, 2: int32 nanos }        Pair { 1: string name, 2: string value }
//! ```
//! Unknown fields are skipped. Lines that are no UTF-8 keep what is, with replacement characters: Promtail
//! sends a file's bytes as they are.

use model::{Batch, Entry, Labels, Metadata, Multiline, Timestamp};

use super::tally::{self, Tally};
use crate::body;
use crate::fault::Fault;
use crate::intake::UNPACKED_BYTES_MAX;
use crate::wire::{Field, Message, WireFault};

/// Why a message is no push.
enum Unreadable {
    Wire(WireFault),
    Labels { stream: usize, text: String, reason: String },
    TooMany,
}

impl From<WireFault> for Unreadable {
    fn from(fault: WireFault) -> Self {
        Self::Wire(fault)
    }
}

/// Reads a body. One that is not whole and well-formed gives nothing.
pub(super) fn decode(packed: &[u8]) -> Result<Vec<Batch>, Fault> {
    let length = snap::raw::decompress_len(packed).map_err(|error| no_snappy(&error))?;
    if length > UNPACKED_BYTES_MAX {
        return Err(body::too_large(UNPACKED_BYTES_MAX, "unpacked"));
    }
    let bytes = snap::raw::Decoder::new().decompress_vec(packed).map_err(|error| no_snappy(&error))?;
    streams(Message::new(&bytes), &mut Tally::default()).map_err(told)
}

fn no_snappy(error: &snap::Error) -> Fault {
    Fault::bad_request(format!(
        "the body is no snappy-compressed protobuf ({error}); for JSON send Content-Type: application/json"
    ))
}

fn told(unreadable: Unreadable) -> Fault {
    match unreadable {
        Unreadable::TooMany => tally::too_many(),
        Unreadable::Wire(fault) => Fault::bad_request(format!("the body is no protobuf push: {fault}")),
        Unreadable::Labels { stream, text, reason } => {
            let start: String = text.chars().take(200).collect();
            Fault::bad_request(format!("the labels of stream {stream}, `{start}`, cannot be read: {reason}"))
        }
    }
}

fn streams(mut body: Message<'_>, tally: &mut Tally) -> Result<Vec<Batch>, Unreadable> {
    let mut batches = Vec::new();
    while let Some(field) = body.next()? {
        if field.number == 1 {
            count(tally)?;
            batches.push(stream(field.message()?, batches.len() + 1, tally)?);
        }
    }
    Ok(batches)
}

fn stream(mut message: Message<'_>, number: usize, tally: &mut Tally) -> Result<Batch, Unreadable> {
    let (mut labels, mut entries) = ("", Vec::new());
    while let Some(field) = message.next()? {
        match field.number {
            1 => labels = field.text()?,
            2 => {
                count(tally)?;
                entries.push(entry(field.message()?, tally)?);
            }
            _ => {}
        }
    }
    let labels = Labels::parse(labels).map_err(|error| Unreadable::Labels {
        stream: number,
        text: labels.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(Batch { labels, entries, positions: Vec::new(), multiline: Multiline::Off })
}

fn entry(mut message: Message<'_>, tally: &mut Tally) -> Result<Entry, Unreadable> {
    let (mut at, mut line, mut metadata) = (Timestamp::default(), String::new(), Metadata::new());
    while let Some(field) = message.next()? {
        match field.number {
            1 => at = timestamp(&field)?,
            2 => line = readable(field.bytes()?),
            3 => {
                count(tally)?;
                metadata.push(pair(field.message()?)?);
            }
            _ => {}
        }
    }
    Ok(Entry { timestamp: at, line, metadata: super::sift::sorted(metadata) })
}

/// A line is kept whatever bytes it has.
fn readable(line: &[u8]) -> String {
    // Looking for what is no UTF-8 takes much longer than seeing that there is none.
    match std::str::from_utf8(line) {
        Ok(line) => line.to_owned(),
        Err(_) => String::from_utf8_lossy(line).into_owned(),
    }
}

fn timestamp(field: &Field<'_>) -> Result<Timestamp, WireFault> {
    let (mut message, mut seconds, mut nanos) = (field.message()?, 0_i64, 0_i64);
    while let Some(part) = message.next()? {
        match part.number {
            1 => seconds = part.number_signed()?,
            2 => nanos = part.number_signed()?,
            _ => {}
        }
    }
    if !(0..1_000_000_000).contains(&nanos) {
        return Err(field.fault("a time's nanoseconds are not between 0 and 999999999"));
    }
    let total = seconds.checked_mul(1_000_000_000).and_then(|total| total.checked_add(nanos));
    total.map(Timestamp::from_nanos).ok_or_else(|| field.fault("a time is before 1677 or after 2262"))
}

fn pair(mut message: Message<'_>) -> Result<(Box<str>, Box<str>), WireFault> {
    let (mut name, mut value) = (Box::default(), Box::default());
    while let Some(field) = message.next()? {
        match field.number {
            1 => name = field.text()?.into(),
            2 => value = field.text()?.into(),
            _ => {}
        }
    }
    Ok((name, value))
}

fn count(tally: &mut Tally) -> Result<(), Unreadable> {
    if tally.admits() { Ok(()) } else { Err(Unreadable::TooMany) }
}
