//! Which addresses may be connected to. What is written in the settings is trusted; what somebody types on the page
//! must not reach what only this machine can reach: the other containers, the cloud's metadata service.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses may be connected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guard {
    /// Every address.
    #[default]
    Trusted,
    /// Only those that the whole internet can reach.
    Public,
}

impl Guard {
    /// Whether an address may be connected to.
    pub fn allows(self, address: IpAddr) -> bool {
        self == Self::Trusted || is_public(address)
    }

    /// Refuses a host that is an address which may not be connected to. Names are looked up first and then checked.
    pub(crate) fn check_host(self, host: &str) -> Result<(), String> {
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) if !self.allows(address) => Err(refusal(host)),
            _ => Ok(()),
        }
    }
}

pub(crate) fn refusal(host: &str) -> String {
    format!("{host} is inside this network; write the address into the settings if it is meant")
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
    }
}

/// RFC 6890, what is global of it.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_benchmarking = a == 198 && (18..20).contains(&b);
    let is_assigned_by_protocols = (a, b, c) == (192, 0, 0);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || is_shared
        || is_benchmarking
        || is_assigned_by_protocols
        || a == 0
        || a >= 240)
}

/// Global unicast is `2000::/3`; inside it documentation, benchmarking and the tunnels that carry IPv4 are not.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let is_global = segments[0] & 0xe000 == 0x2000;
    let is_documentation = segments[0] == 0x2001 && segments[1] == 0x0db8;
    let is_protocol = segments[0] == 0x2001 && segments[1] < 0x0200;
    let is_6to4 = segments[0] == 0x2002;
    is_global && !is_documentation && !is_protocol && !is_6to4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_this_network_reaches_is_not_public() {
        let check = |address: &str, public: bool| {
            assert_eq!(Guard::Public.allows(address.parse().unwrap()), public, "{address}");
            assert!(Guard::Trusted.allows(address.parse().unwrap()));
        };
        for address in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"] {
            check(address, true);
        }
        let inside = [
            "127.0.0.1",
            "10.0.0.1",
            "172.17.0.2",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "2002:0a00:0001::",
            "2001:db8::1",
            "64:ff9b::a00:1",
        ];
        for address in inside {
            check(address, false);
        }
    }

    #[test]
    fn hosts_that_are_addresses_are_checked_without_a_look_up() {
        assert!(Guard::Public.check_host("[::1]").is_err());
        assert!(Guard::Public.check_host("169.254.169.254").is_err());
        assert!(Guard::Public.check_host("example.com").is_ok());
        assert!(Guard::Trusted.check_host("127.0.0.1").is_ok());
    }
}
