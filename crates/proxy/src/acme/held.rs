//! The certificates that CAs gave: on disk, and served.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::Timestamp;

use super::policy::{self, Window};
use super::stored::{self, Store, StoredCertificate, StoredRenewal, StoredWindow};
use super::{Config, import};
use crate::tls::{Served, Source};

/// How long after its end a certificate that nobody wants any more is kept.
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// A new certificate is left alone for a tenth of its life, at most for this.
const REST_MAX: Duration = Duration::from_secs(6 * 3600);

/// A certificate of a CA.
pub(super) struct Held {
    pub(super) path: PathBuf,
    pub(super) stored: StoredCertificate,
    pub(super) served: Arc<Served>,
}

impl Held {
    /// Fails if chain or key make no sense.
    pub(super) fn new(stored: StoredCertificate, store: &Store) -> Result<Self, String> {
        let source = Source::Acme { resolver: stored.resolver.clone() };
        let served = Served::from_pem(stored.chain.as_bytes(), stored.key.as_bytes(), source)
            .map_err(|error| error.to_string())?;
        let name = served.facts.names.first().ok_or("the certificate is for no name")?;
        let path = store.certificate_path(name, served.certificate());
        Ok(Self { path, stored, served: Arc::new(served) })
    }

    /// From when it is to be renewed.
    pub(super) fn renew_at(&self) -> Timestamp {
        let facts = &self.served.facts;
        let window = self.stored.renewal.as_ref().and_then(|renewal| renewal.window);
        let window = window.map(|StoredWindow { start, end }| Window { start, end });
        let suggested =
            policy::renew_at(facts.not_before, facts.not_after, window, policy::point(&facts.serial));
        suggested.max(self.rests_until())
    }

    /// However wrong our clock or the CA's is, nothing is renewed again at once.
    fn rests_until(&self) -> Timestamp {
        let facts = &self.served.facts;
        self.stored.obtained.plus((facts.not_after.since(facts.not_before) / 10).min(REST_MAX))
    }

    /// Whether it will do for `name`, asked of the CA at `directory`.
    pub(super) fn fresh_for(&self, name: &str, directory: &str, now: Timestamp) -> bool {
        let same_ca = self.stored.directory.as_deref().is_none_or(|own| own == directory);
        let good = now < self.rests_until() || self.served.facts.holds(now) && now < self.renew_at();
        same_ca && good && self.served.facts.covers(name)
    }

    /// Fails if what the CA gave is not what was asked for, or has ended: to ask again at once would be of no use.
    pub(super) fn is_for(&self, names: &[String], now: Timestamp) -> Result<(), String> {
        let facts = &self.served.facts;
        if let Some(missing) = names.iter().find(|name| !facts.covers(name)) {
            return Err(format!("the CA gave a certificate that is not for {missing}"));
        }
        if facts.not_after <= facts.not_before || facts.not_after <= now {
            return Err(format!("the CA gave a certificate that holds until {} only", facts.not_after));
        }
        Ok(())
    }

    /// Whether it is for no name that `other` is not for.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.served.facts.names.iter().all(|name| other.served.facts.names.contains(name))
    }

    /// Whether it has long ended.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.served.facts.not_after.plus(KEPT) < now
    }

    /// Whether the CA is to be asked about its renewal.
    pub(super) fn look_is_due(&self, now: Timestamp) -> bool {
        self.stored.renewal.as_ref().is_none_or(|renewal| renewal.next_look <= now)
    }

    /// Keeps what the CA said about its renewal, or that it is asked later.
    pub(super) fn set_renewal(&mut self, window: Option<Window>, next_look: Timestamp) {
        let window = window.map(|Window { start, end }| StoredWindow { start, end });
        self.stored.renewal = Some(StoredRenewal { next_look, window });
    }

    /// The window that the CA suggested last.
    pub(super) fn window(&self) -> Option<Window> {
        let StoredWindow { start, end } = self.stored.renewal.as_ref()?.window?;
        Some(Window { start, end })
    }
}

/// All that is on disk, and what other files hold that is newer.
pub(super) fn load(store: &Store, config: &Config, now: Timestamp) -> std::io::Result<Vec<Held>> {
    let mut all = Vec::new();
    for (path, stored) in store.certificates()? {
        match Held::new(stored, store) {
            Ok(held) => all.push(Held { path, ..held }),
            Err(error) => tracing::error!("{}: the certificate cannot be served: {error}", path.display()),
        }
    }
    for resolver in config.resolvers.values() {
        let Some(path) = &resolver.import_file else { continue };
        match import::read(path, &resolver.name) {
            Ok(imported) => imported.into_iter().for_each(|imported| {
                take_over(&mut all, imported, &resolver.name, store, now);
            }),
            Err(error) => tracing::warn!("{}: no certificate can be taken over: {error}", path.display()),
        }
    }
    Ok(all)
}

fn take_over(all: &mut Vec<Held>, imported: import::Imported, resolver: &str, store: &Store, now: Timestamp) {
    let import::Imported { chain, key } = imported;
    let stored = StoredCertificate {
        resolver: resolver.to_owned(),
        directory: None,
        account: None,
        obtained: Timestamp::default(),
        chain,
        key,
        renewal: None,
    };
    let held = match Held::new(stored, store) {
        Ok(held) => held,
        Err(error) => return tracing::warn!(resolver, "a certificate cannot be taken over: {error}"),
    };
    let facts = &held.served.facts;
    let newer = |other: &Held| held.is_within(other) && other.served.facts.not_after >= facts.not_after;
    if !facts.holds(now) || all.iter().any(newer) {
        return;
    }
    if let Err(error) = stored::write_now(&held.path, &held.stored) {
        return tracing::warn!(resolver, "a certificate cannot be taken over: {error}");
    }
    tracing::info!(resolver, names = facts.names.join(" "), "a certificate was taken over");
    all.push(held);
}
