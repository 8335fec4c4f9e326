//! What entrypoints add to routers. A router on several entrypoints of which one adds something becomes several, as in
//! Traefik: `websecure-shop@docker` beside `shop@docker`.

use super::{EntrypointFacts, Router};
use crate::name::Name;

/// The router for its entrypoints, each with the facts that are to be applied to it.
pub(super) fn apply<'f>(
    base: Router,
    entrypoints: &[String],
    facts: &'f [EntrypointFacts],
) -> Vec<(Router, Option<&'f EntrypointFacts>)> {
    let adds = |facts: &&EntrypointFacts| facts.tls.is_some() || !facts.middlewares.is_empty();
    let model = |name: &String| facts.iter().find(|facts| facts.name == *name).filter(adds);
    let (own, plain): (Vec<&String>, Vec<&String>) =
        entrypoints.iter().partition(|name| model(name).is_some());
    let mut routers = Vec::new();
    for name in &own {
        let mut router = Router { entrypoints: vec![(*name).clone()], ..base.clone() };
        if entrypoints.len() > 1 {
            router.name = Name::new(format!("{name}-{}", base.name.name), base.name.provider);
        }
        routers.push((router, model(name)));
    }
    if own.is_empty() || !plain.is_empty() {
        routers.push((Router { entrypoints: plain.into_iter().cloned().collect(), ..base }, None));
    }
    routers
}
