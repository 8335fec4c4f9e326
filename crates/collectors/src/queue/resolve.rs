//! Where a name leads: Porthole need not share the application's DNS, since it knows the containers and their networks.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use model::Workload;

use super::address::{Address, Place};

/// A resolver that says nothing must not keep us from what is known otherwise.
const LOOK_UP_MAX: Duration = Duration::from_secs(3);

/// The container that a name means: to another container beside it (`from`), or to nobody in particular.
pub(super) fn container<'a>(
    host: &str,
    from: Option<&'a Workload>,
    all: &'a [Workload],
) -> Option<&'a Workload> {
    let answers = |other: &Workload, network: &str| {
        other.networks.iter().any(|own| own.name == network && own.aliases.iter().any(|alias| alias == host))
    };
    let is_called = |other: &Workload| other.identity.container == host || other.identity.service == host;
    let Some(from) = from else {
        let by_name = all.iter().find(|other| other.identity.container == host);
        return by_name
            .or_else(|| only(all.iter().filter(|other| is_called(other) || has_alias(other, host))));
    };
    if is_loopback(host) {
        return Some(from).filter(|from| from.networks.iter().any(|network| network.address.is_some()));
    }
    let beside =
        from.networks.iter().find_map(|network| all.iter().find(|other| answers(other, &network.name)));
    let of_project =
        || all.iter().find(|other| other.identity.project == from.identity.project && is_called(other));
    beside.or_else(of_project)
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    found.next().filter(|_| found.next().is_none())
}

fn has_alias(workload: &Workload, host: &str) -> bool {
    workload.networks.iter().any(|network| network.aliases.iter().any(|alias| alias == host))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Where a port of a container may be reached: in its networks, and where this machine publishes it.
pub(super) fn ways_to(container: &Workload, port: u16) -> Vec<SocketAddr> {
    let inside = container.networks.iter().filter_map(|network| network.address);
    let published =
        container.ports.iter().filter(|own| own.tcp && own.private == port).filter_map(|own| own.public);
    let here = published.map(|public| SocketAddr::from((Ipv4Addr::LOCALHOST, public)));
    inside.map(|address| SocketAddr::from((address, port))).chain(here).collect()
}

/// All addresses to try, in their order: `known` are those that containers gave. A name that was found beside a
/// container means what it means there; one that a person wrote means what it means to Porthole, if anything.
pub(super) async fn candidates(address: &Address, known: &[SocketAddr], is_written: bool) -> Vec<SocketAddr> {
    let Place::Port { host, port, .. } = &address.place else { return Vec::new() };
    let found = tokio::time::timeout(LOOK_UP_MAX, tokio::net::lookup_host((host.as_str(), *port))).await;
    let found: Vec<SocketAddr> = found.into_iter().flatten().flatten().collect();
    let (first, second) = if is_written { (found.as_slice(), known) } else { (known, found.as_slice()) };
    let mut all = first.to_vec();
    all.extend(second.iter().filter(|address| !first.contains(address)));
    all
}

#[cfg(test)]
mod tests {
    use model::{Network, Port};

    use super::*;
    use crate::queue::discover::tests::workload;

    #[test]
    fn names_lead_to_containers() {
        let worker = workload("worker", 2, "shop", "celery worker", &[]);
        let redis = workload("redis", 3, "redis:7", "", &[]);
        let mut stranger = workload("redis", 4, "redis:7", "", &[]);
        stranger.identity.project = "other".to_owned();
        stranger.identity.container = "other-redis-1".to_owned();
        let aliases = vec!["redis".to_owned(), "cache".to_owned()];
        stranger.networks = vec![Network { name: "other_default".to_owned(), address: None, aliases }];
        let all = [stranger, worker, redis];
        let check = |host: &str, from: Option<usize>, expected: &str| {
            let found = container(host, from.map(|index| &all[index]), &all);
            let found = found.map_or("nobody", |found| found.identity.container.as_str());
            assert_eq!(found, expected, "{host} from {from:?}");
        };
        check("redis", Some(1), "shop-redis-1");
        check("redis", Some(0), "other-redis-1");
        check("redis", None, "nobody");
        check("shop-redis-1", None, "shop-redis-1");
        check("worker", None, "shop-worker-1");
        check("cache", None, "other-redis-1");
        check("cache", Some(1), "nobody");
        check("localhost", Some(1), "shop-worker-1");
        check("example.com", Some(1), "nobody");
    }

    #[test]
    fn ways_inside_and_published() {
        let mut redis = workload("redis", 3, "redis:7", "", &[]);
        redis.ports = vec![
            Port { private: 6379, public: Some(16379), tcp: true },
            Port { private: 6379, public: None, tcp: true },
            Port { private: 8001, public: Some(8001), tcp: true },
        ];
        let ways: Vec<String> = ways_to(&redis, 6379).iter().map(ToString::to_string).collect();
        assert_eq!(ways, ["172.20.0.3:6379", "127.0.0.1:16379"]);
    }

    #[tokio::test]
    async fn what_a_person_wrote_means_what_it_means_here() {
        let address = Address::parse("redis://127.0.0.1:6390").unwrap();
        let known = [SocketAddr::from(([172, 20, 0, 3], 6379))];
        let here = SocketAddr::from(([127, 0, 0, 1], 6390));
        assert_eq!(candidates(&address, &known, true).await, [here, known[0]]);
        assert_eq!(candidates(&address, &known, false).await, [known[0], here]);
        let socket = Address::parse("unix:///r.sock").unwrap();
        assert!(candidates(&socket, &known, true).await.is_empty());
    }
}
