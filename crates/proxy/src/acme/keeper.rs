//! The task that has certificates ready: what is wanted is compared with what is held, and CAs are asked for the rest.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use model::Timestamp;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::due::{Due, due};
use super::held::{self, Held};
use super::names::{self, Refused, Set};
use super::order::{Obtained, OrderError};
use super::policy::{self, Window};
use super::stored::{self, Store, StoredCertificate, Tries};
use super::work::{Work, Worked};
use super::{Challenges, Config, OpenError, Wanted, tries};
use crate::tls::Certificates;

/// What routers ask for in so short a time is ordered together.
const SETTLE: Duration = Duration::from_secs(5);
/// How long nothing is looked at if nothing changes: certificates grow old, files come and go.
const LOOK: Duration = Duration::from_secs(60);
/// Orders and questions at a time.
const AT_ONCE: usize = 4;

/// Gets and renews certificates.
pub struct Keeper {
    pub(super) config: Config,
    pub(super) store: Store,
    pub(super) certificates: Certificates,
    pub(super) challenges: Challenges,
    pub(super) held: Vec<Held>,
    pub(super) tries: Tries,
    pub(super) sets: Vec<Set>,
    pub(super) refused: Vec<Refused>,
    /// What is being done, by its task: whose, and which names or file.
    busy: HashMap<Id, Busy>,
    settle: Duration,
}

enum Busy {
    Order(Due),
    Look(PathBuf),
}

impl Keeper {
    /// Reads what is kept in `directory`, and serves its certificates. Blocks.
    pub fn open(config: &Config, directory: &Path, certificates: Certificates) -> Result<Self, OpenError> {
        let failed = |error| OpenError { directory: directory.to_owned(), error };
        let store = Store::open(directory).map_err(failed)?;
        let now = now();
        let tries = match store.tries() {
            Ok(tries) => tries,
            Err(error) => {
                tracing::error!("{}: no CA is asked for an hour: {error}", store.tries_path().display());
                tries::all_paused(config.resolvers.keys(), now)
            }
        };
        let held = held::load(&store, config, now).map_err(failed)?;
        let keeper = Self {
            config: config.clone(),
            store,
            certificates,
            challenges: Challenges::default(),
            held,
            tries,
            sets: Vec::new(),
            refused: Vec::new(),
            busy: HashMap::new(),
            settle: SETTLE,
        };
        keeper.publish(now);
        Ok(keeper)
    }

    /// The same, but what is wanted is looked at after `settle`.
    #[cfg(test)]
    pub(super) fn settling(self, settle: Duration) -> Self {
        Self { settle, ..self }
    }

    /// What is answered to CAs.
    pub fn challenges(&self) -> Challenges {
        self.challenges.clone()
    }

    /// Keeps the names of the latest `wanted` in certificates until `shutdown`.
    pub async fn run(mut self, mut wanted: watch::Receiver<Vec<Wanted>>, shutdown: CancellationToken) {
        let mut working = JoinSet::new();
        let mut settled = Some(Instant::now() + self.settle);
        let mut open = true;
        loop {
            let later = match settled {
                Some(at) => at,
                None => self.begin(&mut working).await,
            };
            self.publish(now());
            tokio::select! {
                () = shutdown.cancelled() => break,
                changed = wanted.changed(), if open => {
                    open = changed.is_ok();
                    settled.get_or_insert_with(|| Instant::now() + self.settle);
                }
                Some(done) = working.join_next_with_id() => self.finish(done).await,
                () = tokio::time::sleep_until(later) => if settled.take().is_some() {
                    self.want(&wanted.borrow_and_update());
                }
            }
        }
        working.shutdown().await;
    }

    fn want(&mut self, wanted: &[Wanted]) {
        (self.sets, self.refused) = names::sets(wanted, |name| self.config.resolvers.get(name));
        tries::forget(&mut self.tries, &self.sets, now());
    }

    /// Begins what is due, and tells when to look again.
    async fn begin(&mut self, working: &mut JoinSet<Worked>) -> Instant {
        let now = now();
        self.drop_old(now).await;
        let (orders, next) =
            due(&self.sets, &self.tries, |resolver, name| self.is_fresh(resolver, name, now), now);
        let room = AT_ONCE.saturating_sub(self.busy.len());
        let orders: Vec<Due> = orders.into_iter().filter(|order| !self.is_busy(order)).take(room).collect();
        self.order(orders, working, now).await;
        self.look(working, now).await;
        let wait = next.map_or(LOOK, |next| next.since(now)).clamp(Duration::from_secs(1), LOOK);
        Instant::now() + wait
    }

