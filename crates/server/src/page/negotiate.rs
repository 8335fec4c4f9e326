//! Which form of a file a client gets: brotli before gzip before plain, by what it accepts.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::GzDecoder;
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

/// The best stored form that the client takes; inflated from gzip for one that takes none.
pub(super) fn pick<F: Files>(name: &str, headers: &HeaderMap) -> Option<(Picked, Encoding)> {
    for encoding in [Encoding::Brotli, Encoding::Gzip, Encoding::Identity] {
        if !accepts(headers, encoding) {
            continue;
        }
        if let Some(File { bytes, hash }) = F::get(&format!("{name}{}", encoding.suffix())) {
            return Some((Picked { bytes, etag: format!("\"{hash}-{}\"", encoding.name()) }, encoding));
        }
    }
    let packed = F::get(&format!("{name}.gz"))?;
    let mut bytes = Vec::new();
    GzDecoder::new(&*packed.bytes).take(INFLATED_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    Some((Picked { bytes: bytes.into(), etag: format!("\"{}-identity\"", packed.hash) }, Encoding::Identity))
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
