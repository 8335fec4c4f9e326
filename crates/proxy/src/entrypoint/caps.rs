//! How many connections there may be, in all and of one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::EntrypointConfig;

/// Counts the connections of an entrypoint.
pub(super) struct Caps(Arc<Counted>);

struct Counted {
    all_max: usize,
    each_max: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    each: HashMap<IpAddr, usize>,
}

/// A connection that is counted until this is dropped.
pub(crate) struct Place {
    counted: Arc<Counted>,
    /// None for trusted proxies, of which everybody's connections come.
    address: Option<IpAddr>,
}

impl Caps {
    pub(super) fn new(config: &EntrypointConfig) -> Self {
        Self(Arc::new(Counted {
            all_max: config.connections_max,
            each_max: config.connections_per_ip_max,
            open: Mutex::default(),
        }))
    }

    /// A place for a connection of `address`, if there is one.
    pub(super) fn enter(&self, address: IpAddr, trusted: bool) -> Option<Place> {
        let address = Some(neighbourhood(address)).filter(|_| !trusted);
        let mut open = self.0.open();
        if open.all >= self.0.all_max {
            return None;
        }
        if let Some(address) = address {
            let each = open.each.entry(address).or_default();
            if *each >= self.0.each_max {
                return None;
            }
            *each += 1;
        }
        open.all += 1;
        Some(Place { counted: self.0.clone(), address })
    }
}

impl Counted {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.counted.open();
        open.all -= 1;
        let Some(address) = self.address else { return };
        let Some(each) = open.each.get_mut(&address) else { return };
        *each -= 1;
        if *each == 0 {
            open.each.remove(&address);
        }
    }
}

/// Whoever has one IPv6 address has a network of them.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_until_there_are_none() {
        let mut config = EntrypointConfig::new("web", ([127, 0, 0, 1], 0).into());
        (config.connections_max, config.connections_per_ip_max) = (3, 2);
        let caps = Caps::new(&config);
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let first = caps.enter(address("192.0.2.1"), false);
        let _second = caps.enter(address("::ffff:192.0.2.1"), false).unwrap();
        assert!(caps.enter(address("192.0.2.1"), false).is_none(), "two of one address");
        let _trusted = caps.enter(address("192.0.2.1"), true).unwrap();
        assert!(caps.enter(address("192.0.2.2"), false).is_none(), "three in all");
        drop(first);
        assert!(caps.enter(address("2001:db8::1"), false).is_some());
        assert!(caps.enter(address("192.0.2.1"), false).is_some(), "what was let go is there again");
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        assert_eq!(
            neighbourhood("2001:db8:1:2:3::4".parse().unwrap()),
            "2001:db8:1:2::".parse::<IpAddr>().unwrap()
        );
    }
}
