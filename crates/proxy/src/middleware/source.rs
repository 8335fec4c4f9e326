//! Whom a request is counted for, and whose address it comes from.

use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};

use http::{HeaderMap, HeaderName, Request};
use route::declared::{IpStrategy, SourceCriterion};

use super::target::host;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An address, or whatever stands where one should.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Address<'h> {
    Ip(IpAddr),
    Text(&'h str),
}

/// The client's address as the strategy has it; `peer` is the other end of the connection.
pub(super) fn address<'h>(strategy: &IpStrategy, headers: &'h HeaderMap, peer: IpAddr) -> Address<'h> {
    let text = if strategy.depth > 0 {
        forwarded(headers).nth(strategy.depth as usize - 1).unwrap_or("")
    } else if !strategy.excluded.is_empty() {
        let is_excluded = |text: &&str| {
            text.parse().is_ok_and(|address| strategy.excluded.iter().any(|range| range.contains(address)))
        };
        return named(
            forwarded(headers).filter(|text| !text.is_empty()).find(|text| !is_excluded(text)).unwrap_or(""),
            None,
        );
    } else {
        return Address::Ip(subnet(peer.to_canonical(), strategy.ipv6_prefix));
    };
    named(text, strategy.ipv6_prefix)
}

/// The addresses of `X-Forwarded-For`, the nearest first.
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let lines: Vec<&str> = lines.collect();
    lines.into_iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim)
}

fn named(text: &str, prefix: Option<u8>) -> Address<'_> {
    text.parse::<IpAddr>().map_or(Address::Text(text), |ip| Address::Ip(subnet(ip.to_canonical(), prefix)))
}

/// The first address of the IPv6 network that this one is in: a client often has a whole one.
fn subnet(address: IpAddr, prefix: Option<u8>) -> IpAddr {
    match (address, prefix) {
        (IpAddr::V6(address), Some(bits)) if bits < 128 => {
            let mask = !(u128::MAX >> bits);
            IpAddr::V6(Ipv6Addr::from(u128::from(address) & mask))
        }
        _ => address,
    }
}

/// Sources as keys of a fixed size, whatever a client writes in a header. The hash is keyed anew in each process, so
/// that nobody can look for two sources with one key.
#[derive(Debug)]
pub(super) struct Sources {
    by: By,
    keyed: RandomState,
}

#[derive(Debug)]
enum By {
    Address(IpStrategy),
    Header(HeaderName),
    Host,
}

/// Where nothing says whom requests are counted for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Default {
    Address,
    Host,
}

impl Sources {
    /// # Errors
    /// If the header's name is none.
    pub(super) fn new(criterion: &SourceCriterion, default: Default) -> Result<Self, String> {
        let by = match (&criterion.strategy, &criterion.header, criterion.host, default) {
            (Some(strategy), _, _, _) => By::Address(strategy.clone()),
            (None, Some(name), _, _) => {
                By::Header(name.parse().map_err(|_| format!("`{name}` is no name of a header"))?)
            }
            (None, None, true, _) | (None, None, false, Default::Host) => By::Host,
            (None, None, false, Default::Address) => By::Address(IpStrategy::default()),
        };
        Ok(Self { by, keyed: RandomState::new() })
    }

