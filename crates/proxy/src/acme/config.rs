//! `[proxy.acme.<name>]` of the settings: CAs that give certificates.
//!
//! ```toml
//! [proxy.acme.le]
//! email = "ops@example.com"
//! challenge = "http-01"
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use settings::{Secret, Section};

/// Let's Encrypt, the CA that is asked if none is named, and its CA for trying.
pub(super) const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
pub(super) const LETS_ENCRYPT_STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

/// How the CA sees that a name is ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChallengeKind {
    /// It fetches a page from port 80 of the name.
    #[default]
    Http01,
    /// It shakes hands with port 443 of the name.
    TlsAlpn01,
}

/// An account that exists at the CA already, which ours is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalAccount {
    /// The CA's name of its key.
    pub kid: String,
    /// The key, in base64url as CAs tell it.
    pub hmac: Secret,
}

/// One `[proxy.acme.<name>]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    /// `le` of `[proxy.acme.le]`: what routers call it.
    pub name: String,
    /// Whom the CA may write to.
    pub email: Option<String>,
    /// How the CA sees that a name is ours.
    pub challenge: ChallengeKind,
    /// The address of the CA's directory.
    pub directory: String,
    /// A CA for trying: asked first for names that failed twice, as its limits are generous.
    pub staging: Option<String>,
    /// PEM of those who signed the certificate of the CA's own address, besides the usual roots.
    pub ca_file: Option<PathBuf>,
    /// An account at the CA that ours is bound to.
    pub external_account: Option<ExternalAccount>,
    /// Which of the CA's kinds of certificates; its usual one if none.
    pub profile: Option<String>,
    /// Traefik's `acme.json`, whose certificates are taken over.
    pub import_file: Option<PathBuf>,
}

/// What `[proxy.acme.*]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// By name.
    pub resolvers: BTreeMap<String, Resolver>,
}

impl Config {
    /// Reads `[proxy.acme.*]` below `proxy`; what is faulty is recorded there and counts as not written.
    pub fn read(proxy: &Section<'_>) -> Self {
        let sections = proxy.named("acme").into_iter();
        let resolvers = sections.map(|(name, section)| (name.clone(), Resolver::read(name, &section)));
        Self { resolvers: resolvers.collect() }
    }
}

impl Resolver {
    fn read(name: String, section: &Section<'_>) -> Self {
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            section.fault("", "the name is also that of a file", "write letters, digits, - and _");
        }
        let directory = section.with("directory", address).unwrap_or_else(|| LETS_ENCRYPT.to_owned());
        let usual_staging = (directory == LETS_ENCRYPT).then(|| LETS_ENCRYPT_STAGING.to_owned());
        Self {
            name,
            email: section.with("email", email),
            challenge: section.with("challenge", challenge).unwrap_or_default(),
            staging: section.with("staging", address).or(usual_staging),
            directory,
            ca_file: section.path("ca_file"),
            external_account: external_account(section),
            profile: section.string("profile"),
            import_file: section.path("import_file"),
        }
    }
}

fn challenge(text: &str) -> Result<ChallengeKind, String> {
    match text {
        "http-01" => Ok(ChallengeKind::Http01),
        "tls-alpn-01" => Ok(ChallengeKind::TlsAlpn01),
        "dns-01" => Err("dns-01 is not there yet; write \"http-01\" or \"tls-alpn-01\", and put wildcard \
                         certificates into [[proxy.tls.certificate]]"
            .to_owned()),
        _ => Err(format!("`{text}` is no challenge; write \"http-01\" or \"tls-alpn-01\"")),
    }
}

fn email(text: &str) -> Result<String, String> {
    let good = text.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.'))
        && !text.contains([' ', ',', '<', '>']);
    if good { Ok(text.to_owned()) } else { Err(format!("`{text}` is no address; write \"ops@example.com\"")) }
}

/// A CA speaks https, but one on this very machine may be without.
fn address(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is no address of a directory; write \"{LETS_ENCRYPT}\", say");
    let uri: http::Uri = text.parse().map_err(|_| wrong())?;
    let local = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match uri.scheme_str() {
        Some("https") => Ok(text.to_owned()),
        Some("http") if local => Ok(text.to_owned()),
        _ => Err(wrong()),
    }
}

fn external_account(section: &Section<'_>) -> Option<ExternalAccount> {
    let (kid, hmac) = (section.string("eab_kid"), section.secret("eab_hmac"));
    let has_hmac = section.is_set("eab_hmac") || section.is_set("eab_hmac_file");
    match (&kid, has_hmac) {
        (Some(_), false) => {
            section.fault("eab_hmac", "is missing beside eab_kid", "write the key that the CA gave");
        }
        (None, true) => {
            section.fault("eab_kid", "is missing beside eab_hmac", "write the key's name that the CA gave");
        }
        _ => {}
    }
    let hmac = hmac?;
    if decoded(&hmac).is_none() {
        section.fault("eab_hmac", "is no base64url", "write the key as the CA shows it");
        return None;
    }
    Some(ExternalAccount { kid: kid?, hmac })
}

/// The bytes of a key in base64url, padded or not.
pub(super) fn decoded(hmac: &Secret) -> Option<Vec<u8>> {
    let text = hmac.expose().trim_end_matches('=').replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| !bytes.is_empty())
}
