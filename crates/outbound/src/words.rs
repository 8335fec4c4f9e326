//! Errors of connections in words that say what to do.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError, InvalidMessage};

/// What is wrong, as far down as it is known.
pub(crate) fn told(error: &(dyn Error + 'static)) -> String {
    let innermost = chain(error).last().map(ToString::to_string).unwrap_or_default();
    let tls = chain(error).find_map(|error| error.downcast_ref::<rustls::Error>());
    if let Some(words) = tls.and_then(tls_words) {
        return words;
    }
    let io = chain(error).filter_map(|error| error.downcast_ref::<io::Error>()).last();
    match io.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "nobody listens there (connection refused)".to_owned(),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            format!("no way leads there ({innermost})")
        }
        _ => innermost,
    }
}

fn tls_words(error: &rustls::Error) -> Option<String> {
    use CertificateError as Bad;
    let words = match error {
        rustls::Error::InvalidCertificate(bad) => match bad {
            Bad::UnknownIssuer => {
                "its certificate is signed by nobody who is trusted; name the signer's certificate in ca_file"
            }
            Bad::Expired | Bad::ExpiredContext { .. } => "its certificate has expired",
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => "its certificate is not valid yet",
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "its certificate is for another name; write that name as server_name"
            }
            Bad::Revoked => "its certificate was revoked",
            _ => return Some(format!("its certificate is no good: {bad}")),
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "it does not speak TLS; try http instead of https"
        }
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => "it wants a certificate of ours that it trusts; name one in cert_file and key_file",
        _ => return Some(format!("TLS failed: {error}")),
    };
    Some(words.to_owned())
}

/// An error, and those that it wraps.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        // What an `io::Error` holds is itself no `source` of it.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        held.map(|held| held as &(dyn Error + 'static)).or_else(|| error.source())
    })
}
