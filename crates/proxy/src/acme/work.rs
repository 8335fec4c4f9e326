//! What is asked of CAs, each in a task of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use instant_acme::CertificateIdentifier;
use model::Timestamp;

use super::ca::Ca;
use super::due::Due;
use super::keeper::now;
use super::order::{Obtained, OrderError, Ordering};
use super::policy::Window;
use super::stored::{Store, Tries};
use super::{Challenges, Resolver};
use crate::tls::{Certificates, Facts};

/// An order that takes longer has failed.
const ORDER_MAX: Duration = Duration::from_secs(600);

/// What a task came to.
pub(super) enum Worked {
    /// An order.
    Order {
        order: Due,
        began: Timestamp,
        /// What had been tried before it.
        before: Tries,
        result: Result<Obtained, OrderError>,
    },
    /// A question when a certificate is to be renewed, and when to ask again.
    Look { path: PathBuf, result: Result<(Option<Window>, Option<Timestamp>), String> },
}

/// Everything that a task needs.
pub(super) struct Work {
    resolver: Arc<Resolver>,
    store: Store,
    challenges: Challenges,
    certificates: Certificates,
    order: Due,
    replaces: Option<(CertificateIdentifier<'static>, String)>,
}

impl Work {
    pub(super) fn new(
        resolver: Arc<Resolver>,
        store: &Store,
        challenges: &Challenges,
        certificates: &Certificates,
    ) -> Self {
        let order = Due { resolver: resolver.name.clone(), names: Vec::new(), probe: false };
        Self {
            resolver,
            store: store.clone(),
            challenges: challenges.clone(),
            certificates: certificates.clone(),
            order,
            replaces: None,
        }
    }

    /// To order a certificate, in place of one that the same account got.
    pub(super) fn ordering(
        self,
        order: Due,
        replaces: Option<(CertificateIdentifier<'static>, String)>,
    ) -> Self {
        Self { order, replaces, ..self }
    }

    pub(super) async fn obtain(self, before: Tries) -> Worked {
        let began = now();
        let result = tokio::time::timeout(ORDER_MAX, self.try_to_obtain()).await;
        let result = result
            .unwrap_or_else(|_| Err(ca_error("the order did not come to an end in ten minutes".to_owned())));
        Worked::Order { order: self.order, began, before, result }
    }

    pub(super) async fn look(self, path: PathBuf, facts: Facts) -> Worked {
        let result = match Ca::new(Arc::clone(&self.resolver), &self.resolver.directory, &self.store) {
            Ok(ca) => ca.renewal_info(&facts).await,
            Err(error) => Err(error),
        };
        Worked::Look { path, result }
    }

    async fn try_to_obtain(&self) -> Result<Obtained, OrderError> {
        if let Some(staging) = self.resolver.staging.as_ref().filter(|_| self.order.probe) {
            // What the CA for trying itself is troubled with says nothing about the names.
            if let Err(error) = self.order_at(staging, true).await
                && !error.names.is_empty()
            {
                let what = format!("{} (asked of {staging} first, as it failed before)", error.what);
                return Err(OrderError { what, ..error });
            }
        }
        let obtained = self.order_at(&self.resolver.directory, false).await;
        match obtained {
            Err(error) if !error.names.is_empty() => Err(OrderError { what: hinted(&error).await, ..error }),
            obtained => obtained,
        }
    }

    async fn order_at(&self, directory: &str, probe: bool) -> Result<Obtained, OrderError> {
        let ca = Ca::new(Arc::clone(&self.resolver), directory, &self.store).map_err(ca_error)?;
        let ordering = Ordering {
            ca: &ca,
            names: &self.order.names,
            replaces: self.replaces.clone().filter(|_| !probe),
            profile: self.resolver.profile.as_deref().filter(|_| !probe),
            challenges: &self.challenges,
            certificates: &self.certificates,
        };
        ordering.obtain().await
    }
}

fn ca_error(what: String) -> OrderError {
    OrderError { names: Vec::new(), what, retry_after: None }
}

/// The refusal, and what this machine itself knows about its names.
async fn hinted(error: &OrderError) -> String {
    let mut what = error.what.clone();
    for name in &error.names {
        let found = tokio::net::lookup_host((name.as_str(), 443));
        let found = tokio::time::timeout(Duration::from_secs(5), found).await;
        let known = found.is_ok_and(|found| found.is_ok_and(|mut addresses| addresses.next().is_some()));
        if !known {
            what.push_str(&format!("; this machine finds no address of {name} either"));
        }
    }
    what
}
