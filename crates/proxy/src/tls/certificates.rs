//! Which certificate a name gets.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::{ArcSwap, ArcSwapOption};
use model::Ordered as _;
use model::Timestamp;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::watch;

use super::made::{KeyError, self_signed};
use super::served::Served;

/// The protocol by which a CA looks at a TLS-ALPN-01 challenge.
pub(super) const ACME_ALPN: &[u8] = b"acme-tls/1";

/// How long our own certificate holds, and how long before its end it is made anew.
const OWN_DAYS: u32 = 397;
const OWN_RENEWED: Duration = Duration::from_secs(30 * 86_400);

/// Where a certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The proxy made it for hosts that have no other.
    Own,
    /// A pair of files, or a text in a dynamic file.
    File {
        /// The file of the certificate, or the place of its text.
        certificate: PathBuf,
    },
    /// A CA, asked for by the resolver of this name.
    Acme {
        /// `le` of `[proxy.acme.le]`.
        resolver: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("self-signed"),
            Self::File { certificate } => write!(f, "{}", certificate.display()),
            Self::Acme { resolver } => f.write_str(resolver),
        }
    }
}

/// What went wrong when a certificate was last asked for or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// What, in a sentence.
    pub what: String,
}

/// A certificate as the page shows it; also one that is wanted and not there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Host names, `*.` in front of some; never empty but for the default certificate.
    pub names: Vec<String>,
    /// Where it comes from, or is to come from.
    pub source: Source,
    /// Whether names without a certificate of their own get this one.
    pub default: bool,
    /// What is served; `None` while it is still to be had.
    pub issued: Option<Issued>,
    /// From when a CA is asked for its successor.
    pub renew_at: Option<Timestamp>,
    /// When the CA is asked next, where the last try failed.
    pub next_try: Option<Timestamp>,
    /// Tries that failed since the last that did not.
    pub failures: u32,
    /// The last of them.
    pub last_failure: Option<Failure>,
}

/// The certificate itself, as [`Listed`] shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Who signed it.
    pub issuer: String,
    /// In hexadecimal.
    pub serial: String,
    /// From when it holds.
    pub not_before: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
}

/// What the keeper knows of names that it has, renews, or cannot get.
#[derive(Clone, Debug)]
pub(crate) struct Renewal {
    pub(crate) names: Vec<String>,
    pub(crate) resolver: String,
    /// The certificate, in DER; `None` while there is none.
    pub(crate) certificate: Option<Arc<Served>>,
    pub(crate) renew_at: Option<Timestamp>,
    pub(crate) next_try: Option<Timestamp>,
    pub(crate) failures: u32,
    pub(crate) last_failure: Option<Failure>,
}

/// The certificates that are served. Clones share them.
#[derive(Clone)]
pub struct Certificates(Arc<Shared>);

struct Shared {
    table: ArcSwap<Table>,
    challenges: ArcSwapOption<HashMap<String, Arc<CertifiedKey>>>,
    parts: Mutex<Parts>,
    changes: watch::Sender<u64>,
}

/// Who gave what. Only written; what handshakes read is made of it.
struct Parts {
    own: Arc<Served>,
    default: Option<Arc<Served>>,
    /// The name whose certificate of a CA is the default one, where none of a file is.
    default_name: Option<String>,
    files: Vec<Arc<Served>>,
    unreadable: Vec<Listed>,
    acme: Vec<Renewal>,
    orders: u64,
    orders_failed: u64,
}

/// What a handshake reads.
struct Table {
    /// By name; wildcards by what follows their `*.`.
    exact: HashMap<Box<str>, Arc<Served>>,
    wildcard: HashMap<Box<str>, Arc<Served>>,
    default: Arc<Served>,
}

