//! When a certificate ends: the one thing that is read out of it (X.509, RFC 5280 §4.1). Whether it is to be trusted is
//! found out elsewhere, before or beside this.

use model::Timestamp;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// `[0]`, which holds the version.
const VERSION: u8 = 0xa0;

/// The last instant at which the certificate is valid. `None`: it cannot be read, or it is meant to last for ever (the
/// year 9999).
pub(super) fn not_after(der: &[u8]) -> Option<Timestamp> {
    let mut certificate = Reader(der).value(SEQUENCE)?.value(SEQUENCE)?;
    // The version is left out by certificates of the first.
    let _ = certificate.value(VERSION);
    certificate.value(INTEGER)?; // serial number
    certificate.value(SEQUENCE)?; // algorithm of the signature
    certificate.value(SEQUENCE)?; // issuer
    let mut validity = certificate.value(SEQUENCE)?;
    validity.time()?;
    validity.time()?
}

/// What is left of a DER encoding.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next value, if it has this tag; nothing is taken otherwise.
    fn value(&mut self, tag: u8) -> Option<Reader<'a>> {
        let rest = self.0.strip_prefix(&[tag])?;
        let (length, rest) = length(rest)?;
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Self(value))
    }

    /// The next time; `Some(None)` for one that no [`Timestamp`] tells.
    fn time(&mut self) -> Option<Option<Timestamp>> {
        if let Some(short) = self.value(UTC_TIME) {
            let text = std::str::from_utf8(short.0).ok()?;
            let century = if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" };
            return Some(instant(&format!("{century}{text}")));
        }
        let long = self.value(GENERALIZED_TIME)?;
        Some(instant(std::str::from_utf8(long.0).ok()?))
    }
}

/// A length in one byte, or in as many as the first says.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    // No certificate is longer than three bytes tell.
    if length.is_empty() || length.len() > 3 {
        return None;
    }
    Some((length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest))
}

/// `20261122140359Z`
fn instant(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z').filter(|digits| digits.len() == 14 && digits.is_ascii())?;
    let part = |from: usize, to: usize| &digits[from..to];
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14)
    );
    Timestamp::parse_rfc3339(&text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    fn certificate(name: &str) -> Vec<u8> {
        let path = format!("{}/testdata/probe/{name}.pem", env!("CARGO_MANIFEST_DIR"));
        CertificateDer::from_pem_file(path).unwrap().to_vec()
    }

    #[test]
    fn the_end_is_that_of_the_certificate() {
        let check = |name: &str, end: &str| {
            let end = Timestamp::parse_rfc3339(end).unwrap();
            assert_eq!(not_after(&certificate(name)), Some(end), "{name}");
        };
        check("authority", "2120-01-01T00:00:00Z");
        check("localhost", "2119-06-01T12:30:15Z");
        check("expired", "2021-02-03T04:05:06Z");
        // As it is written where a certificate shall have no end.
        assert_eq!(instant("99991231235959Z"), None);
        assert_eq!(instant("20211301000000Z"), None);
    }

    #[test]
    fn a_certificate_that_is_cut_off_has_no_end() {
        let whole = certificate("localhost");
        for length in 0..60 {
            assert_eq!(not_after(&whole[..length]), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = not_after(&bytes);
        }

        #[test]
        fn no_change_of_a_byte_is_too_strange(at in 0_usize..300, byte in any::<u8>()) {
            let mut bytes = certificate("localhost");
            bytes[at] = byte;
            let _ = not_after(&bytes);
        }
    }
}
