//! The services of all projects together. Names count across them all, though their authors seldom think of that: two
//! copies of a compose file both have a router `web`. Where what they declare is equal it is one; else the first by
//! project and service keeps the name, and the other's gets its own appended, with a warning. Traefik drops both.

use std::collections::{BTreeMap, BTreeSet};

use super::group::{Group, same_options, tidy};
use crate::declared::Middleware;
use crate::finding::Finding;
use crate::name::{Name, Provider};
use crate::node::Place;
use crate::normalize::normalize;
use crate::plan::draft::{Draft, ServiceDraft, ServiceKindDraft};

/// Adds the groups, which are sorted by project and service.
pub(super) fn add(draft: &mut Draft, groups: Vec<Group>) {
    let mut merge = Merge { holders: Holders::default(), draft };
    let renamed = merge.rename(&groups);
    for (index, (group, renamed)) in groups.iter().zip(&renamed).enumerate() {
        merge.add(index, group, &groups, renamed);
    }
    for service in merge.draft.services.values_mut() {
        tidy(service);
    }
}

/// Which group has a name.
#[derive(Default)]
struct Holders {
    routers: BTreeMap<String, usize>,
    services: BTreeMap<String, usize>,
    middlewares: BTreeMap<String, usize>,
}

struct Merge<'d> {
    holders: Holders,
    draft: &'d mut Draft,
}

/// What names have become, of those that had to change.
#[derive(Clone, Default)]
struct Renamed {
    services: BTreeMap<String, String>,
    middlewares: BTreeMap<String, String>,
}

impl Renamed {
    /// With what other services of the same project declare, where the group does not itself: two copies of a project
    /// keep to themselves.
    fn with(&self, group: &Group, groups: &[Group], all: &[Self]) -> Self {
        let mut wider = self.clone();
        let siblings = groups.iter().zip(all).filter(|(other, _)| {
            !group.project.is_empty() && other.project == group.project && other.service != group.service
        });
        let mut known_middlewares: BTreeSet<&String> = group.middlewares.keys().collect();
        let mut known_services: BTreeSet<&String> = group.services.keys().collect();
        for (other, renamed) in siblings {
            for name in other.middlewares.keys().filter(|name| known_middlewares.insert(name)) {
                let own = renamed.middlewares.get(name).map(|own| (name.clone(), own.clone()));
                wider.middlewares.extend(own);
            }
            for name in other.services.keys().filter(|name| known_services.insert(name)) {
                let own = renamed.services.get(name).map(|own| (name.clone(), own.clone()));
                wider.services.extend(own);
            }
        }
        wider
    }

    fn write_into(&self, middleware: &mut Middleware) {
        match middleware {
            Middleware::Chain(links) => rewrite(links, &self.middlewares),
            Middleware::Errors(pages) => rewrite_one(&mut pages.service, &self.services),
            _ => {}
        }
    }
}

