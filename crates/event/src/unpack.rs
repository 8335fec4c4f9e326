//! Bodies that were compressed on their way, unpacked as far as allowed.
//!
//! The limit is on what comes out, and holds while it comes out: a bomb costs no more than the limit.

use std::io::Read;

use bytes::Bytes;

/// How a body was compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// `gzip`, `x-gzip`
    Gzip,
    /// `deflate`, with the header of zlib or without.
    Deflate,
    /// `br`
    Brotli,
    /// `zstd`
    Zstd,
}

impl Packing {
    /// What the header `Content-Encoding` says. `None`: the body is as it is; so is one of a name that is not known.
    pub fn of(content_encoding: &str) -> Option<Self> {
        let name = content_encoding.trim();
        let known = [
            ("gzip", Self::Gzip),
            ("x-gzip", Self::Gzip),
            ("deflate", Self::Deflate),
            ("br", Self::Brotli),
            ("zstd", Self::Zstd),
        ];
        known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, packing)| packing)
    }
}

/// Why a body was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// More comes out than allowed.
    #[error("the body is larger than {bytes_max} bytes once it is unpacked")]
    TooLarge {
        /// What is allowed.
        bytes_max: usize,
    },
    /// It is not what it is said to be.
    #[error("the body is not what Content-Encoding says: {0}")]
    Damaged(#[from] std::io::Error),
}

/// The body as it was before it was compressed: at most `bytes_max` bytes.
pub fn unpack(body: Bytes, content_encoding: Option<&str>, bytes_max: usize) -> Result<Bytes, UnpackError> {
    let Some(packing) = content_encoding.and_then(Packing::of) else {
        return if body.len() > bytes_max { Err(UnpackError::TooLarge { bytes_max }) } else { Ok(body) };
    };
    match packing {
        Packing::Gzip => bounded(flate2::read::MultiGzDecoder::new(&body[..]), bytes_max),
        Packing::Deflate if has_zlib_header(&body) => {
            bounded(flate2::read::ZlibDecoder::new(&body[..]), bytes_max)
        }
        Packing::Deflate => bounded(flate2::read::DeflateDecoder::new(&body[..]), bytes_max),
        Packing::Brotli => bounded(brotli::Decompressor::new(&body[..], BUFFER_BYTES), bytes_max),
        Packing::Zstd => bounded(zstd_reader(&body)?, bytes_max),
    }
}

/// Unpacks at once what a decoder asks for in pieces.
const BUFFER_BYTES: usize = 16 << 10;

/// The window that a frame may ask for: 8 MiB, which every decoder is to support; compressors ask for more only
/// at their highest levels.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

fn zstd_reader(body: &[u8]) -> Result<impl Read, std::io::Error> {
    let mut reader = zstd::Decoder::with_buffer(body)?;
    reader.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
    Ok(reader)
}

/// Two bytes that name zlib's method and are divisible by 31 together (RFC 1950).
fn has_zlib_header(body: &[u8]) -> bool {
    matches!(body, [method, flags, ..]
        if method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31))
}

fn bounded(reader: impl Read, bytes_max: usize) -> Result<Bytes, UnpackError> {
    let mut unpacked = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(limit).read_to_end(&mut unpacked)?;
    if unpacked.len() > bytes_max {
        return Err(UnpackError::TooLarge { bytes_max });
    }
    Ok(unpacked.into())
}

#[cfg(test)]
mod tests;
