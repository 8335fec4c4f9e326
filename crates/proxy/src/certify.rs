//! What a plan asks for of TLS: options by host, certificates of files, and names that want certificates of CAs.

use std::collections::BTreeMap;
use std::sync::Arc;

use route::declared::GeneratedCertificate;
use route::plan::{Plan, Tls};

use crate::acme::Wanted;
use crate::tls::{self, HostOptions, Options, Pair};

/// The options of routers that name none: those called `default`, of the settings or else of a file.
pub(crate) fn default_options(plan: &Plan, config: &tls::Config) -> Options {
    let of_files = plan.tls_options.iter().find(|(name, _)| &*name.name == "default");
    let written = config.options.get("default").cloned();
    written.or_else(|| of_files.map(|(_, options)| Options::from(options))).unwrap_or_default()
}

/// The options of hosts whose routers name others than the default ones. Where two routers of one host differ it gets
/// those that ask clients for certificates, else those of the router that is tried first; what is asked for through the
/// other is answered with 421.
pub(crate) fn host_options(plan: &Plan, config: &tls::Config) -> Vec<HostOptions> {
    let mut hosts: BTreeMap<String, HostOptions> = BTreeMap::new();
    for router in &plan.routers {
        let (Some(tls), Some(rule)) = (&router.tls, &router.rule) else { continue };
        let Some(name) = &tls.options else { continue };
        let declared = plan.tls_options.get(name).map(Options::from);
        let options = declared.or_else(|| config.options.get(&*name.name).cloned());
        for host in rule.hosts() {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            let asks = |options: &Option<Options>| {
                options.as_ref().is_none_or(|options| options.client_auth.is_some())
            };
            if hosts.get(&host).is_some_and(|first| asks(&first.options) || !asks(&options)) {
                continue;
            }
            let name = Arc::from(name.to_string());
            hosts.insert(host.clone(), HostOptions { host, name, options: options.clone() });
        }
    }
    hosts.into_values().collect()
}

/// The certificates that the settings and dynamic files name.
pub(crate) fn pairs(plan: &Plan, config: &tls::Config) -> Vec<Pair> {
    let of_files = plan.certificates.iter().map(|files| tls::pair(files, false));
    let default = plan.tls_store.default_certificate.iter().map(|files| tls::pair(files, true));
    // The last default one counts: that of the settings.
    of_files.chain(default).chain(config.pairs.iter().cloned()).collect()
}

/// The names that want certificates of CAs, router by router.
pub(crate) fn wanted(plan: &Plan) -> Vec<Wanted> {
    let of_routers = plan.routers.iter().filter_map(|router| asked(router.tls.as_ref()?));
    of_routers.chain(plan.tls_store.default_generated.iter().map(generated)).collect()
}

/// The name whose certificate is the default one, where a file asks for one of a CA.
pub(crate) fn default_name(plan: &Plan) -> Option<&str> {
    Some(plan.tls_store.default_generated.as_ref()?.domain.main.as_str())
}

fn asked(tls: &Tls) -> Option<Wanted> {
    let resolver = tls.resolver.clone()?;
    let names: Vec<String> = tls.domains.iter().flat_map(names).collect();
    (!names.is_empty()).then_some(Wanted { resolver, names })
}

fn generated(generated: &GeneratedCertificate) -> Wanted {
    Wanted { resolver: generated.resolver.clone(), names: names(&generated.domain).collect() }
}

fn names(domain: &route::declared::Domain) -> impl Iterator<Item = String> {
    std::iter::once(&domain.main)
        .chain(&domain.sans)
        .filter(|name| !name.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests;
