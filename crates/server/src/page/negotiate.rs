//! Which form of a file a client gets: brotli before gzip before plain, by what it accepts. A form that is not stored
//! is made from one that is: browsers take no brotli over plain HTTP.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use http::{HeaderMap, header};

use super::files::{File, Files};

/// No file of the page is larger once inflated.
const INFLATED_BYTES_MAX: u64 = 64 << 20;

/// A form in which a file is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// As HTTP writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

/// A file in one of its forms.
pub(super) struct Picked {
    pub(super) bytes: Cow<'static, [u8]>,
    /// With its quotes; strong, so it differs from form to form.
    pub(super) etag: String,
}

/// The best form that the client takes.
pub(super) fn pick<F: Files>(name: &str, headers: &HeaderMap) -> Option<(Picked, Encoding)> {
    let picked = |bytes, hash: &str, encoding: Encoding| {
        Some((Picked { bytes, etag: format!("\"{hash}-{}\"", encoding.name()) }, encoding))
    };
    for encoding in [Encoding::Brotli, Encoding::Gzip, Encoding::Identity] {
        if !accepts(headers, encoding) {
            continue;
        }
        if let Some(File { bytes, hash }) = F::get(&format!("{name}{}", encoding.suffix())) {
            return picked(bytes, &hash, encoding);
        }
        if encoding == Encoding::Gzip
            && let Some(File { bytes, hash }) = F::get(&format!("{name}.br"))
        {
            return picked(regzipped(&hash, &bytes)?.into(), &hash, encoding);
        }
    }
    let (hash, inflated) = match F::get(&format!("{name}.gz")) {
        Some(File { bytes, hash }) => {
            let inflated = once(format!("{name} {hash}"), || all_of(GzDecoder::new(&*bytes)))?;
            (hash, inflated)
        }
        None => {
            let File { bytes, hash } = F::get(&format!("{name}.br"))?;
            let inflated = once(format!("{name} {hash}"), || unbrotlied(&bytes))?;
            (hash, inflated)
        }
    };
    picked(inflated.into(), &hash, Encoding::Identity)
}

fn all_of(reader: impl Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(INFLATED_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn unbrotlied(packed: &[u8]) -> Option<Vec<u8>> {
    all_of(brotli::Decompressor::new(packed, 4096))
}

/// The same with gzip.
fn regzipped(hash: &str, packed: &[u8]) -> Option<Vec<u8>> {
    once(format!("gzip {hash}"), || all_of(GzEncoder::new(&*unbrotlied(packed)?, Compression::new(6))))
}

/// Made once for each of the few files that there are.
fn once(key: String, make: impl FnOnce() -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    static MADE: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = made.get(&key) {
        return Some(bytes.clone());
    }
    let bytes = make()?;
    made.insert(key, bytes.clone());
    Some(bytes)
}

/// `Accept-Encoding: gzip, br;q=0`: named with a weight above zero. Plain files suit everybody.
fn accepts(headers: &HeaderMap, encoding: Encoding) -> bool {
    if encoding == Encoding::Identity {
        return true;
    }
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(encoding.name()) && weight.is_ok_and(|weight| weight > 0.0)
    })
}

/// Whether the client has this very form already.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag
    })
}
