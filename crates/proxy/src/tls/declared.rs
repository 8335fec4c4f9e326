//! What Traefik's files say about TLS, in the words of this module.

use std::path::PathBuf;
use std::sync::Arc;

use route::declared::{self, CertificateFiles, TlsOptions, TlsVersion};

use super::{ClientAuth, Options, Pair, Pem, Version};

impl From<&TlsOptions> for Options {
    fn from(declared: &TlsOptions) -> Self {
        let usual = Self::default();
        Self {
            min_version: declared.version_min.map_or(usual.min_version, version),
            max_version: declared.version_max.map_or(usual.max_version, version),
            cipher_suites: declared.cipher_suites.clone(),
            curves: declared.curves.clone(),
            sni_strict: declared.sni_strict,
            alpn: if declared.alpn.is_empty() { usual.alpn } else { declared.alpn.clone() },
            client_auth: client_auth(declared),
            tickets: !declared.disable_session_tickets,
        }
    }
}

fn version(version: TlsVersion) -> Version {
    match version {
        TlsVersion::Tls12 => Version::Tls12,
        TlsVersion::Tls13 => Version::Tls13,
    }
}

fn client_auth(declared: &TlsOptions) -> Option<ClientAuth> {
    let (required, unverified) = match declared.client_auth {
        declared::ClientAuth::None => return None,
        declared::ClientAuth::Request => (false, true),
        declared::ClientAuth::RequireAny => (true, true),
        declared::ClientAuth::VerifyIfGiven => (false, false),
        declared::ClientAuth::RequireAndVerify => (true, false),
    };
    let authorities = declared.client_authorities.iter().map(|text| pem(text)).collect();
    Some(ClientAuth { authorities, required, unverified })
}

/// A certificate of a dynamic file; `default` for names that have no other.
pub(crate) fn pair(files: &CertificateFiles, default: bool) -> Pair {
    let place = "a dynamic file".to_owned();
    Pair { certificate: pem(&files.certificate), key: pem(&files.key), default, place }
}

/// Traefik takes a path or the text itself in the same place.
fn pem(text: &str) -> Pem {
    match text.contains("-----BEGIN ") {
        true => Pem::Text(Arc::from(text)),
        false => Pem::File(PathBuf::from(text)),
    }
}
