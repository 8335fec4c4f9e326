//! Which orders are due.

use model::Timestamp;

use super::names::Set;
use super::stored::Tries;

/// Names that failed so often are shown to the CA for trying first, if there is one.
const PROBED_FROM: u32 = 2;

/// An order that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) resolver: String,
    pub(super) names: Vec<String>,
    /// Whether the CA for trying is asked first.
    pub(super) probe: bool,
}

/// The orders that are due at `now`, and when to look again if nothing changes before.
///
/// A set is ordered when one of its names is not `fresh`, without the names that failed the last time: each of those is
/// ordered alone when its time has come, so that it never keeps others from their certificate.
pub(super) fn due(
    sets: &[Set],
    tries: &Tries,
    fresh: impl Fn(&str, &str) -> bool,
    now: Timestamp,
) -> (Vec<Due>, Option<Timestamp>) {
    let mut orders = Vec::new();
    let mut next: Option<Timestamp> = None;
    let mut later = |at: Timestamp| next = Some(next.map_or(at, |next| next.min(at)));
    for Set { resolver, names } in sets {
        let stale: Vec<&String> = names.iter().filter(|name| !fresh(resolver, name)).collect();
        if stale.is_empty() {
            continue;
        }
        if let Some(paused) = tries.cas.get(resolver).filter(|tried| tried.next > now) {
            later(paused.next);
            continue;
        }
        let tried = |name: &str| tries.names.get(resolver)?.get(name);
        if stale.iter().any(|name| tried(name).is_none()) {
            let together = names.iter().filter(|name| tried(name).is_none()).cloned().collect();
            orders.push(Due { resolver: resolver.clone(), names: together, probe: false });
        }
        for (name, tried) in stale.into_iter().filter_map(|name| Some((name, tried(name)?))) {
            if tried.next > now {
                later(tried.next);
                continue;
            }
            let probe = tried.failures >= PROBED_FROM;
            orders.push(Due { resolver: resolver.clone(), names: vec![name.clone()], probe });
        }
    }
    (orders, next)
}
