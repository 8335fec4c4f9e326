//! What authors of labels and files should know beyond what is plainly wrong: what Porthole does not do, what an older
//! Traefik did, and what each label does.

mod explain;

pub use explain::explain;

use crate::declared::Declared;
use crate::finding::Finding;
use crate::name::{Name, Provider};
use crate::node::Place;

/// One error for every router of TCP or UDP: it asks for something that does not happen.
pub(crate) fn of_connections(declared: &Declared, provider: Provider) -> Vec<Finding> {
    let tcp = declared.tcp_routers.iter().map(|(name, router)| ("TCP", name, router.place()));
    let udp = declared.udp_routers.iter().map(|(name, router)| ("UDP", name, router.place()));
    let routers = tcp.chain(udp).map(|(kind, name, place)| unsupported(kind, name, place, provider));
    routers.collect()
}

fn unsupported(kind: &str, name: &str, place: &Place, provider: Provider) -> Finding {
    let what = format!("routers of {kind} are not supported: nothing listens for `{name}`");
    let instead = "publish the port of the container itself (ports: in compose)";
    Finding::error(place.clone(), what, instead).about(&Name::new(name, provider))
}

#[cfg(test)]
mod tests;
