//! Ranges of addresses, as `ClientIP`, `sourcerange` and trusted proxies are written: `10.0.0.0/8`, `::1`.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The addresses that share their first bits with one. An IPv4 address and the IPv6 address that maps it are one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr {
    address: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// An address, or one with the number of bits that count. Bits behind them are ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let Some((address, prefix)) = text.split_once('/') else {
            let address = text.parse::<IpAddr>().ok()?.to_canonical();
            return Some(Self { address, prefix: bits(address) });
        };
        let address: IpAddr = address.parse().ok()?;
        let all_digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u8 = prefix.parse().ok().filter(|prefix| all_digits && *prefix <= bits(address))?;
        Some(match (address, address.to_canonical()) {
            (IpAddr::V6(_), IpAddr::V4(mapped)) if prefix >= 96 => {
                Self { address: IpAddr::V4(mapped), prefix: prefix - 96 }
            }
            _ => Self { address, prefix },
        })
    }

    /// Whether `address` is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = u32::from(own) ^ u32::from(other);
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same_bits(own, other, self.prefix),
            _ => false,
        }
    }
}

fn same_bits(a: Ipv6Addr, b: Ipv6Addr, prefix: u8) -> bool {
    (u128::from(a) ^ u128::from(b)).leading_zeros() >= u32::from(prefix)
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == bits(self.address) {
            return write!(f, "{}", self.address);
        }
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl fmt::Debug for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