impl Certificates {
    /// None but a self-signed one.
    pub fn new() -> Result<Self, KeyError> {
        let own = own(now())?;
        let parts = Parts {
            own: Arc::clone(&own),
            default: None,
            default_name: None,
            files: Vec::new(),
            unreadable: Vec::new(),
            acme: Vec::new(),
            orders: 0,
            orders_failed: 0,
        };
        let table = Table { exact: HashMap::new(), wildcard: HashMap::new(), default: own };
        Ok(Self(Arc::new(Shared {
            table: ArcSwap::from_pointee(table),
            challenges: ArcSwapOption::empty(),
            parts: Mutex::new(parts),
            changes: watch::Sender::new(0),
        })))
    }

    /// Everything that is served, wanted or failing; the default certificate last.
    pub fn list(&self) -> Vec<Listed> {
        let parts = self.parts();
        let mut list: Vec<Listed> = parts.acme.iter().map(renewal_listed).collect();
        list.extend(parts.files.iter().map(|served| listed(served, false)));
        list.extend(parts.unreadable.iter().cloned());
        list.order_by(|a, b| a.names.cmp(&b.names));
        list.push(listed(parts.default(), true));
        list
    }

    /// Counts how often what [`Self::list`] answers may have changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// The certificate for `host` (in lower case), if it is not the default one.
    pub(crate) fn find(&self, host: &str) -> Option<Arc<Served>> {
        self.0.table.load().find(host).cloned()
    }

    /// Whether a certificate that is not of a CA's keeper covers `name` and still holds.
    pub(crate) fn has_file_for(&self, name: &str) -> bool {
        let now = now();
        self.parts().files.iter().any(|served| served.facts.holds(now) && served.facts.covers(name))
    }

    /// Puts the certificates of files in place of those before; `unreadable` are shown.
    pub(super) fn set_files(
        &self,
        files: Vec<Arc<Served>>,
        default: Option<Arc<Served>>,
        unreadable: Vec<Listed>,
    ) {
        let mut parts = self.parts();
        (parts.files, parts.default, parts.unreadable) = (files, default, unreadable);
        self.publish(&mut parts);
    }

    /// Gives names without a certificate that of `name`, as soon as a CA has given it.
    pub fn set_default_name(&self, name: Option<&str>) {
        let mut parts = self.parts();
        if parts.default_name.as_deref() != name {
            parts.default_name = name.map(str::to_owned);
            self.publish(&mut parts);
        }
    }

    /// Puts what the keeper has in place of what it had.
    pub(crate) fn set_acme(&self, acme: Vec<Renewal>) {
        let mut parts = self.parts();
        parts.acme = acme;
        self.publish(&mut parts);
    }

    /// Counts an order that ended.
    pub(crate) fn count_order(&self, failed: bool) {
        let mut parts = self.parts();
        parts.orders += 1;
        parts.orders_failed += u64::from(failed);
    }

    /// Orders that ended, and how many of them failed.
    pub(super) fn orders(&self) -> (u64, u64) {
        let parts = self.parts();
        (parts.orders, parts.orders_failed)
    }

    /// Answers a CA's TLS-ALPN-01 challenge for `name` from now on.
    pub(crate) fn set_challenge(&self, name: &str, key: Arc<CertifiedKey>) {
        self.change_challenges(|challenges| challenges.insert(name.to_owned(), key));
    }

    /// Answers it no longer.
    pub(crate) fn drop_challenge(&self, name: &str) {
        self.change_challenges(|challenges| challenges.remove(name));
    }

    /// Makes our own certificate anew if it ends soon, and looks which of several for one name still hold.
    pub(super) fn refresh(&self) {
        let mut parts = self.parts();
        let now = now();
        if parts.own.facts.not_after < now.plus(OWN_RENEWED) {
            match own(now) {
                Ok(own) => parts.own = own,
                Err(error) => tracing::error!("the default certificate could not be made anew: {error}"),
            }
        }
        self.publish(&mut parts);
    }

