//! Middlewares that hold others: chains unrolled, and what makes a middleware unusable found out.

use std::collections::BTreeMap;

use super::draft::Written;
use crate::declared::Middleware;
use crate::name::Name;

/// Adds the middleware, or what a chain of that name holds. Chains of the plan never go in a circle, but for those
/// that are broken; a name that was seen on the way is left out there.
pub(super) fn unroll<'p>(
    middlewares: &'p BTreeMap<Name, Middleware>,
    name: &Name,
    steps: &mut Vec<(Name, &'p Middleware)>,
) {
    let mut trail = Vec::new();
    follow(middlewares, name, &mut trail, steps);
}

fn follow<'p>(
    middlewares: &'p BTreeMap<Name, Middleware>,
    name: &Name,
    trail: &mut Vec<Name>,
    steps: &mut Vec<(Name, &'p Middleware)>,
) {
    if trail.contains(name) {
        return;
    }
    match middlewares.get(name) {
        Some(Middleware::Chain(links)) => {
            trail.push(name.clone());
            for link in links.iter().filter_map(|link| Name::parse(link)) {
                follow(middlewares, &link, trail, steps);
            }
            trail.pop();
        }
        Some(middleware) => steps.push((name.clone(), middleware)),
        None => {}
    }
}

/// Why middlewares cannot be used, each a sentence: those that are broken themselves or refer to nothing (`faults`),
/// and the chains that hold such a one, or themselves.
pub(super) fn broken(
    middlewares: &BTreeMap<Name, Written<Middleware>>,
    mut faults: BTreeMap<Name, String>,
) -> BTreeMap<Name, String> {
    for name in middlewares.keys() {
        if !faults.contains_key(name)
            && let Some(why) = fault_within(middlewares, name, &mut Vec::new(), &faults)
        {
            faults.insert(name.clone(), why);
        }
    }
    faults
}

fn fault_within(
    middlewares: &BTreeMap<Name, Written<Middleware>>,
    name: &Name,
    trail: &mut Vec<Name>,
    faults: &BTreeMap<Name, String>,
) -> Option<String> {
    if let Some(why) = faults.get(name) {
        return Some(if trail.is_empty() { why.clone() } else { format!("{name}: {why}") });
    }
    if trail.contains(name) {
        return Some(format!("the chain holds itself: {name}"));
    }
    let Middleware::Chain(links) = &middlewares.get(name)?.value else { return None };
    trail.push(name.clone());
    let mut links = links.iter().filter_map(|link| Name::parse(link));
    let found = links.find_map(|link| fault_within(middlewares, &link, trail, faults));
    trail.pop();
    found
}
