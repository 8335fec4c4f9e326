//! Request bodies: read up to a bound and within a time, inflated up to a bound.

use std::io::Read;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use crate::fault::Fault;
use crate::intake::UNPACKED_BYTES_MAX;

mod remainder;
pub(crate) use remainder::read_on;

/// A whole body must be here by then; the largest one needs 140 kB/s.
const TIME_MAX: Duration = Duration::from_secs(120);
/// What is inflated at a time.
const PIECE_BYTES: usize = 16 << 10;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Deflate,
}

impl Packing {
    /// Reads `Content-Encoding`.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Fault> {
        let Some(value) = headers.get(header::CONTENT_ENCODING) else { return Ok(Self::Plain) };
        match value.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            // Snappy is part of Loki's protobuf form; some clients say so once more.
            "" | "identity" | "snappy" => Ok(Self::Plain),
            "gzip" => Ok(Self::Gzip),
            "deflate" => Ok(Self::Deflate),
            other => {
                let message = format!(
                    "Content-Encoding `{}` is not known here; send gzip, deflate or none",
                    other.chars().take(40).collect::<String>()
                );
                Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
            }
        }
    }

    /// How large `packed` may become: nobody knows before it is done.
    pub(crate) fn unpacked_max(self, packed: &[u8]) -> usize {
        match self {
            Self::Plain => packed.len(),
            Self::Gzip | Self::Deflate => UNPACKED_BYTES_MAX,
        }
    }

    /// Inflates `packed`. Never holds much more than `bytes_max`, whatever the body pretends to be.
    pub(crate) fn unpack(self, packed: Bytes, bytes_max: usize) -> Result<Bytes, Fault> {
        match self {
            Self::Plain => Ok(packed),
            Self::Gzip => inflate(MultiGzDecoder::new(&*packed), "gzip", told_by_gzip(&packed), bytes_max),
            Self::Deflate => inflate(ZlibDecoder::new(&*packed), "deflate (zlib)", 0, bytes_max),
        }
    }
}

/// The length that a gzip file tells of its content in its last bytes. Only a hint for making room: it can be
/// a lie, and of several parts it is the last one's.
fn told_by_gzip(packed: &[u8]) -> usize {
    const RATIO_MAX: usize = 1032;
    let told = packed.last_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize);
    told.min(packed.len().saturating_mul(RATIO_MAX))
}

fn inflate(mut reader: impl Read, kind: &str, expected: usize, bytes_max: usize) -> Result<Bytes, Fault> {
    let mut plain = Vec::with_capacity(expected.min(bytes_max));
    let mut piece = [0; PIECE_BYTES];
    loop {
        let length = match reader.read(&mut piece) {
            Ok(0) => return Ok(plain.into()),
            Ok(length) => length,
            Err(error) => return Err(Fault::bad_request(format!("the body is no valid {kind}: {error}"))),
        };
        if plain.len() + length > bytes_max {
            return Err(too_large(bytes_max, "unpacked"));
        }
        if plain.len() + length > plain.capacity() {
            // Twice as much as a rule, but never more than may be.
            plain.reserve_exact(plain.len().max(length).min(bytes_max - plain.len()));
        }
        plain.extend_from_slice(&piece[..length]);
    }
}

/// Who has to make room for a body before its pieces are kept.
pub(crate) trait Room: Send {
    /// So many bytes of it are here, with the piece that has just come.
    fn make(&mut self, bytes: usize) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// For bodies that are short.
struct Enough;

impl Room for Enough {
    async fn make(&mut self, _: usize) -> Result<(), Fault> {
        Ok(())
    }
}

/// Reads a body to its end, at most `bytes_max` of it.
pub(crate) async fn read(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Bytes, Fault> {
    read_within(headers, body, bytes_max, &mut Enough).await
}

/// The same, as far as there is room.
pub(crate) async fn read_within(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
    room: &mut impl Room,
) -> Result<Bytes, Fault> {
    if announced(headers).is_some_and(|length| length > bytes_max as u64) {
        return Err(too_large(bytes_max, "as sent"));
    }
    tokio::time::timeout(TIME_MAX, collect(body, bytes_max, room)).await.unwrap_or_else(|_| {
        let message = format!("the body was not here within {} s", TIME_MAX.as_secs());
        Err(Fault::new(StatusCode::REQUEST_TIMEOUT, message))
    })
}

/// What `Content-Length` says.
pub(crate) fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(mut body: Body, bytes_max: usize, room: &mut impl Room) -> Result<Bytes, Fault> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Fault::bad_request(format!("the body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        let length = first.len() + all.len() + data.len();
        if length > bytes_max {
            return Err(too_large(bytes_max, "as sent"));
        }
        room.make(length).await?;
        // Most bodies are one piece, which need not be copied.
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        if all.is_empty() {
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

pub(crate) fn too_large(bytes_max: usize, form: &str) -> Fault {
    let size = if bytes_max < 1 << 20 { bytes_max >> 10 } else { bytes_max >> 20 };
    let unit = if bytes_max < 1 << 20 { "KiB" } else { "MiB" };
    let message = format!("the body is larger than {size} {unit} {form}; send it in smaller parts");
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

#[cfg(test)]
mod tests;
