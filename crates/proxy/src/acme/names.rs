//! Which names are wanted together, and which cannot be had at all.

use std::collections::BTreeSet;
use std::net::IpAddr;

use model::Ordered as _;

use super::{LETS_ENCRYPT, Resolver, Wanted};

/// Let's Encrypt takes no more names into one certificate.
const NAMES_MAX: usize = 100;

/// Ends of names that no public CA knows.
const PRIVATE: [&str; 10] =
    ["localhost", "local", "internal", "lan", "home", "corp", "test", "example", "invalid", "home.arpa"];

/// Names of one CA that get one certificate; sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Set {
    pub(super) resolver: String,
    pub(super) names: Vec<String>,
}

/// A name that cannot be had, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) resolver: String,
    pub(super) name: String,
    pub(super) why: String,
}

/// Sorts out what routers ask for: each name of a CA is in one set only, that of the router with the most names.
pub(super) fn sets<'a>(
    wanted: &[Wanted],
    resolver: impl Fn(&str) -> Option<&'a Resolver>,
) -> (Vec<Set>, Vec<Refused>) {
    let mut refused = Vec::new();
    let mut asked: BTreeSet<Set> = BTreeSet::new();
    for Wanted { resolver: ca, names } in wanted {
        let names: BTreeSet<String> =
            names.iter().map(|name| name.trim_end_matches('.').to_ascii_lowercase()).collect();
        let (good, bad): (Vec<_>, Vec<_>) = names
            .into_iter()
            .map(|name| (refusal(&name, resolver(ca)), name))
            .partition(|(why, _)| why.is_none());
        let bad =
            bad.into_iter().filter_map(|(why, name)| Some(Refused { resolver: ca.clone(), name, why: why? }));
        refused.extend(bad);
        asked.insert(Set { resolver: ca.clone(), names: good.into_iter().map(|(_, name)| name).collect() });
    }
    refused.order_by(|a, b| (&a.resolver, &a.name).cmp(&(&b.resolver, &b.name)));
    refused.dedup();
    let mut asked: Vec<Set> = asked.into_iter().collect();
    asked.order_by_key(|set| std::cmp::Reverse(set.names.len()));
    let mut taken: BTreeSet<(String, String)> = BTreeSet::new();
    let mut sets: Vec<Set> = Vec::new();
    for Set { resolver, mut names } in asked {
        names.retain(|name| taken.insert((resolver.clone(), name.clone())));
        let parts = names.chunks(NAMES_MAX);
        sets.extend(parts.map(|names| Set { resolver: resolver.clone(), names: names.to_vec() }));
    }
    sets.order();
    (sets, refused)
}

/// Why no CA would give a certificate for `name`.
fn refusal(name: &str, resolver: Option<&Resolver>) -> Option<String> {
    let Some(resolver) = resolver else {
        return Some("there is no such [proxy.acme.<name>] in the settings".to_owned());
    };
    let (parent, public) = (name.strip_prefix("*."), resolver.directory == LETS_ENCRYPT);
    let labels = |name: &str| {
        let good = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        name.len() <= 253 && name.split('.').all(good)
    };
    let private = |name: &str| {
        !name.contains('.')
            || PRIVATE.iter().any(|end| name.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')))
    };
    let why = match name {
        _ if parent.is_some() => {
            "wildcards need the challenge dns-01, which is not there yet; put the certificate into [[proxy.tls.certificate]]"
        }
        _ if name.parse::<IpAddr>().is_ok() => "certificates are asked for names, not for addresses",
        _ if !labels(name) => "is no host name",
        _ if public && private(name) => "no public CA gives certificates for names of private networks",
        _ => return None,
    };
    Some(why.to_owned())
}
