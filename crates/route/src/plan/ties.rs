//! The order in which routers are tried, and where nothing but their names decides it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::Ordered as _;

use super::{Router, State};
use crate::finding::Finding;

/// A router, and whether somebody stopped all of its containers.
pub(super) struct Entry {
    pub(super) router: Router,
    pub(super) at_rest: bool,
}

/// Sorts as [`Plan::routers`](super::Plan) says.
pub(super) fn order(entries: &mut [Entry]) {
    entries.order_by(|a, b| key(a).cmp(&key(b)));
}

fn key(entry: &Entry) -> (bool, Reverse<i64>, bool, &crate::name::Name) {
    let router = &entry.router;
    (entry.at_rest, Reverse(router.priority), router.state != State::Active, &router.name)
}

/// One warning for every router that never gets a request, since another of the same rule and priority comes first.
pub(super) fn findings(entries: &[Entry]) -> Vec<Finding> {
    let mut first: BTreeMap<(i64, &str, bool, &str), &Router> = BTreeMap::new();
    let mut findings = Vec::new();
    let in_use = entries.iter().filter(|entry| !entry.at_rest).map(|entry| &entry.router);
    for router in in_use {
        let mut winner = None;
        for entrypoint in &router.entrypoints {
            let key = (router.priority, router.text.trim(), router.tls.is_some(), entrypoint.as_str());
            let holder = *first.entry(key).or_insert(router);
            if holder.name != router.name {
                winner = Some(holder);
            }
        }
        findings.extend(winner.map(|winner| tie(router, winner)));
    }
    findings
}

fn tie(router: &Router, winner: &Router) -> Finding {
    let what = format!(
        "the router `{}` has the same rule and priority, so that it gets the requests and this one none",
        winner.name
    );
    Finding::warning(router.place.clone(), what, "give one of them another rule or a priority")
        .about(&router.name)
}
