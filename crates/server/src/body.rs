//! Request bodies: read up to a bound and within a time, inflated up to a bound.

use std::io::Read;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use crate::fault::Fault;

/// A whole body must be here by then; the largest one needs 140 kB/s.
const TIME_MAX: Duration = Duration::from_secs(120);
/// How long a body that nobody wants is read on, so that its sender comes to reading the answer.
const DISCARD_TIME_MAX: Duration = Duration::from_secs(5);

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

    /// Inflates `packed`. Never holds more than `bytes_max` and a little, whatever the body pretends to be.
    pub(crate) fn unpack(self, packed: Bytes, bytes_max: usize) -> Result<Bytes, Fault> {
        match self {
            Self::Plain => Ok(packed),
            Self::Gzip => inflate(MultiGzDecoder::new(&*packed), "gzip", bytes_max),
            Self::Deflate => inflate(ZlibDecoder::new(&*packed), "deflate (zlib)", bytes_max),
        }
    }
}

fn inflate(reader: impl Read, kind: &str, bytes_max: usize) -> Result<Bytes, Fault> {
    let mut plain = Vec::new();
    let limit = bytes_max as u64 + 1;
    reader
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(|error| Fault::bad_request(format!("the body is no valid {kind}: {error}")))?;
    if plain.len() > bytes_max {
        return Err(too_large(bytes_max, "unpacked"));
    }
    Ok(plain.into())
}

/// Reads a body to its end, at most `bytes_max` of it.
pub(crate) async fn read(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Bytes, Fault> {
    let mut body = body;
    let fits = announced(headers).is_none_or(|length| length <= bytes_max as u64);
    let collected = if fits {
        tokio::time::timeout(TIME_MAX, collect(&mut body, bytes_max)).await.unwrap_or_else(|_| {
            let message = format!("the body was not here within {} s", TIME_MAX.as_secs());
            Err(Fault::new(StatusCode::REQUEST_TIMEOUT, message))
        })
    } else {
        Err(too_large(bytes_max, "as sent"))
    };
    if collected.is_err() {
        discard(headers, body).await;
    }
    collected
}

/// Reads a body that nobody wants, for a while and without keeping it. Closing on a sender in the middle of
/// its body would reset the connection, and with it the answer that says why.
pub(crate) async fn discard(headers: &HeaderMap, mut body: Body) {
    // Whoever asks first whether to send has not begun.
    if headers.contains_key(header::EXPECT) {
        return;
    }
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = tokio::time::timeout(DISCARD_TIME_MAX, rest).await;
}

/// What `Content-Length` says.
pub(crate) fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(body: &mut Body, bytes_max: usize) -> Result<Bytes, Fault> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Fault::bad_request(format!("the body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + all.len() + data.len() > bytes_max {
            return Err(too_large(bytes_max, "as sent"));
        }
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
    let message = format!("the body is larger than {} MiB {form}; send it in smaller parts", bytes_max >> 20);
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

#[cfg(test)]
mod tests;
