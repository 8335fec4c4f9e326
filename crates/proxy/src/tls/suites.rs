//! Names of cipher suites and groups, as OpenSSL's and Go's users write them.

use rustls::crypto::SupportedKxGroup;
use rustls::crypto::aws_lc_rs::{ALL_CIPHER_SUITES, kx_group};
use rustls::{CipherSuite, SupportedCipherSuite};

/// The suite of that name, if it is supported. Go's short names of the ChaCha20 suites are known too.
pub(super) fn suite(name: &str) -> Option<SupportedCipherSuite> {
    let is = |known: &str| known == name || known.strip_suffix("_SHA256") == Some(name);
    ALL_CIPHER_SUITES.iter().find(|suite| is(&suite_name(suite))).copied()
}

/// The group of that name, if it is supported.
pub(super) fn group(name: &str) -> Option<&'static dyn SupportedKxGroup> {
    let found = groups().into_iter().find(|(go, iana, _)| go == &name || iana.eq_ignore_ascii_case(name));
    found.map(|(_, _, group)| group)
}

/// The names of all suites.
pub(super) fn suite_names() -> Vec<String> {
    ALL_CIPHER_SUITES.iter().map(suite_name).collect()
}

/// The names of all groups.
pub(super) fn group_names() -> Vec<String> {
    groups().iter().map(|(name, _, _)| (*name).to_owned()).collect()
}

/// The name of a suite that was agreed on.
pub(super) fn agreed_name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        older => older.as_str().unwrap_or_default(),
    }
}

/// As IANA names it; rustls writes `TLS13_` in front of the newer ones.
fn suite_name(suite: &SupportedCipherSuite) -> String {
    suite.suite().as_str().unwrap_or_default().replacen("TLS13_", "TLS_", 1)
}

/// Groups by both of their names.
fn groups() -> [(&'static str, &'static str, &'static dyn SupportedKxGroup); 4] {
    [
        ("X25519", "x25519", kx_group::X25519),
        ("CurveP256", "secp256r1", kx_group::SECP256R1),
        ("CurveP384", "secp384r1", kx_group::SECP384R1),
        ("X25519MLKEM768", "x25519mlkem768", kx_group::X25519MLKEM768),
    ]
}