    /// Begins `orders`. First it is written down that they are tried: if the process ends in the middle, the next one
    /// does not ask again at once.
    async fn order(&mut self, orders: Vec<Due>, working: &mut JoinSet<Worked>, now: Timestamp) {
        if orders.is_empty() {
            return;
        }
        let works: Vec<(Due, Work)> =
            orders.into_iter().filter_map(|order| Some((order.clone(), self.work(order)?))).collect();
        let before = self.tries.clone();
        for (order, _) in &works {
            tries::begun(&mut self.tries, order, now);
        }
        if let Err(error) = self.write_tries().await {
            tracing::error!("no CA is asked for certificates: what is tried cannot be written down: {error}");
            self.tries = before;
            for (order, _) in &works {
                tries::ca_failed(
                    &mut self.tries,
                    &order.resolver,
                    "the data directory cannot be written",
                    None,
                    now,
                    now,
                );
            }
            return;
        }
        for (order, work) in works {
            tracing::info!(
                resolver = order.resolver,
                names = order.names.join(" "),
                "a certificate is asked for"
            );
            let task = working.spawn(work.obtain(before.clone()));
            self.busy.insert(task.id(), Busy::Order(order));
        }
    }

    /// Asks CAs when they want certificates to be renewed.
    async fn look(&mut self, working: &mut JoinSet<Worked>, now: Timestamp) {
        let wanted: Vec<usize> = (0..self.held.len())
            .filter(|index| {
                let held = &self.held[*index];
                held.look_is_due(now) && !self.is_looked_at(&held.path) && self.is_wanted(held)
            })
            .take(AT_ONCE.saturating_sub(self.busy.len()))
            .collect();
        for index in wanted {
            let held = &mut self.held[index];
            let Some(resolver) = self.config.resolvers.get(&held.stored.resolver) else { continue };
            held.set_renewal(held.window(), policy::next_look(now, None));
            let path = held.path.clone();
            if let Err(error) = stored::write(path.clone(), &held.stored).await {
                tracing::error!("{}: cannot be written: {error}", path.display());
                continue;
            }
            let work =
                Work::new(Arc::new(resolver.clone()), &self.store, &self.challenges, &self.certificates);
            let task = working.spawn(work.look(path.clone(), held.served.facts.clone()));
            self.busy.insert(task.id(), Busy::Look(path));
        }
    }

    fn work(&self, order: Due) -> Option<Work> {
        let resolver = self.config.resolvers.get(&order.resolver)?;
        let replaced =
            self.held.iter().filter(|held| held.stored.directory.as_ref() == Some(&resolver.directory));
        let shared = |held: &&Held| {
            let names = &held.served.facts.names;
            order.names.iter().filter(|name| names.contains(name)).count()
        };
        let replaced = replaced.filter(|held| shared(held) > 0).max_by_key(shared);
        let replaces = replaced.and_then(|held| {
            Some((super::ca::identifier(&held.served.facts)?, held.stored.account.clone()?))
        });
        let work = Work::new(Arc::new(resolver.clone()), &self.store, &self.challenges, &self.certificates);
        Some(work.ordering(order, replaces))
    }

    async fn finish(&mut self, done: Result<(Id, Worked), JoinError>) {
        let (id, worked) = match done {
            Ok((id, worked)) => (id, worked),
            Err(error) => {
                tracing::error!("a task that asks a CA broke off: {error}");
                self.busy.remove(&error.id());
                return;
            }
        };
        self.busy.remove(&id);
        match worked {
            Worked::Order { order, began, before, result } => match result {
                Ok(obtained) => self.obtained(&order, obtained).await,
                Err(error) => self.failed(&order, error, began, &before).await,
            },
            Worked::Look { path, result } => self.looked(&path, result).await,
        }
    }