    /// Whom the request is counted for.
    pub(super) fn key<B>(&self, request: &Request<B>, peer: IpAddr) -> u64 {
        match &self.by {
            By::Address(strategy) => self.keyed.hash_one(address(strategy, request.headers(), peer)),
            By::Header(name) => {
                self.keyed.hash_one(request.headers().get(name).map(http::HeaderValue::as_bytes))
            }
            By::Host => self.keyed.hash_one(host(request)),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use route::net::Cidr;

    use super::*;

    const PEER: &str = "10.10.10.10";

    fn strategy(depth: u32, excluded: &[&str], ipv6_prefix: Option<u8>) -> IpStrategy {
        let excluded = excluded.iter().map(|text| Cidr::parse(text).expect("a range")).collect();
        IpStrategy { depth, excluded, ipv6_prefix }
    }

    #[test]
    fn the_strategy_chooses_the_address() {
        let long = "2001:db8:1:2:3:4:5:6";
        for (strategy, peer, forwarded, expected) in [
            (strategy(0, &[], None), PEER, &[][..], PEER),
            (strategy(0, &[], None), PEER, &["1.1.1.1"][..], PEER),
            (strategy(0, &[], None), "::ffff:10.10.10.10", &[], PEER),
            (strategy(0, &[], Some(64)), PEER, &[], PEER),
            (strategy(0, &[], Some(64)), long, &[], "2001:db8:1:2::"),
            (strategy(0, &[], Some(128)), long, &[], long),
            (strategy(0, &[], Some(1)), long, &[], "::"),
            (strategy(1, &[], None), PEER, &["1.1.1.1, 2.2.2.2"], "2.2.2.2"),
            (strategy(2, &[], None), PEER, &["1.1.1.1, 2.2.2.2"], "1.1.1.1"),
            (strategy(2, &[], None), PEER, &["1.1.1.1", "2.2.2.2"], "1.1.1.1"),
            (strategy(3, &[], None), PEER, &["1.1.1.1, 2.2.2.2"], ""),
            (strategy(1, &[], None), PEER, &[], ""),
            (strategy(1, &[], None), PEER, &["1.1.1.1, rubbish"], "rubbish"),
            (strategy(1, &[], Some(48)), PEER, &[long], "2001:db8:1::"),
            (strategy(0, &["2.2.2.2"], None), PEER, &["1.1.1.1, 2.2.2.2"], "1.1.1.1"),
            (strategy(0, &["2.0.0.0/8", "3.3.3.3"], None), PEER, &["1.1.1.1, 2.9.9.9, 3.3.3.3"], "1.1.1.1"),
            (strategy(0, &["10.0.0.0/8"], None), PEER, &["1.1.1.1, 2.2.2.2"], "2.2.2.2"),
            (strategy(0, &["1.1.1.1", "2.2.2.2"], None), PEER, &["1.1.1.1, 2.2.2.2"], ""),
            (strategy(0, &["2.2.2.2"], None), PEER, &["1.1.1.1,, 2.2.2.2, "], "1.1.1.1"),
            (strategy(0, &["2.2.2.2"], None), PEER, &["rubbish, 2.2.2.2"], "rubbish"),
            (strategy(1, &["2.2.2.2"], None), PEER, &["1.1.1.1, 2.2.2.2"], "2.2.2.2"),
            (strategy(0, &["2001:db8::/32"], None), PEER, &["1.1.1.1, 2001:db8::7"], "1.1.1.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
            }
            let found = match address(&strategy, &headers, peer.parse().expect("an address")) {
                Address::Ip(ip) => ip.to_string(),
                Address::Text(text) => text.to_owned(),
            };
            assert_eq!(found, expected, "{strategy:?} of {peer} and {forwarded:?}");
        }
    }

    #[test]
    fn requests_of_one_source_have_one_key() {
        let request = |host: &str, key: &str| {
            Request::builder().header("host", host).header("x-key", key).body(()).expect("a request")
        };
        let (first, second) = (request("a.com", "1"), request("b.com", "1"));
        let (one, other): (IpAddr, IpAddr) = ([1, 1, 1, 1].into(), [2, 2, 2, 2].into());
        let header = SourceCriterion { header: Some("X-Key".to_owned()), ..SourceCriterion::default() };
        let by_header = Sources::new(&header, Default::Address).expect("sources");
        assert_eq!(by_header.key(&first, one), by_header.key(&second, other));
        let by_host = Sources::new(&SourceCriterion::default(), Default::Host).expect("sources");
        assert_eq!(by_host.key(&first, one), by_host.key(&first, other));
        assert_ne!(by_host.key(&first, one), by_host.key(&second, one));
        let by_address = Sources::new(&SourceCriterion::default(), Default::Address).expect("sources");
        assert_eq!(by_address.key(&first, one), by_address.key(&second, one));
        assert_ne!(by_address.key(&first, one), by_address.key(&first, other));
        let wrong = SourceCriterion { header: Some("no name".to_owned()), ..SourceCriterion::default() };
        assert!(Sources::new(&wrong, Default::Host).is_err());
    }
}
