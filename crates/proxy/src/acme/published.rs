//! What is held, wanted and failing, as it is served and shown.

use std::sync::Arc;

use model::Timestamp;

use super::Keeper;
use super::stored::Try;
use crate::tls::{Failure, Renewal};

impl Keeper {
    /// Serves what is held, and shows what is not to be had yet.
    pub(super) fn publish(&self, now: Timestamp) {
        let held = self.held.iter().map(|held| {
            let names = &held.served.facts.names;
            let wanted = self.is_wanted(held);
            let renewal = Renewal {
                names: names.clone(),
                resolver: held.stored.resolver.clone(),
                certificate: Some(Arc::clone(&held.served)),
                renew_at: wanted.then(|| held.renew_at()),
                ..self.pending(&held.stored.resolver, Vec::new())
            };
            let due = wanted && held.renew_at() <= now;
            let paused = self.tries.cas.get(&held.stored.resolver).filter(|_| due);
            let tried = self.tries.names.get(&held.stored.resolver);
            let tried = names.iter().filter_map(|name| tried?.get(name));
            with_try(renewal, tried.max_by_key(|tried| tried.failures).or(paused))
        });
        let mut all: Vec<Renewal> = held.collect();
        all.extend(self.missing());
        let refused = self.refused.iter().map(|refused| {
            let failure = Failure { at: now, what: refused.why.clone() };
            let pending = self.pending(&refused.resolver, vec![refused.name.clone()]);
            Renewal { failures: 1, last_failure: Some(failure), ..pending }
        });
        all.extend(refused);
        self.certificates.set_acme(all);
    }

    /// Names without a certificate: one by one where they failed, others by router.
    fn missing(&self) -> Vec<Renewal> {
        let mut all = Vec::new();
        for set in &self.sets {
            let served = |name: &str| {
                self.certificates.has_file_for(name)
                    || self.held.iter().any(|held| held.served.facts.covers(name))
            };
            let missing = set.names.iter().filter(|name| !served(name));
            let tries = self.tries.names.get(&set.resolver);
            let tried = |name: &str| tries?.get(name).filter(|tried| tried.what.is_some());
            let (failed, others): (Vec<&String>, Vec<&String>) =
                missing.partition(|name| tried(name).is_some());
            let failed = failed.into_iter();
            all.extend(
                failed.map(|name| with_try(self.pending(&set.resolver, vec![name.clone()]), tried(name))),
            );
            if !others.is_empty() {
                let pending = self.pending(&set.resolver, others.into_iter().cloned().collect());
                all.push(with_try(pending, self.tries.cas.get(&set.resolver)));
            }
        }
        all
    }

    fn pending(&self, resolver: &str, names: Vec<String>) -> Renewal {
        Renewal {
            names,
            resolver: resolver.to_owned(),
            certificate: None,
            renew_at: None,
            next_try: None,
            failures: 0,
            last_failure: None,
        }
    }
}

fn with_try(renewal: Renewal, tried: Option<&Try>) -> Renewal {
    let Some(tried) = tried else { return renewal };
    let what = tried.what.clone();
    Renewal {
        next_try: Some(tried.next),
        failures: tried.failures,
        last_failure: what.map(|what| Failure { at: tried.at, what }),
        ..renewal
    }
}
