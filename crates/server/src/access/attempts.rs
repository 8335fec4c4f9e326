//! How often a password may be tried: buckets per address, per name from one address, and per name from
//! everywhere, in a bounded map. One attacker cannot use up the tries of a user who sits elsewhere.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::Timestamp;

/// Keys remembered. When full, the fullest buckets are forgotten first: they restrict the least.
const KEYS_MAX: usize = 10_000;
/// Attempts for one name from one address, and how long until one more is granted.
const PER_PAIR: Allowance = Allowance { burst: 10, refill: Duration::from_secs(30) };
/// Attempts from one address: more, since a whole office may be behind it.
const PER_ADDRESS: Allowance = Allowance { burst: 40, refill: Duration::from_secs(10) };
/// Attempts for one name from everywhere.
const PER_NAME: Allowance = Allowance { burst: 100, refill: Duration::from_secs(5) };

struct Allowance {
    burst: u32,
    refill: Duration,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Pair(String, Option<IpAddr>),
    Name(String),
}

/// When the bucket will be full again: all that has to be remembered of it.
type FullAt = Timestamp;

/// The buckets.
#[derive(Default)]
pub(crate) struct Attempts {
    buckets: Mutex<HashMap<Key, FullAt>>,
}

impl Attempts {
    /// Takes one attempt; `Err`: how long to wait for the next. The address is unknown where there is no
    /// connection.
    pub(crate) fn take(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> Result<(), Duration> {
        let (name, address) = (short(name), address.map(network));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(address) = address {
            take(&mut buckets, Key::Address(address), &PER_ADDRESS, now)?;
        }
        take(&mut buckets, Key::Pair(name.clone(), address), &PER_PAIR, now)?;
        take(&mut buckets, Key::Name(name), &PER_NAME, now)
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The right password gives the attempts from its address back.
    pub(crate) fn forgive(&self, name: &str, address: Option<IpAddr>) {
        let key = Key::Pair(short(name), address.map(network));
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }
}

/// The name as users are named, cut where no name goes on.
fn short(name: &str) -> String {
    name.chars().take(64).collect::<String>().to_lowercase()
}

fn take(
    buckets: &mut HashMap<Key, FullAt>,
    key: Key,
    allowance: &Allowance,
    now: Timestamp,
) -> Result<(), Duration> {
    let full_at = buckets.get(&key).copied().unwrap_or(now).max(now);
    let longest = allowance.refill * (allowance.burst - 1);
    let until_full = full_at.since(now);
    if until_full > longest {
        return Err(until_full - longest);
    }
    if buckets.len() >= KEYS_MAX {
        make_room(buckets, now);
    }
    buckets.insert(key, full_at.plus(allowance.refill));
    Ok(())
}

/// Forgets the buckets that are full again; if there are none, the half that is nearest to it.
fn make_room(buckets: &mut HashMap<Key, FullAt>, now: Timestamp) {
    buckets.retain(|_, full_at| *full_at > now);
    if buckets.len() < KEYS_MAX {
        return;
    }
    let mut times: Vec<FullAt> = buckets.values().copied().collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    buckets.retain(|_, full_at| *full_at > median);
}

/// A host has a whole /64 of IPv6 addresses to choose from.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => std::net::Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX)).into(),
        },
    }
}
