//! Routers: rule, entrypoints, middlewares, service and TLS, and by what one is broken.

use std::collections::BTreeMap;

use ::model::Ordered as _;

use super::{Resolver, follow, is_docker};
use crate::declared::{Domain, Router as Written, RouterTls};
use crate::finding::Finding;
use crate::name::{Name, Provider};
use crate::node::Place;
use crate::plan::draft::RouterDraft;
use crate::plan::ties::Entry;
use crate::plan::{Router, State, Target, Tls, model, page};
use crate::rule::{Rule, Syntax};

impl Resolver<'_, '_> {
    /// The router, as often as entrypoints that change it differently ask for.
    pub(super) fn resolve_router(
        &mut self,
        name: &Name,
        draft: &RouterDraft,
        broken_services: &BTreeMap<Name, String>,
    ) -> Vec<Entry> {
        let written = &draft.written.value;
        let mut reasons: Vec<String> = written.broken.iter().cloned().collect();
        let rule = self.rule(name, draft, &mut reasons);
        let entrypoints = self.entrypoints(name, draft, &mut reasons);
        let place = draft.written.place_of("middlewares").clone();
        let middlewares = self.follow_middlewares(&written.middlewares, name, &place, &mut reasons);
        let service = self.service(name, draft, broken_services, &mut reasons);
        let tls = written.tls.as_ref().map(|tls| self.tls(name, tls, draft, &mut reasons));
        self.say_parents(name, draft, &mut reasons);
        let target =
            self.services.get(&service).map_or_else(Target::default, |service| service.target.clone());
        let base = Router {
            name: name.clone(),
            rule,
            text: written.rule.clone(),
            entrypoints: Vec::new(),
            middlewares,
            service,
            tls,
            priority: priority(name, written),
            target,
            observability: written.observability,
            state: State::Active,
            place: draft.written.place_of("rule").clone(),
        };
        let mut routers = model::apply(base, &entrypoints, self.inputs.entrypoints);
        for (router, model) in &mut routers {
            let mut reasons = reasons.clone();
            if let Some(facts) = model {
                self.apply_model(router, facts, &mut reasons);
            }
            fill_domains(router);
            self.check_resolver(router, draft);
            if !reasons.is_empty() {
                router.state = State::Broken(reasons);
            }
        }
        routers.into_iter().map(|(router, _)| Entry { at_rest: draft.at_rest, router }).collect()
    }

    fn rule(&mut self, name: &Name, draft: &RouterDraft, reasons: &mut Vec<String>) -> Option<Rule> {
        let written = &draft.written.value;
        let place = draft.written.place_of("rule");
        if written.rule.is_empty() {
            // Of labels: the default rule gave none, and a finding says why.
            let what = "the router has no rule";
            if !is_docker(name) {
                let instead = "write one, such as Host(`example.com`)";
                self.findings.push(Finding::error(place.clone(), what, instead).about(name));
            }
            reasons.push(what.to_owned());
            return None;
        }
        match Rule::parse(&written.rule, written.syntax.unwrap_or(Syntax::V3)) {
            Ok(rule) => {
                let remarks = rule.remarks().iter();
                let found = remarks.map(|remark| {
                    Finding::warning(place.clone(), remark.what.clone(), remark.instead.clone()).about(name)
                });
                self.findings.extend(found);
                Some(rule)
            }
            Err(error) => {
                let what = format!("the rule cannot be read, at character {}: {}", error.at + 1, error.what);
                reasons.push(what.clone());
                self.findings.push(Finding::error(place.clone(), what, error.instead).about(name));
                None
            }
        }
    }

    /// The entrypoints that there are among those that are written; the default ones where none are.
    fn entrypoints(&mut self, name: &Name, draft: &RouterDraft, reasons: &mut Vec<String>) -> Vec<String> {
        let open = self.inputs.entrypoints;
        let written = &draft.written.value.entrypoints;
        if written.is_empty() {
            let all = open.iter().all(|facts| !facts.as_default);
            let default = open.iter().filter(|facts| all || facts.as_default);
            return default.map(|facts| facts.name.clone()).collect();
        }
        let mut found = Vec::new();
        for wanted in written {
            if open.iter().any(|facts| facts.name == *wanted) {
                found.push(wanted.clone());
                continue;
            }
            let names: Vec<&str> = open.iter().map(|facts| facts.name.as_str()).collect();
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            let what = format!("there is no entrypoint `{wanted}`; there are: {known}");
            let instead = format!(
                "write [proxy.entrypoints.{wanted}] with an address in the settings, or one that there is"
            );
            let place = draft.written.place_of("entryPoints").clone();
            self.findings.push(Finding::error(place, what, instead).about(name));
        }
        if found.is_empty() {
            reasons.push(format!("none of its entrypoints is open: {}", written.join(", ")));
        }
        found.order();
        found.dedup();
        found
    }

