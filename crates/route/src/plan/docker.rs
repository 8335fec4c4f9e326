//! Labels of containers to routers and services, by Traefik's rules where those help, and by these where they do not:
//! what is wrong in one label costs that label and not the container; one-off containers are left out; containers that
//! are starting, unhealthy or stopped keep their routers; a container in several networks is reached in one that is
//! chosen by rule; names that are taken are made different instead of being lost for all.

mod group;
mod merge;
mod part;

use std::collections::BTreeMap;

use model::Ordered as _;
use model::Workload;

use super::constraint::Constraint;
use super::default_rule::DefaultRule;
use super::draft::Draft;
use super::inputs::Inputs;
use super::reach::Reach;
use crate::finding::Finding;
use crate::node::Place;
use group::Group;
use part::Part;

/// Adds what the labels of all containers declare.
pub(super) fn add(draft: &mut Draft, inputs: &Inputs<'_>, reach: &Reach<'_>) {
    let constraint = Constraint::parse(&inputs.docker.constraints).unwrap_or_else(|why| {
        draft.findings.push(bad_constraints(why));
        Constraint::None
    });
    let default_rule = DefaultRule::parse(&inputs.docker.default_rule);
    let mut containers: Vec<&Workload> = inputs.containers.iter().collect();
    containers.order_by(|a, b| (&a.identity.container, &a.id).cmp(&(&b.identity.container, &b.id)));
    let mut groups: BTreeMap<(&str, &str), Vec<Part<'_>>> = BTreeMap::new();
    for container in containers {
        let builder = part::Builder {
            container,
            options: inputs.docker,
            constraint: &constraint,
            default_rule: &default_rule,
            reach,
            findings: &mut draft.findings,
        };
        if let Some(part) = builder.build() {
            let identity = &container.identity;
            groups.entry((&identity.project, &identity.service)).or_default().push(part);
        }
    }
    let groups = groups.into_values().map(|parts| Group::of(parts, &mut draft.findings)).collect();
    merge::add(draft, groups);
}

/// An expression that cannot be read lets nobody in: it was written to keep somebody out.
fn bad_constraints(why: String) -> Finding {
    let place = Place::Setting { key: "proxy.constraints".into(), line: 0 };
    Finding::error(
        place,
        format!("no container is routed to: {why}"),
        "write Label(`key`,`value`) with &&, || and !",
    )
}