    fn publish(&self, parts: &mut MutexGuard<'_, Parts>) {
        let default = Arc::clone(parts.default());
        let acme = parts.acme.iter().filter_map(|renewal| renewal.certificate.as_ref());
        let table = Table::new(parts.files.iter().chain(acme), default, now());
        self.0.table.store(Arc::new(table));
        self.0.changes.send_modify(|count| *count += 1);
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.0.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_challenges<T>(&self, change: impl FnOnce(&mut HashMap<String, Arc<CertifiedKey>>) -> T) {
        // The lock of the writers, so that none of two changes at once is lost.
        let _writing = self.parts();
        let mut challenges =
            self.0.challenges.load_full().map(|old| HashMap::clone(&old)).unwrap_or_default();
        change(&mut challenges);
        self.0.challenges.store((!challenges.is_empty()).then(|| Arc::new(challenges)));
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificates(…)")
    }
}

impl Parts {
    fn default(&self) -> &Arc<Served> {
        let named = || {
            let name = self.default_name.as_deref()?;
            let given = self.acme.iter().filter_map(|renewal| renewal.certificate.as_ref());
            given.filter(|served| served.facts.covers(name)).max_by_key(|served| served.facts.not_after)
        };
        self.default.as_ref().or_else(named).unwrap_or(&self.own)
    }
}

impl Table {
    /// Where several are for one name: one that holds now, then one of a file, then the one that holds longest.
    fn new<'a>(served: impl Iterator<Item = &'a Arc<Served>>, default: Arc<Served>, now: Timestamp) -> Self {
        let mut served: Vec<&Arc<Served>> = served.collect();
        served.order_by_key(|served| {
            let file = matches!(served.source, Source::File { .. });
            (served.facts.holds(now), file, served.facts.not_after)
        });
        let mut table = Self { exact: HashMap::new(), wildcard: HashMap::new(), default };
        for served in served {
            for name in &served.facts.names {
                let (map, key) = match name.strip_prefix("*.") {
                    Some(parent) => (&mut table.wildcard, parent),
                    None => (&mut table.exact, name.as_str()),
                };
                map.insert(key.into(), Arc::clone(served));
            }
        }
        table
    }

    fn find(&self, host: &str) -> Option<&Arc<Served>> {
        let wildcard = || self.wildcard.get(host.split_once('.').filter(|(label, _)| !label.is_empty())?.1);
        self.exact.get(host).or_else(wildcard)
    }
}

/// Chooses the certificate of one handshake.
#[derive(Debug)]
pub(super) struct Resolver {
    pub(super) certificates: Certificates,
    /// Names without a certificate are refused instead of getting the default one.
    pub(super) sni_strict: bool,
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let shared = &self.certificates.0;
        let name = hello.server_name();
        if hello.alpn().is_some_and(|mut protocols| protocols.any(|protocol| protocol == ACME_ALPN)) {
            return shared.challenges.load().as_ref()?.get(name?).cloned();
        }
        let table = shared.table.load();
        match name.and_then(|name| table.find(name)) {
            Some(served) => Some(Arc::clone(&served.key)),
            None if self.sni_strict => None,
            None => Some(Arc::clone(&table.default.key)),
        }
    }
}

fn listed(served: &Arc<Served>, default: bool) -> Listed {
    Listed {
        names: served.facts.names.clone(),
        source: served.source.clone(),
        default,
        issued: Some(issued(served)),
        renew_at: None,
        next_try: None,
        failures: 0,
        last_failure: None,
    }
}

fn renewal_listed(renewal: &Renewal) -> Listed {
    Listed {
        names: renewal.names.clone(),
        source: Source::Acme { resolver: renewal.resolver.clone() },
        default: false,
        issued: renewal.certificate.as_ref().map(issued),
        renew_at: renewal.renew_at,
        next_try: renewal.next_try,
        failures: renewal.failures,
        last_failure: renewal.last_failure.clone(),
    }
}

fn issued(served: &Arc<Served>) -> Issued {
    Issued {
        issuer: served.facts.issuer.clone(),
        serial: served.facts.serial_text(),
        not_before: served.facts.not_before,
        not_after: served.facts.not_after,
    }
}

fn own(now: Timestamp) -> Result<Arc<Served>, KeyError> {
    let (certificate, key) = self_signed("Porthole default certificate", OWN_DAYS, now)?;
    Served::from_der(vec![certificate], key, Source::Own).map(Arc::new).map_err(|_| KeyError)
}

fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}
