//! Addresses: `10.0.0.1`, `10.0.0.0/8`, `2001:db8::1-2001:db8::8`, and where a line holds one of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::{Range, RangeInclusive};

/// One address, a network or a range of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpMatch {
    text: Box<str>,
    addresses: Addresses,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Addresses {
    V4(RangeInclusive<u32>),
    V6(RangeInclusive<u128>),
}

impl IpMatch {
    /// Reads an address, `network/bits` or `first-last`.
    pub fn new(text: &str) -> Result<Self, String> {
        let addresses = read(text.trim()).ok_or_else(|| {
            format!(
                "ip: invalid pattern {text:?}; write an address, a network such as 10.0.0.0/8, or first-last"
            )
        })?;
        Ok(Self { text: text.into(), addresses })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the address is one of them. An IPv4 address written as an IPv6 one counts as what it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (&self.addresses, address.to_canonical()) {
            (Addresses::V4(range), IpAddr::V4(address)) => range.contains(&address.to_bits()),
            (Addresses::V6(range), IpAddr::V6(address)) => range.contains(&address.to_bits()),
            _ => false,
        }
    }

    /// Where the line holds one of them.
    pub fn find_in<'a>(&'a self, line: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        addresses_in(line).filter(|(_, address)| self.contains(*address)).map(|(place, _)| place)
    }
}

fn read(text: &str) -> Option<Addresses> {
    if let Some((first, last)) = text.split_once('-') {
        return between(first.trim().parse().ok()?, last.trim().parse().ok()?);
    }
    let Some((network, bits)) = text.split_once('/') else {
        let address = text.parse().ok()?;
        return between(address, address);
    };
    let bits: u32 = bits.parse().ok()?;
    match network.parse().ok()? {
        IpAddr::V4(network) => {
            let rest = u32::MAX.checked_shr(bits).unwrap_or(0);
            let first = network.to_bits() & !rest;
            (bits <= Ipv4Addr::BITS).then_some(Addresses::V4(first..=first | rest))
        }
        IpAddr::V6(network) => {
            let rest = u128::MAX.checked_shr(bits).unwrap_or(0);
            let first = network.to_bits() & !rest;
            (bits <= Ipv6Addr::BITS).then_some(Addresses::V6(first..=first | rest))
        }
    }
}

fn between(first: IpAddr, last: IpAddr) -> Option<Addresses> {
    let addresses = match (first.to_canonical(), last.to_canonical()) {
        (IpAddr::V4(first), IpAddr::V4(last)) => Addresses::V4(first.to_bits()..=last.to_bits()),
        (IpAddr::V6(first), IpAddr::V6(last)) => Addresses::V6(first.to_bits()..=last.to_bits()),
        _ => return None,
    };
    (first <= last).then_some(addresses)
}

/// Every address in a line. A port, brackets or a point at the end of a sentence may follow it.
fn addresses_in(line: &str) -> impl Iterator<Item = (Range<usize>, IpAddr)> {
    let runs = Runs { bytes: line.as_bytes(), at: 0 };
    runs.flat_map(move |run| match v6(line, run.clone()) {
        Some(found) => vec![found],
        None => v4s(line, run),
    })
}

/// The longest stretches of bytes that can be part of an address, if there is enough punctuation in them.
struct Runs<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let start = self.at + self.bytes[self.at..].iter().position(|byte| is_part(*byte))?;
            let (mut points, mut colons) = (0, 0);
            self.at = start;
            while let Some(byte) = self.bytes.get(self.at).filter(|byte| is_part(**byte)) {
                points += usize::from(*byte == b'.');
                colons += usize::from(*byte == b':');
                self.at += 1;
            }
            if points >= 3 || colons >= 2 {
                return Some(start..self.at);
            }
        }
    }
}

fn is_part(byte: u8) -> bool {
    /// One look for each byte of every line.
    const PARTS: [bool; 256] = {
        let mut parts = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            parts[byte] = (byte as u8).is_ascii_hexdigit() || byte as u8 == b':' || byte as u8 == b'.';
            byte += 1;
        }
        parts
    };
    PARTS[usize::from(byte)]
}

/// The addresses between whatever else is in a run, such as ports.
fn v4s(line: &str, run: Range<usize>) -> Vec<(Range<usize>, IpAddr)> {
    let mut found = Vec::new();
    let mut start = run.start;
    for part in line[run].split(|c: char| !c.is_ascii_digit() && c != '.') {
        let text = part.trim_matches('.');
        let at = start + part.len() - part.trim_start_matches('.').len();
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            found.push((at..at + text.len(), IpAddr::V4(address)));
        }
        // What is between the parts is one byte long.
        start += part.len() + 1;
    }
    found
}

fn v6(line: &str, run: Range<usize>) -> Option<(Range<usize>, IpAddr)> {
    let text = line[run.clone()].trim_end_matches('.');
    if text.bytes().filter(|byte| *byte == b':').count() < 2 {
        return None;
    }
    let without_colon = text.strip_suffix(':').unwrap_or(text);
    let (text, address) =
        [text, without_colon].into_iter().find_map(|text| Some((text, text.parse::<Ipv6Addr>().ok()?)))?;
    Some((run.start..run.start + text.len(), IpAddr::V6(address)))
}
