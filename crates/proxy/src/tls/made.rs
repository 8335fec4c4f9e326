//! Certificates and requests for them that the proxy writes itself. All keys are ECDSA on P-256.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use model::Timestamp;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::der::{OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, UTF8_STRING};
use super::der::{bits, context, nested, time, unsigned, value};

const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SUBJECT_ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const EXTENSION_REQUEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e];
/// `acmeIdentifier` of RFC 8737.
const ACME_IDENTIFIER: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x1f];

const DAY: Duration = Duration::from_secs(86_400);
/// Clocks differ: what is made now holds since an hour ago.
const EARLIER: Duration = Duration::from_secs(3600);

/// A certificate in DER with its key.
pub(crate) type Made = (CertificateDer<'static>, PrivateKeyDer<'static>);

/// The random source or the key maker of the cryptography library failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cryptography library could not make a key")]
pub struct KeyError;

impl From<aws_lc_rs::error::Unspecified> for KeyError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self
    }
}

/// What a CA is asked to sign, and the key that belongs to it.
pub(crate) struct CertificateRequest {
    /// PKCS #10 in DER.
    pub(crate) der: Vec<u8>,
    /// The key, PKCS #8 in DER.
    pub(crate) key: PrivatePkcs8KeyDer<'static>,
}

impl CertificateRequest {
    /// A request for `names` with a new key.
    pub(crate) fn new(names: &[String]) -> Result<Self, KeyError> {
        let key = new_key()?;
        let extensions = nested(SEQUENCE, &[&names_extension(names)]);
        let attribute =
            nested(SEQUENCE, &[&value(OBJECT_IDENTIFIER, EXTENSION_REQUEST), &nested(SET, &[&extensions])]);
        let info = nested(
            SEQUENCE,
            &[&unsigned(&[0]), &nested(SEQUENCE, &[]), &public_key(&key), &nested(context(0), &[&attribute])],
        );
        Ok(Self { der: signed(&key, &info)?, key: pkcs8(&key)? })
    }
}

/// A certificate that nobody but ourselves signed, for hosts that have no other yet.
pub(crate) fn self_signed(common_name: &str, days: u32, now: Timestamp) -> Result<Made, KeyError> {
    certificate(common_name, &[], now, days)
}

/// The certificate that answers a CA's TLS-ALPN-01 challenge for `name`.
pub(crate) fn challenge_certificate(name: &str, digest: &[u8], now: Timestamp) -> Result<Made, KeyError> {
    let critical = [0x01, 0x01, 0xff];
    let identifier = nested(
        SEQUENCE,
        &[
            &value(OBJECT_IDENTIFIER, ACME_IDENTIFIER),
            &critical,
            &value(OCTET_STRING, &value(OCTET_STRING, digest)),
        ],
    );
    certificate("acme", &[names_extension(&[name.to_owned()]), identifier], now, 7)
}

fn certificate(name: &str, extensions: &[Vec<u8>], now: Timestamp, days: u32) -> Result<Made, KeyError> {
    let key = new_key()?;
    let (not_before, not_after) = (now.minus(EARLIER), now.plus(DAY * days));
    let certified = Certified { name, public_key: &public_key(&key), not_before, not_after, extensions };
    Ok((certified.sign(name, &key)?, pkcs8(&key)?.into()))
}

/// What a certificate says.
pub(crate) struct Certified<'a> {
    pub(crate) name: &'a str,
    /// In DER, with its algorithm.
    pub(crate) public_key: &'a [u8],
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    /// Each in DER.
    pub(crate) extensions: &'a [Vec<u8>],
}

impl Certified<'_> {
    /// The certificate, signed with the key of `issuer`.
    pub(crate) fn sign(&self, issuer: &str, key: &EcdsaKeyPair) -> Result<CertificateDer<'static>, KeyError> {
        let mut serial = [0; 16];
        aws_lc_rs::rand::fill(&mut serial)?;
        serial[0] = serial[0] & 0x7f | 0x40; // Positive, and always of one length.
        let extensions = match self.extensions {
            [] => Vec::new(),
            some => nested(context(3), &[&value(SEQUENCE, &some.concat())]),
        };
        let body = nested(
            SEQUENCE,
            &[
                &nested(context(0), &[&unsigned(&[2])]),
                &unsigned(&serial),
                &algorithm(),
                &distinguished_name(issuer),
                &nested(SEQUENCE, &[&time(self.not_before), &time(self.not_after)]),
                &distinguished_name(self.name),
                self.public_key,
                &extensions,
            ],
        );
        Ok(CertificateDer::from(signed(key, &body)?))
    }
}

pub(crate) fn new_key() -> Result<EcdsaKeyPair, KeyError> {
    Ok(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?)
}

fn pkcs8(key: &EcdsaKeyPair) -> Result<PrivatePkcs8KeyDer<'static>, KeyError> {
    Ok(PrivatePkcs8KeyDer::from(key.to_pkcs8v1()?.as_ref().to_vec()))
}

/// `body` with its signature.
fn signed(key: &EcdsaKeyPair, body: &[u8]) -> Result<Vec<u8>, KeyError> {
    let signature = key.sign(&SystemRandom::new(), body)?;
    Ok(nested(SEQUENCE, &[body, &algorithm(), &bits(signature.as_ref())]))
}

fn algorithm() -> Vec<u8> {
    nested(SEQUENCE, &[&value(OBJECT_IDENTIFIER, ECDSA_WITH_SHA256)])
}

fn public_key(key: &EcdsaKeyPair) -> Vec<u8> {
    let kind = nested(SEQUENCE, &[&value(OBJECT_IDENTIFIER, EC_PUBLIC_KEY), &value(OBJECT_IDENTIFIER, P256)]);
    nested(SEQUENCE, &[&kind, &bits(key.public_key().as_ref())])
}

fn distinguished_name(common_name: &str) -> Vec<u8> {
    let attribute = nested(
        SEQUENCE,
        &[&value(OBJECT_IDENTIFIER, COMMON_NAME), &value(UTF8_STRING, common_name.as_bytes())],
    );
    nested(SEQUENCE, &[&nested(SET, &[&attribute])])
}

pub(crate) fn names_extension(names: &[String]) -> Vec<u8> {
    let names: Vec<u8> = names.iter().flat_map(|name| value(0x82, name.as_bytes())).collect();
    let extension =
        [value(OBJECT_IDENTIFIER, SUBJECT_ALTERNATIVE_NAME), value(OCTET_STRING, &value(SEQUENCE, &names))];
    value(SEQUENCE, &extension.concat())
}
