//! Names that the system's DNS need not know: those of containers.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::client::legacy::connect::dns::Name;

use crate::guard::{Guard, refusal};

/// How long the system is asked for a name that is known here too: some wait for many seconds before they say no.
const SYSTEM_MAX: Duration = Duration::from_secs(1);

type Find = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

/// Addresses by name, for names that the system does not know. Without any, only the system is asked.
#[derive(Clone, Default)]
pub struct Names(Option<Arc<Find>>);

impl Names {
    /// Asks `find` for the addresses of a name; none where it is not known.
    pub fn new(find: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(find)))
    }

    fn find(&self, name: &str) -> Vec<IpAddr> {
        self.0.as_ref().map(|find| find(name)).unwrap_or_default()
    }

    /// The addresses of a name: the system's, else those known here.
    pub async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let known = self.find(name);
        let system = tokio::net::lookup_host((name, 0));
        let found = match known.is_empty() {
            true => system.await,
            false => {
                tokio::time::timeout(SYSTEM_MAX, system).await.unwrap_or(Err(io::ErrorKind::TimedOut.into()))
            }
        };
        match found.map(|found| found.map(|address| address.ip()).collect::<Vec<_>>()) {
            Ok(found) if !found.is_empty() => Ok(found),
            Err(error) if known.is_empty() => {
                Err(io::Error::new(error.kind(), format!("the name {name} is not known ({error})")))
            }
            _ => Ok(known),
        }
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Names(…)" } else { "Names(system)" })
    }
}

/// Looks names up and lets through what the guard allows: what was checked is what is connected to.
#[derive(Clone, Debug)]
pub(crate) struct Resolver {
    pub(crate) guard: Guard,
    pub(crate) names: Names,
}

type Found = std::vec::IntoIter<SocketAddr>;

impl tower::Service<Name> for Resolver {
    type Response = Found;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Found>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let Self { guard, names } = self.clone();
        Box::pin(async move {
            let found = names.look_up(name.as_str()).await?;
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| guard.allows(*address))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            match allowed.is_empty() {
                true => Err(io::Error::new(io::ErrorKind::PermissionDenied, refusal(name.as_str()))),
                false => Ok(allowed.into_iter()),
            }
        })
    }
}
