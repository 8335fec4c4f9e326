//! Encoders for bytes that come piece by piece.

use std::io::{self, Write};

use bytes::Bytes;

use super::Coding;

/// What a browser must be able to keep of a stream: 256 KiB, so that a stream costs us little memory too.
const ZSTD_WINDOW_LOG: u32 = 18;

/// Compresses a stream: `write` pieces, `take` what came out, `finish` at the end.
pub(crate) enum Encoder {
    Gzip(flate2::write::GzEncoder<Vec<u8>>),
    Zstd(Box<zstd::stream::write::Encoder<'static, Vec<u8>>>),
}

impl Encoder {
    /// For answers made at this moment: quick rather than small.
    ///
    /// # Errors
    /// If zstd has no memory for its tables, or the coding has no encoder here.
    pub(crate) fn quick(coding: Coding) -> io::Result<Self> {
        Self::new(coding, 4, 3)
    }

    /// For what is compressed once and served often.
    ///
    /// # Errors
    /// As [`Encoder::quick`].
    pub(crate) fn thorough(coding: Coding) -> io::Result<Self> {
        Self::new(coding, 8, 12)
    }

    fn new(coding: Coding, gzip_level: u32, zstd_level: i32) -> io::Result<Self> {
        match coding {
            Coding::Gzip => Ok(Self::Gzip(flate2::write::GzEncoder::new(
                Vec::new(),
                flate2::Compression::new(gzip_level),
            ))),
            Coding::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), zstd_level)?;
                encoder.window_log(ZSTD_WINDOW_LOG)?;
                Ok(Self::Zstd(Box::new(encoder)))
            }
            Coding::Brotli => Err(io::Error::other("there is no encoder for Brotli in this binary")),
        }
    }

    /// # Errors
    /// If the library fails, which it does only for want of memory.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    /// Brings out everything written so far, so that the client can read it now.
    ///
    /// # Errors
    /// As [`Encoder::write`].
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }

    /// What has come out since the last call; may be empty.
    pub(crate) fn take(&mut self) -> Bytes {
        let out = match self {
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
        };
        Bytes::from(std::mem::take(out))
    }

    /// The rest.
    ///
    /// # Errors
    /// As [`Encoder::write`].
    pub(crate) fn finish(self) -> io::Result<Bytes> {
        match self {
            Self::Gzip(encoder) => encoder.finish().map(Bytes::from),
            Self::Zstd(encoder) => encoder.finish().map(Bytes::from),
        }
    }
}
