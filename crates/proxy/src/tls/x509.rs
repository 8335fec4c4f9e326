//! What a certificate says: whom it is for, who signed it, how long it holds.

use std::net::IpAddr;

use model::Timestamp;

use super::der::{INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE, SET, context, read_time};

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
const SUBJECT_ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const AUTHORITY_KEY: &[u8] = &[0x55, 0x1d, 0x23];
/// `[2]` and `[7]` of a general name, and `[0]` of an authority's key: values that hold no others.
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
const KEY_IDENTIFIER: u8 = 0x80;

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Whom it is for: host names in lower case (`*.` in front of some), addresses as text.
    pub(crate) names: Vec<String>,
    /// The subject's common name, empty where it has none.
    pub(crate) common_name: String,
    /// The issuer: its common name and organisation.
    pub(crate) issuer: String,
    /// The serial number as its bytes, sign byte included.
    pub(crate) serial: Vec<u8>,
    /// Which of its keys the issuer signed with.
    pub(crate) authority_key: Option<Vec<u8>>,
    /// From when it holds.
    pub(crate) not_before: Timestamp,
    /// Until when it holds.
    pub(crate) not_after: Timestamp,
}

impl Facts {
    /// Reads a certificate in DER; `None` if it is none.
    pub(crate) fn read(certificate: &[u8]) -> Option<Self> {
        let mut body = Reader(certificate).enter(SEQUENCE)?.enter(SEQUENCE)?;
        body.optional(context(0)); // The version.
        let serial = body.expect(INTEGER)?.to_vec();
        body.expect(SEQUENCE)?; // The algorithm, told once more beside the signature.
        let issuer = body.enter(SEQUENCE)?;
        let mut validity = body.enter(SEQUENCE)?;
        let (not_before, not_after) = (instant(&mut validity)?, instant(&mut validity)?);
        let common_name = attribute(body.enter(SEQUENCE)?, COMMON_NAME).unwrap_or_default();
        body.expect(SEQUENCE)?; // The key.
        let mut facts = Self {
            names: Vec::new(),
            common_name,
            issuer: issuer_text(issuer),
            serial,
            authority_key: None,
            not_before,
            not_after,
        };
        while let Some((tag, extensions)) = body.next() {
            if tag == context(3) {
                facts.read_extensions(Reader(extensions).enter(SEQUENCE)?)?;
            }
        }
        if facts.names.is_empty() && !facts.common_name.is_empty() {
            facts.names.push(facts.common_name.to_ascii_lowercase());
        }
        Some(facts)
    }

    /// The serial number in hexadecimal, without its sign byte.
    pub(crate) fn serial_text(&self) -> String {
        let digits = self.serial.strip_prefix(&[0]).unwrap_or(&self.serial);
        digits.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether the certificate holds at `at`.
    pub(crate) fn holds(&self, at: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&at)
    }

    /// Whether the certificate is for `host`, in lower case.
    pub(crate) fn covers(&self, host: &str) -> bool {
        self.names.iter().any(|name| name_covers(name, host))
    }

    fn read_extensions(&mut self, mut extensions: Reader<'_>) -> Option<()> {
        while !extensions.0.is_empty() {
            let mut extension = extensions.enter(SEQUENCE)?;
            let identifier = extension.expect(OBJECT_IDENTIFIER)?;
            extension.optional(0x01); // Whether it is critical.
            let mut value = Reader(extension.expect(OCTET_STRING)?);
            match identifier {
                SUBJECT_ALTERNATIVE_NAME => self.names = general_names(value.enter(SEQUENCE)?),
                AUTHORITY_KEY => {
                    let key = value.enter(SEQUENCE)?.optional(KEY_IDENTIFIER);
                    self.authority_key = key.map(<[u8]>::to_vec);
                }
                _ => {}
            }
        }
        Some(())
    }
}

/// Whether `name` of a certificate is `host`, or a wildcard of one label that covers it.
pub(crate) fn name_covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        None => name == host,
        Some(parent) => host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
    }
}

fn general_names(mut names: Reader<'_>) -> Vec<String> {
    let mut found = Vec::new();
    while let Some((tag, body)) = names.next() {
        match tag {
            DNS_NAME => found.push(String::from_utf8_lossy(body).to_ascii_lowercase()),
            IP_ADDRESS => found.extend(address(body)),
            _ => {}
        }
    }
    found
}

fn address(bytes: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    let address = four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()?;
    Some(address.to_string())
}

fn instant(validity: &mut Reader<'_>) -> Option<Timestamp> {
    let (tag, body) = validity.next()?;
    read_time(tag, body)
}

fn issuer_text(issuer: Reader<'_>) -> String {
    let parts = [attribute(issuer, COMMON_NAME), attribute(issuer, ORGANISATION)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The first attribute `kind` of a distinguished name.
fn attribute(mut name: Reader<'_>, kind: &[u8]) -> Option<String> {
    while let Some(mut set) = name.enter(SET) {
        while let Some(mut attribute) = set.enter(SEQUENCE) {
            if attribute.expect(OBJECT_IDENTIFIER)? == kind {
                return attribute.next().map(|(_, text)| String::from_utf8_lossy(text).into_owned());
            }
        }
    }
    None
}