    async fn obtained(&mut self, order: &Due, obtained: Obtained) {
        let now = now();
        let Obtained { chain, key, account } = obtained;
        let directory = self.config.resolvers.get(&order.resolver).map(|resolver| resolver.directory.clone());
        let stored = StoredCertificate {
            resolver: order.resolver.clone(),
            directory,
            account: Some(account),
            obtained: now,
            chain,
            key,
            renewal: None,
        };
        let usable =
            Held::new(stored, &self.store).and_then(|held| held.is_for(&order.names, now).map(|()| held));
        let held = match usable {
            Ok(held) => held,
            Err(what) => {
                let error = OrderError { names: order.names.clone(), what, retry_after: None };
                return self.failed(order, error, now, &Tries::default()).await;
            }
        };
        if let Err(error) = stored::write(held.path.clone(), &held.stored).await {
            tracing::error!("{}: the certificate is served but cannot be kept: {error}", held.path.display());
        }
        tracing::info!(
            resolver = order.resolver,
            names = order.names.join(" "),
            until = %held.served.facts.not_after,
            "a certificate was obtained"
        );
        self.certificates.count_order(false);
        let (replaced, kept) =
            std::mem::take(&mut self.held).into_iter().partition(|old| old.is_within(&held));
        self.held = kept;
        self.held.push(held);
        self.publish(now); // Before the old ones are forgotten: no handshake is without.
        self.remove(replaced).await;
        tries::succeeded(&mut self.tries, order);
        self.keep_tries().await;
    }

    async fn failed(&mut self, order: &Due, error: OrderError, began: Timestamp, before: &Tries) {
        let OrderError { names, what, retry_after } = error;
        tracing::warn!(resolver = order.resolver, names = order.names.join(" "), "no certificate: {what}");
        self.certificates.count_order(true);
        let now = now();
        if names.is_empty() {
            tries::taken_back(&mut self.tries, order, before);
            tries::ca_failed(&mut self.tries, &order.resolver, &what, retry_after, began, now);
        } else {
            tries::names_failed(&mut self.tries, order, before, &names, &what, retry_after, now);
        }
        self.keep_tries().await;
    }

    async fn looked(&mut self, path: &Path, result: Result<(Option<Window>, Option<Timestamp>), String>) {
        let Some(held) = self.held.iter_mut().find(|held| held.path == path) else { return };
        match result {
            Ok((window, next)) => held.set_renewal(window, policy::next_look(now(), next)),
            Err(error) => {
                tracing::warn!(
                    names = held.served.facts.names.join(" "),
                    "the CA does not say when it wants to renew: {error}"
                );
                return;
            }
        }
        if let Err(error) = stored::write(held.path.clone(), &held.stored).await {
            tracing::error!("{}: cannot be written: {error}", held.path.display());
        }
    }

    async fn drop_old(&mut self, now: Timestamp) {
        let over = |held: &Held| held.is_over(now) && !self.is_wanted(held);
        let (over, kept) = (0..self.held.len()).partition::<Vec<usize>, _>(|index| over(&self.held[*index]));
        if over.is_empty() {
            return;
        }
        let mut all: Vec<Option<Held>> = std::mem::take(&mut self.held).into_iter().map(Some).collect();
        self.held = kept.into_iter().filter_map(|index| all[index].take()).collect();
        self.remove(all.into_iter().flatten().collect()).await;
    }

    async fn remove(&self, gone: Vec<Held>) {
        for held in gone {
            // A renewed certificate may be the same one again.
            if self.held.iter().any(|kept| kept.path == held.path) {
                continue;
            }
            if let Err(error) = stored::remove(held.path.clone()).await {
                tracing::error!("{}: cannot be removed: {error}", held.path.display());
            }
        }
    }

    async fn write_tries(&self) -> std::io::Result<()> {
        stored::write(self.store.tries_path(), &self.tries).await
    }

    async fn keep_tries(&self) {
        if let Err(error) = self.write_tries().await {
            tracing::error!("what CAs answered cannot be written down: {error}");
        }
    }

    fn is_busy(&self, order: &Due) -> bool {
        self.busy.values().any(|busy| match busy {
            Busy::Order(other) => {
                other.resolver == order.resolver && order.names.iter().any(|name| other.names.contains(name))
            }
            Busy::Look(_) => false,
        })
    }

    fn is_looked_at(&self, path: &Path) -> bool {
        self.busy.values().any(|busy| matches!(busy, Busy::Look(other) if other == path))
    }

    fn is_fresh(&self, resolver: &str, name: &str, now: Timestamp) -> bool {
        let Some(resolver) = self.config.resolvers.get(resolver) else { return true };
        self.certificates.has_file_for(name)
            || self.held.iter().any(|held| held.fresh_for(name, &resolver.directory, now))
    }

    pub(super) fn is_wanted(&self, held: &Held) -> bool {
        let names = self.sets.iter().flat_map(|set| &set.names);
        names.into_iter().any(|name| held.served.facts.covers(name))
    }
}

pub(super) fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}