impl Merge<'_> {
    /// For each group what the names that it uses have become.
    fn rename(&mut self, groups: &[Group]) -> Vec<Renamed> {
        let mut renamed = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            renamed.push(Renamed {
                middlewares: self.rename_middlewares(index, group, groups),
                services: self.rename_services(index, group, groups),
            });
        }
        loop {
            let all: Vec<Renamed> =
                groups.iter().zip(&renamed).map(|(group, own)| own.with(group, groups, &renamed)).collect();
            let more = self.rename_what_refers(groups, &all);
            if more.is_empty() {
                return all;
            }
            for (index, name) in more {
                let own_name = own_name(&name, &groups[index]);
                renamed[index].middlewares.insert(name, own_name);
            }
        }
    }

    /// A chain that is written alike in two groups is not the same if what it holds is not.
    fn rename_what_refers(&self, groups: &[Group], all: &[Renamed]) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            for (name, middleware) in &group.middlewares {
                let holder = self.holders.middlewares.get(name).copied().unwrap_or(index);
                let (mut here, mut there) = (middleware.value.clone(), middleware.value.clone());
                all[index].write_into(&mut here);
                all[holder].write_into(&mut there);
                if here != there && !all[index].middlewares.contains_key(name) {
                    found.push((index, name.clone()));
                }
            }
        }
        found
    }

    fn add(&mut self, index: usize, group: &Group, groups: &[Group], renamed: &Renamed) {
        for (name, middleware) in &group.middlewares {
            let own = renamed.middlewares.get(name).unwrap_or(name);
            let whole = Name::new(own.as_str(), Provider::Docker);
            let mut middleware = middleware.clone();
            renamed.write_into(&mut middleware.value);
            self.draft.middlewares.entry(whole).or_insert(middleware);
        }
        for (name, service) in &group.services {
            self.add_service(renamed.services.get(name).unwrap_or(name), service, renamed);
        }
        self.add_routers(index, group, groups, renamed);
    }

    fn rename_middlewares(
        &mut self,
        index: usize,
        group: &Group,
        groups: &[Group],
    ) -> BTreeMap<String, String> {
        let mut renamed = BTreeMap::new();
        for (name, middleware) in &group.middlewares {
            let holder = *self.holders.middlewares.entry(name.clone()).or_insert(index);
            let known = groups[holder].middlewares.get(name);
            if known.is_some_and(|known| known.value != middleware.value) {
                let own = own_name(name, group);
                self.say(("middleware", name), &own, middleware.place(), (&groups[holder], DROPPED));
                renamed.insert(name.clone(), own);
            }
        }
        renamed
    }

    fn rename_services(&mut self, index: usize, group: &Group, groups: &[Group]) -> BTreeMap<String, String> {
        let mut renamed = BTreeMap::new();
        for (name, service) in &group.services {
            let holder = *self.holders.services.entry(name.clone()).or_insert(index);
            if holder != index && !is_one_service(name, &groups[holder], group) {
                let own = own_name(name, group);
                let is_equal = same_options(&groups[holder].services[name], service);
                let elsewhere = if is_equal { MIXED } else { DROPPED };
                self.say(("service", name), &own, &service.node.place, (&groups[holder], elsewhere));
                renamed.insert(name.clone(), own);
            }
        }
        renamed
    }

    fn add_service(&mut self, name: &str, service: &ServiceDraft, renamed: &Renamed) {
        let whole = Name::new(name, Provider::Docker);
        if let Some(known) = self.draft.services.get_mut(&whole) {
            return known.servers.extend(service.servers.iter().cloned());
        }
        let mut service = service.clone();
        if let ServiceKindDraft::Declared(declared) = &mut service.kind {
            rewrite(&mut declared.middlewares, &renamed.middlewares);
        }
        self.draft.services.insert(whole, service);
    }

    fn add_routers(&mut self, index: usize, group: &Group, groups: &[Group], renamed: &Renamed) {
        for (name, router) in &group.routers {
            let holder = *self.holders.routers.entry(name.clone()).or_insert(index);
            let known = &groups[holder].routers[name];
            let mut router = router.clone();
            let is_same = known.written.value == router.written.value;
            rewrite(&mut router.written.value.middlewares, &renamed.middlewares);
            if let Some(service) = &mut router.written.value.service {
                rewrite_one(service, &renamed.services);
            }
            let own = if is_same { name.clone() } else { own_name(name, group) };
            if !is_same {
                self.say(("router", name), &own, router.written.place(), (&groups[holder], DROPPED));
            }
            let whole = Name::new(own.as_str(), Provider::Docker);
            match self.draft.routers.get_mut(&whole) {
                Some(known) => known.at_rest &= router.at_rest,
                None => {
                    self.draft.routers.insert(whole, router);
                }
            }
        }
    }

    fn say(
        &mut self,
        (kind, name): (&str, &str),
        own: &str,
        place: &Place,
        (holder, elsewhere): (&Group, &str),
    ) {
        let by = if holder.project.is_empty() {
            format!("the container {}", holder.service)
        } else {
            format!("the service {} of the project {}", holder.service, holder.project)
        };
        let what = format!(
            "{by} has another {kind} `{name}` too; both are kept, and this one is called `{own}`, where Traefik would {elsewhere}"
        );
        let instead = format!("give the {kind} a name of its own");
        let name = Name::new(own, Provider::Docker);
        self.draft.findings.push(Finding::warning(place.clone(), what, instead).about(&name));
    }
}

/// What Traefik does with what differs, and with services that are equal.
const DROPPED: &str = "drop both";
const MIXED: &str = "send requests for the one to the other";

/// Whether two groups mean one service by a name: replicas of it if they share a router to it, or if what they say of it
/// is equal and at most one of them has routers to it. Two copies of a project that call it the same are two services.
fn is_one_service(name: &str, a: &Group, b: &Group) -> bool {
    let routers = |group: &Group| -> BTreeSet<String> {
        let routers = group.routers.iter().filter(|(_, router)| !router.implicit);
        let to_it = routers.filter(|(_, router)| leads_to(router.written.value.service.as_deref(), name));
        to_it.map(|(router, _)| router.clone()).collect()
    };
    let (of_a, of_b) = (routers(a), routers(b));
    let is_shared = |router: &String| a.routers[router].written.value == b.routers[router].written.value;
    if of_a.intersection(&of_b).any(is_shared) {
        return true;
    }
    same_options(&a.services[name], &b.services[name]) && (of_a.is_empty() || of_b.is_empty())
}

fn leads_to(reference: Option<&str>, name: &str) -> bool {
    reference.is_some_and(|reference| reference.strip_suffix("@docker").unwrap_or(reference) == name)
}

fn own_name(name: &str, group: &Group) -> String {
    format!("{name}-{}", normalize(&format!("{} {}", group.service, group.project)))
}

fn rewrite(references: &mut [String], renamed: &BTreeMap<String, String>) {
    references.iter_mut().for_each(|reference| rewrite_one(reference, renamed));
}

fn rewrite_one(reference: &mut String, renamed: &BTreeMap<String, String>) {
    let bare = reference.strip_suffix("@docker").unwrap_or(reference);
    if let Some(own) = renamed.get(bare) {
        *reference = format!("{own}@docker");
    }
}
