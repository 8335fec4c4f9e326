//! Content codings: which one a client and we agree on, and encoders that work on a stream.
//!
//! `compress` and static files both use it. There is no encoder for Brotli in the binary: `br` is only ever served from
//! a file that is compressed already.

mod accept;
mod encoder;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use tests::decoded;

pub(crate) use accept::{accepted, choose};
pub(crate) use encoder::Encoder;

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// RFC 7932.
    Brotli,
}

impl Coding {
    /// Its name in `Accept-Encoding` and `Content-Encoding`.
    pub(crate) fn token(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Brotli => "br",
        }
    }

    /// The ending of a file's name that is compressed with it.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Zstd => "zst",
            Self::Brotli => "br",
        }
    }
}
