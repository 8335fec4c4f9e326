//! The certificates that the other side shows: kept also where they are not trusted, since their end is what one wants to
//! know then.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use model::Timestamp;
use outbound::{Tls, TlsError};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use webpki::{EndEntityCert, KeyUsage};

use super::super::certificate::not_after;

/// Looks on while certificates are judged.
pub(super) struct Witness {
    judge: Arc<Judge>,
    /// `None`: everybody is trusted.
    roots: Option<RootCertStore>,
}

/// Judges as another does, and remembers what it was shown.
#[derive(Debug)]
struct Judge {
    inner: Arc<dyn ServerCertVerifier>,
    shown: Mutex<Vec<CertificateDer<'static>>>,
}

impl Witness {
    pub(super) fn new(tls: &Tls) -> Result<Self, TlsError> {
        let roots = if tls.insecure_skip_verify { None } else { Some(tls.roots()?) };
        Ok(Self { judge: Arc::new(Judge { inner: tls.verifier()?, shown: Mutex::default() }), roots })
    }

    /// What rustls needs. There is no memory of earlier connections: each check is a whole handshake.
    pub(super) fn config(&self) -> Result<ClientConfig, String> {
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let judge = self.judge.clone();
        Ok(builder.dangerous().with_custom_certificate_verifier(judge).with_no_client_auth())
    }

    /// The first end of all certificates that were shown, and of those by which the other side is trusted.
    pub(super) fn expiries(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let shown = self.judge.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = shown.iter().filter_map(|certificate| not_after(certificate)).min();
        (earliest, self.roots.as_ref().and_then(|roots| chain_expiry(&shown, roots)))
    }
}

/// The first end of the certificates that lead from the other side's own to a root; others that it shows do not count.
fn chain_expiry(shown: &[CertificateDer<'_>], roots: &RootCertStore) -> Option<Timestamp> {
    let (own, others) = shown.split_first()?;
    let own = EndEntityCert::try_from(own).ok()?;
    let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms.all;
    let usage = KeyUsage::server_auth();
    let path =
        own.verify_for_usage(algorithms, &roots.roots, others, UnixTime::now(), usage, None, None).ok()?;
    let between = path.intermediate_certificates().map(|certificate| certificate.der());
    between.chain([own.der()]).filter_map(|certificate| not_after(&certificate)).min()
}

/// Why a handshake failed.
pub(super) fn words(error: &io::Error, host: &str) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(why)) => certificate_words(why, host),
        Some(rustls::Error::InvalidMessage(_)) => "what answers there speaks no TLS".to_owned(),
        Some(rustls::Error::AlertReceived(alert)) => format!("the other side broke off TLS: {alert:?}"),
        Some(other) => format!("no TLS connection came of it: {other}"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            "the connection was closed during the TLS handshake".to_owned()
        }
        None => format!("the connection broke during the TLS handshake: {error}"),
    }
}

fn certificate_words(why: &CertificateError, host: &str) -> String {
    match why {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate ended on {}", day(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the certificate begins to be valid on {}", day(*not_before))
        }
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            format!("the certificate is not for {host}; it names nobody")
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("the certificate is not for {host} but for {}", names(presented))
        }
        CertificateError::UnknownIssuer => {
            "nobody who is trusted signed the certificate; if that is meant, name \
             who did in ca_file, or write insecure_skip_verify = true"
                .to_owned()
        }
        CertificateError::Revoked => "the certificate was revoked".to_owned(),
        other => format!("the certificate is not good: {other}"),
    }
}

/// `DnsName("example.com")` is how names are told; people write them bare.
fn names(presented: &[String]) -> String {
    const SHOWN_MAX: usize = 5;
    let bare = |name: &String| match name.split_once("(\"") {
        Some((_, rest)) => rest.trim_end_matches("\")").to_owned(),
        None => name.clone(),
    };
    let mut names: Vec<String> = presented.iter().take(SHOWN_MAX).map(bare).collect();
    if presented.len() > SHOWN_MAX {
        names.push("others".to_owned());
    }
    names.join(", ")
}

fn day(at: UnixTime) -> String {
    let seconds = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_seconds(seconds).day().to_string()
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let all = std::iter::once(own).chain(others).map(|certificate| certificate.clone().into_owned());
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = all.collect();
        self.inner.verify_server_cert(own, others, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
