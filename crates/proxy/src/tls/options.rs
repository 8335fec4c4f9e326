//! Options of TLS: which versions, suites and clients are taken.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::server::NoServerSessionStorage;
use rustls::version::{TLS12, TLS13};
use rustls::{SupportedCipherSuite, SupportedProtocolVersion};

use super::certificates::{ACME_ALPN, Resolver};
use super::served::PROVIDER;
use super::{Certificates, Pem, suites, verifier};

/// A version of TLS. Older ones are not spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// TLS 1.2.
    #[default]
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// How clients show who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientAuth {
    /// Who may have signed their certificates.
    pub authorities: Vec<Pem>,
    /// Whether a client without a certificate is refused.
    pub required: bool,
    /// Whether any certificate will do, whoever signed it: the application looks at it.
    pub unverified: bool,
}

/// Options of TLS, as `[proxy.tls.options.<name>]` or a `tls.options` of Traefik's set them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// The oldest version that is spoken.
    pub min_version: Version,
    /// The newest version that is spoken.
    pub max_version: Version,
    /// Names of suites; none means all that rustls knows.
    pub cipher_suites: Vec<String>,
    /// Names of groups for the key exchange, the best first; none means rustls' own order.
    pub curves: Vec<String>,
    /// Whether a name that has no certificate is refused instead of getting the default one.
    pub sni_strict: bool,
    /// Protocols that may be spoken inside, the best first.
    pub alpn: Vec<String>,
    /// Whether clients show certificates.
    pub client_auth: Option<ClientAuth>,
    /// Whether sessions can be resumed by tickets.
    pub tickets: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            min_version: Version::Tls12,
            max_version: Version::Tls13,
            cipher_suites: Vec::new(),
            curves: Vec::new(),
            sni_strict: false,
            alpn: vec!["h2".to_owned(), "http/1.1".to_owned()],
            client_auth: None,
            tickets: true,
        }
    }
}

/// Why options cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// The newest version is older than the oldest.
    #[error("the newest version is older than the oldest: no client could connect")]
    NoVersion,
    /// None of the suites is known, or a version is left with none.
    #[error("none of the cipher suites is one that is supported: {0}")]
    NoSuite(String),
    /// None of the groups is known.
    #[error("none of the curves is one that is supported: {0}")]
    NoCurve(String),
    /// The certificates of those who sign clients' certificates cannot be used.
    #[error("the client authorities cannot be used: {0}")]
    Authorities(String),
    /// The file of one cannot be read.
    #[error("{path} cannot be read: {why}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// rustls does not take the combination.
    #[error("TLS cannot be set up so: {0}")]
    Rustls(String),
    /// No key for session tickets could be made.
    #[error("the cryptography library could not make a key for session tickets")]
    Tickets,
}

/// What a handshake with `options` needs. Blocks on reading the files of client authorities.
pub fn server_config(
    options: &Options,
    certificates: &Certificates,
) -> Result<Arc<ServerConfig>, OptionsError> {
    let provider = provider(options)?;
    let builder = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&versions(options)?)
        .map_err(|error| OptionsError::Rustls(error.to_string()))?;
    let builder = match &options.client_auth {
        None => builder.with_no_client_auth(),
        Some(auth) => builder.with_client_cert_verifier(verifier::verifier(auth)?),
    };
    let resolver = Resolver { certificates: certificates.clone(), sni_strict: options.sni_strict };
    let mut config = builder.with_cert_resolver(Arc::new(resolver));
    config.alpn_protocols = options.alpn.iter().map(|name| name.clone().into_bytes()).collect();
    config.alpn_protocols.push(ACME_ALPN.to_vec());
    match options.tickets {
        true => config.ticketer = Ticketer::new().map_err(|_| OptionsError::Tickets)?,
        // Otherwise rustls would keep sessions itself.
        false => config.session_storage = Arc::new(NoServerSessionStorage {}),
    }
    Ok(Arc::new(config))
}

fn versions(options: &Options) -> Result<Vec<&'static SupportedProtocolVersion>, OptionsError> {
    let range = options.min_version..=options.max_version;
    let all = [(Version::Tls13, &TLS13), (Version::Tls12, &TLS12)];
    let versions: Vec<_> =
        all.into_iter().filter(|(version, _)| range.contains(version)).map(|(_, known)| known).collect();
    if versions.is_empty() { Err(OptionsError::NoVersion) } else { Ok(versions) }
}

fn provider(options: &Options) -> Result<CryptoProvider, OptionsError> {
    let mut provider = CryptoProvider::clone(&PROVIDER);
    if !options.cipher_suites.is_empty() {
        provider.cipher_suites = chosen_suites(options)?;
    }
    if !options.curves.is_empty() {
        let groups: Vec<&'static dyn SupportedKxGroup> =
            options.curves.iter().filter_map(|name| suites::group(name)).collect();
        if groups.is_empty() {
            return Err(OptionsError::NoCurve(options.curves.join(", ")));
        }
        provider.kx_groups = groups;
    }
    Ok(provider)
}

/// The suites of TLS 1.3 are all good; a list that names none of them is about TLS 1.2 alone.
fn chosen_suites(options: &Options) -> Result<Vec<SupportedCipherSuite>, OptionsError> {
    let mut chosen: Vec<SupportedCipherSuite> =
        options.cipher_suites.iter().filter_map(|name| suites::suite(name)).collect();
    if !chosen.iter().any(|suite| suite.tls13().is_some()) {
        let newest = PROVIDER.cipher_suites.iter().filter(|suite| suite.tls13().is_some());
        chosen.extend(newest.copied());
    }
    let lacks = |version: Version, is: fn(&SupportedCipherSuite) -> bool| {
        (options.min_version..=options.max_version).contains(&version) && !chosen.iter().any(is)
    };
    if lacks(Version::Tls12, |suite| suite.tls13().is_none()) && options.max_version == Version::Tls12 {
        return Err(OptionsError::NoSuite(options.cipher_suites.join(", ")));
    }
    Ok(chosen)
}