    fn service(
        &mut self,
        name: &Name,
        draft: &RouterDraft,
        broken: &BTreeMap<Name, String>,
        reasons: &mut Vec<String>,
    ) -> Name {
        let unknown = |text: &str| Name::new(text, name.provider);
        let Some(reference) = &draft.written.value.service else {
            let what = "it is not said which service the router is for";
            reasons.push(what.to_owned());
            if !is_docker(name) {
                let place = draft.written.place().clone();
                self.findings.push(Finding::error(place, what, "write service: <name>").about(name));
            }
            return unknown("");
        };
        let whole = Name::parse(reference).unwrap_or_else(|| unknown(reference));
        if let Some(why) = broken.get(&whole) {
            reasons.push(format!("the service {whole}: {why}"));
            return whole;
        }
        let place = draft.written.place_of("service");
        match follow("service", reference, &self.services, name, place, &mut self.findings) {
            Ok(found) => found,
            Err(why) => {
                reasons.push(why);
                whole
            }
        }
    }

    fn tls(&mut self, name: &Name, tls: &RouterTls, draft: &RouterDraft, reasons: &mut Vec<String>) -> Tls {
        let place = draft.written.place_of("tls.options").clone();
        let options =
            tls.options.as_deref().and_then(|options| self.tls_options(name, options, &place, reasons));
        Tls { resolver: tls.resolver.clone(), domains: tls.domains.clone(), options }
    }

    /// `default` needs not be declared, and has one provider only.
    fn tls_options(
        &mut self,
        name: &Name,
        reference: &str,
        place: &Place,
        reasons: &mut Vec<String>,
    ) -> Option<Name> {
        if reference.split('@').next() == Some("default") {
            return None;
        }
        let of_settings =
            self.inputs.tls_options.iter().map(|name| Name::new(name.as_str(), Provider::Porthole));
        let known: BTreeMap<Name, ()> =
            self.tls_options.keys().cloned().chain(of_settings).map(|name| (name, ())).collect();
        match follow("set of TLS options", reference, &known, name, place, &mut self.findings) {
            Ok(found) => Some(found),
            Err(why) => {
                reasons.push(why);
                None
            }
        }
    }

    /// Routers below others share their requests; without that they would take others'.
    fn say_parents(&mut self, name: &Name, draft: &RouterDraft, reasons: &mut Vec<String>) {
        if draft.written.value.parents.is_empty() {
            return;
        }
        let what = "`parentRefs` are not supported";
        let place = draft.written.place_of("parentRefs").clone();
        let instead = "write the parent's rule into this one, with &&";
        self.findings.push(Finding::error(place, what, instead).about(name));
        reasons.push(what.to_owned());
    }

    /// What the entrypoint adds to every router.
    fn apply_model(
        &mut self,
        router: &mut Router,
        facts: &super::super::EntrypointFacts,
        reasons: &mut Vec<String>,
    ) {
        let place = Place::Setting { key: format!("proxy.entrypoints.{}", facts.name).into(), line: 0 };
        let home = Name::new(router.name.name.clone(), Provider::Porthole);
        let mut first = self.follow_middlewares(&facts.middlewares, &home, &place, reasons);
        first.append(&mut router.middlewares);
        router.middlewares = first;
        if let (None, Some(tls)) = (&router.tls, &facts.tls) {
            let options =
                tls.options.as_deref().and_then(|options| self.tls_options(&home, options, &place, reasons));
            router.tls = Some(Tls { resolver: tls.resolver.clone(), domains: tls.domains.clone(), options });
        }
    }

    /// A resolver that there is not gets no certificate, but the default one serves.
    fn check_resolver(&mut self, router: &Router, draft: &RouterDraft) {
        let Some(resolver) = router.tls.as_ref().and_then(|tls| tls.resolver.as_ref()) else { return };
        if self.inputs.resolvers.contains(resolver) {
            return;
        }
        let what = format!("there is no resolver `{resolver}`; the default certificate is served instead");
        let instead = format!("write [proxy.acme.{resolver}] with email = \"…\" in the settings");
        let place = draft.written.place_of("tls.certResolver").clone();
        self.findings.push(Finding::error(place, what, instead).about(&router.name));
    }
}

/// However great a number is written, the page's own routers go before.
fn priority(name: &Name, written: &Written) -> i64 {
    match written.priority {
        0 => i64::try_from(written.rule.len()).unwrap_or(i64::MAX),
        priority if name.provider == Provider::Internal => priority,
        priority => priority.min(page::PRIORITY - 1),
    }
}

/// A router that asks for a certificate without saying which names wants those of its rule.
fn fill_domains(router: &mut Router) {
    let Some(tls) = router.tls.as_mut().filter(|tls| tls.domains.is_empty() && tls.resolver.is_some()) else {
        return;
    };
    let mut hosts = router.rule.iter().flat_map(|rule| rule.hosts()).map(str::to_owned);
    if let Some(main) = hosts.next() {
        tls.domains = vec![Domain { main, sans: hosts.collect() }];
    }
}
