//! One certificate with its key, ready to be served.

use std::sync::{Arc, LazyLock};

use model::Timestamp;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::made::{KeyError, challenge_certificate};
use super::{Facts, Source};

/// The one implementation of cryptography.
pub(super) static PROVIDER: LazyLock<Arc<CryptoProvider>> =
    LazyLock::new(|| Arc::new(aws_lc_rs::default_provider()));

/// Why a certificate and its key cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServedError {
    /// The certificate's text is no PEM.
    #[error("the certificate is no PEM text: {0}")]
    Certificate(String),
    /// There is no certificate in the text.
    #[error("there is no certificate in the PEM text")]
    Empty,
    /// The certificate makes no sense.
    #[error("the certificate cannot be read as X.509")]
    Unreadable,
    /// The key's text is no PEM, or holds no private key.
    #[error("the private key is no PEM text of a key: {0}")]
    Key(String),
    /// The two do not belong together, or the kind of key is not known.
    #[error("the certificate and its key cannot be used: {0}")]
    Pair(String),
}

/// What is shown to a CA that looks at its TLS-ALPN-01 challenge for `name`. Nobody else could read such a certificate: it
/// says that whoever does not understand it must refuse it.
pub(crate) fn challenge_key(
    name: &str,
    digest: &[u8],
    now: Timestamp,
) -> Result<Arc<CertifiedKey>, KeyError> {
    let (certificate, key) = challenge_certificate(name, digest, now)?;
    let key = PROVIDER.key_provider.load_private_key(key).map_err(|_| KeyError)?;
    Ok(Arc::new(CertifiedKey::new(vec![certificate], key)))
}

/// A certificate with its key, and where it comes from.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) key: Arc<CertifiedKey>,
    pub(crate) facts: Facts,
    pub(crate) source: Source,
}

impl Served {
    /// From PEM: a chain, the host's own certificate first, and the key.
    pub(crate) fn from_pem(chain: &[u8], key: &[u8], source: Source) -> Result<Self, ServedError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| ServedError::Certificate(error.to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| ServedError::Key(error.to_string()))?;
        Self::from_der(chain, key, source)
    }

    /// From DER: the host's own certificate first.
    pub(crate) fn from_der(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        source: Source,
    ) -> Result<Self, ServedError> {
        let facts = Facts::read(chain.first().ok_or(ServedError::Empty)?).ok_or(ServedError::Unreadable)?;
        let key = CertifiedKey::from_der(chain, key, &PROVIDER)
            .map_err(|error| ServedError::Pair(error.to_string()))?;
        Ok(Self { key: Arc::new(key), facts, source })
    }

    /// The host's own certificate in DER.
    pub(crate) fn certificate(&self) -> &[u8] {
        self.key.cert.first().map_or(&[], |certificate| certificate.as_ref())
    }
}
