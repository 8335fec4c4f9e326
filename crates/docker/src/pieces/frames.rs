//! The log of a container without a terminal: frames of `[kind, 0, 0, 0, length (u32, big-endian)]`, payload.

use super::{Item, NoFrame, Piece, Stream, split_timestamp};

const HEADER_BYTES: usize = 8;
/// Engines write 16 KiB and a timestamp at most, some log drivers 256 KiB.
const FRAME_BYTES_MAX: usize = 16 << 20;
/// A buffer that a long frame made grow is given back down to this.
const REST_BYTES_KEPT: usize = 64 << 10;

/// Splits frames; keeps the beginning of one that is not there yet.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    rest: Vec<u8>,
}

impl Frames {
    pub(super) fn push(&mut self, chunk: &[u8], take: &mut impl FnMut(Item<'_>)) -> Result<(), NoFrame> {
        if self.rest.is_empty() {
            let used = split(chunk, take)?;
            self.rest.extend_from_slice(&chunk[used..]);
            return Ok(());
        }
        self.rest.extend_from_slice(chunk);
        let used = split(&self.rest, take)?;
        self.rest.drain(..used);
        if self.rest.is_empty() {
            self.rest.shrink_to(REST_BYTES_KEPT);
        }
        Ok(())
    }
}

/// Gives the whole frames at the start of `bytes`, and how many bytes they take.
fn split(bytes: &[u8], take: &mut impl FnMut(Item<'_>)) -> Result<usize, NoFrame> {
    let mut at = 0;
    while let Some(header) = bytes[at..].first_chunk::<HEADER_BYTES>() {
        let [kind, _, _, _, length @ ..] = *header;
        let length = u32::from_be_bytes(length) as usize;
        if kind > 3 || length > FRAME_BYTES_MAX {
            return Err(NoFrame { kind, length });
        }
        let Some(payload) = bytes.get(at + HEADER_BYTES..at + HEADER_BYTES + length) else { break };
        at += HEADER_BYTES + length;
        take(item(kind, payload));
    }
    Ok(at)
}

fn item(kind: u8, payload: &[u8]) -> Item<'_> {
    if kind == 3 {
        return Item::Complaint(payload);
    }
    let stream = if kind == 2 { Stream::Stderr } else { Stream::Stdout };
    let (timestamp, rest) = split_timestamp(payload);
    let (content, ends) = rest.strip_suffix(b"\n").map_or((rest, false), |content| (content, true));
    Item::Piece(Piece { stream, timestamp, content, ends })
}
