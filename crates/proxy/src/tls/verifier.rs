//! Who judges the certificates of clients.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};

use super::served::PROVIDER;
use super::{ClientAuth, OptionsError, Pem};

/// The judge that `auth` asks for. Blocks on reading files.
pub(super) fn verifier(auth: &ClientAuth) -> Result<Arc<dyn ClientCertVerifier>, OptionsError> {
    if auth.unverified {
        return Ok(Arc::new(Anybody { required: auth.required }));
    }
    let mut roots = RootCertStore::empty();
    for pem in &auth.authorities {
        for certificate in certificates(pem)? {
            roots.add(certificate).map_err(|error| OptionsError::Authorities(error.to_string()))?;
        }
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&PROVIDER));
    let builder = if auth.required { builder } else { builder.allow_unauthenticated() };
    builder.build().map_err(|error| OptionsError::Authorities(error.to_string()))
}

fn certificates(pem: &Pem) -> Result<Vec<CertificateDer<'static>>, OptionsError> {
    let text = pem.read().map_err(|(path, error)| OptionsError::File { path, why: error.to_string() })?;
    CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|error| OptionsError::Authorities(error.to_string()))
}

/// Takes any certificate, but checks that the client has its key.
#[derive(Debug)]
struct Anybody {
    required: bool,
}

impl ClientCertVerifier for Anybody {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        self.required
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &PROVIDER.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &PROVIDER.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        PROVIDER.signature_verification_algorithms.supported_schemes()
    }
}
