//! Whom to trust, and who we are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// Whom to trust, and who we are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// PEM; those who signed it are trusted besides the built-in roots.
    pub ca_file: Option<PathBuf>,
    /// PEM: our certificate, and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The name that the other side's certificate must have, where it is not that of the address.
    pub server_name: Option<String>,
    /// Trust everybody. For machines whose certificate nobody signed; who is in between can read along.
    pub insecure_skip_verify: bool,
}

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that is not there or holds something else.
    #[error("{path} cannot be used as PEM: {why}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Certificate and key do not belong together.
    #[error("the certificate and its key cannot be used: {0}")]
    Identity(rustls::Error),
    /// No name of a machine.
    #[error("`{0}` is no name that a certificate can have")]
    Name(String),
}

impl Tls {
    /// The name that the certificate must have, where one is set.
    pub(crate) fn server_name(&self) -> Result<Option<ServerName<'static>>, TlsError> {
        let name = self.server_name.clone();
        name.map(|name| ServerName::try_from(name.clone()).map_err(|_| TlsError::Name(name))).transpose()
    }

    /// What rustls needs to connect.
    pub fn config(&self) -> Result<ClientConfig, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Identity)?;
        let builder = builder.dangerous().with_custom_certificate_verifier(self.verifier()?);
        match &self.identity {
            None => Ok(builder.with_no_client_auth()),
            Some((certificate, key)) => {
                let private = PrivateKeyDer::from_pem_file(key).map_err(|error| file(key, error))?;
                builder.with_client_auth_cert(certificates(certificate)?, private).map_err(TlsError::Identity)
            }
        }
    }

    /// Who judges the certificates of the other side.
    pub fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        if self.insecure_skip_verify {
            return Ok(Arc::new(Anybody(provider)));
        }
        let judge = WebPkiServerVerifier::builder_with_provider(Arc::new(self.roots()?), provider).build();
        // Built-in roots are never none, and there are no lists of what was revoked.
        Ok(judge.map_err(|error| TlsError::Identity(rustls::Error::General(error.to_string())))?)
    }

    /// Who is trusted: the built-in roots, and those of `ca_file`.
    pub fn roots(&self) -> Result<RootCertStore, TlsError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = &self.ca_file {
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(|error| file(path, error))?;
            }
        }
        Ok(roots)
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(path).map_err(|error| file(path, error))?;
    let certificates: Vec<_> = read.collect::<Result<_, _>>().map_err(|error| file(path, error))?;
    match certificates.is_empty() {
        true => Err(file(path, "it holds no certificate")),
        false => Ok(certificates),
    }
}

fn file(path: &Path, why: impl ToString) -> TlsError {
    TlsError::File { path: path.to_owned(), why: why.to_string() }
}

/// Trusts everybody, but still checks that the other side has the key of the certificate that it shows.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
