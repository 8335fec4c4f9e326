//! From symptoms to incidents: those of one service and time are one, and those of services that name another that is
//! down are that one's.

mod advice;
mod blame;
mod cause;
mod headline;

use std::collections::BTreeMap;

use api::{Harm, Incident, IncidentPart, Millis, PartKind, Severity};
use model::Ordered as _;

use crate::links;
use crate::seen::{Deploy, Seen, Service, Who};
use crate::symptom::{Detail, Grip, Symptom};

/// A deploy so long before is worth a look.
const DEPLOY_BEFORE: Millis = 1_800_000;
/// Clocks of containers and of what is counted differ a little.
const DEPLOY_AFTER: Millis = 60_000;
/// What explains may have begun so long before.
const EXPLAINS_BEFORE: Millis = 900_000;
const PARTS_MAX: usize = 20;

/// A symptom from its first look to its last.
#[derive(Clone, Debug)]
pub(crate) struct Tracked {
    /// As it was seen last.
    pub(crate) symptom: Symptom,
    pub(crate) since: Millis,
    pub(crate) seen: Millis,
    /// Since when it could open an incident.
    pub(crate) opening: Option<Millis>,
    pub(crate) open: bool,
}

/// What belongs together: a service's failures; each certificate and each disk by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Group {
    pub(crate) who: Who,
    pub(crate) family: PartKind,
    pub(crate) of: String,
}

impl Group {
    /// Kinds that are an incident together are named by their first.
    pub(crate) fn family(kind: PartKind) -> PartKind {
        match kind {
            PartKind::Certificate | PartKind::Disk => kind,
            _ => PartKind::Container,
        }
    }

    fn of(symptom: &Symptom) -> Self {
        let family = Self::family(symptom.kind);
        let of = if family == PartKind::Container { String::new() } else { symptom.about.clone() };
        Self { who: symptom.who.clone(), family, of }
    }
}

/// An incident that is being put together.
pub(crate) struct Case<'a> {
    pub(crate) group: Group,
    /// Groups that became part of it.
    pub(crate) members: Vec<Group>,
    /// Its own symptoms, then those of who suffers with it.
    pub(crate) parts: Vec<&'a Tracked>,
    pub(crate) since: Millis,
    pub(crate) service: Option<&'a Service>,
    pub(crate) deploy: Option<&'a Deploy>,
    /// It went away a little while ago, and others name it: what they say of it counts, however seldom.
    pub(crate) is_missed: bool,
}

impl<'a> Case<'a> {
    /// Its own symptoms that opened it.
    pub(crate) fn own(&self) -> impl Iterator<Item = &'a Tracked> + '_ {
        self.parts.iter().copied().filter(|part| self.is_own(part))
    }

    /// Whether a part makes it an incident.
    pub(crate) fn counts(&self, part: &Tracked) -> bool {
        part.open || self.is_missed && part.symptom.grip >= Grip::Holds
    }

    fn is_own(&self, part: &Tracked) -> bool {
        // An alert about it may be named otherwise.
        part.symptom.kind == PartKind::Alert
            || part.symptom.who == self.group.who
            || self.group.family != PartKind::Container
    }

    /// What others suffer.
    pub(crate) fn others(&self) -> impl Iterator<Item = &'a Tracked> + '_ {
        self.parts.iter().copied().filter(|part| !self.is_own(part))
    }
}

/// All incidents that there are now.
pub(crate) fn grouped<'a>(tracked: &'a BTreeMap<(Who, String), Tracked>, seen: &'a Seen) -> Vec<Case<'a>> {
    let mut groups: BTreeMap<Group, Vec<&Tracked>> = BTreeMap::new();
    for one in tracked.values().filter(|one| one.symptom.kind != PartKind::Alert) {
        groups.entry(Group::of(&one.symptom)).or_default().push(one);
    }
    // An alert about a disk, a certificate or an issue is part of that one's incident, where there is one.
    for one in tracked.values().filter(|one| one.symptom.kind == PartKind::Alert) {
        let about = &one.symptom.about;
        let is_it = |(group, parts): &(&Group, &Vec<&Tracked>)| {
            let is_issue = |part: &&Tracked| match &part.symptom.detail {
                Detail::Issue { short_id, .. } => short_id == about,
                _ => false,
            };
            !about.is_empty() && (group.of == *about || parts.iter().any(is_issue))
        };
        let same = groups.iter().find(is_it).map(|(group, _)| group.clone());
        groups.entry(same.unwrap_or_else(|| Group::of(&one.symptom))).or_default().push(one);
    }
    let roots = blame::roots(&groups, seen);
    let mut cases: BTreeMap<Group, Case<'a>> = BTreeMap::new();
    // The root's own parts come first.
    let (blaming, own): (Vec<_>, Vec<_>) = groups.iter().partition(|(group, _)| roots.contains_key(*group));
    for (group, parts) in own.into_iter().chain(blaming) {
        let root = roots.get(group).unwrap_or(group);
        let case = cases.entry(root.clone()).or_insert_with(|| Case {
            group: root.clone(),
            members: Vec::new(),
            parts: Vec::new(),
            since: 0,
            service: seen.services.iter().find(|service| service.who == root.who),
            deploy: None,
            is_missed: false,
        });
        case.parts.extend(parts);
        if group != root {
            case.members.push(group.clone());
        }
    }
    let mut cases: Vec<Case<'a>> = cases.into_values().collect();
    for case in &mut cases {
        case.is_missed = is_missed(case, seen.at);
    }
    cases.retain(|case| case.parts.iter().any(|part| case.counts(part)));
    for case in &mut cases {
        case.since = since(case);
        case.deploy = deploy(case);
        let (first, last) = (case.since - EXPLAINS_BEFORE, case.since);
        case.parts.retain(|part| {
            part.open || part.symptom.grip > Grip::Supports || part.since >= first || part.since > last
        });
    }
    cases.order_by_key(|case| std::cmp::Reverse(severity(case)));
    cases
}

/// Whether it went away lately while others name it in their errors.
fn is_missed(case: &Case<'_>, at: Millis) -> bool {
    let is_gone =
        |part: &Tracked| part.symptom.kind == PartKind::Container && at - part.since <= EXPLAINS_BEFORE;
    !case.members.is_empty() && case.own().any(is_gone)
}

/// Since the first that opened it, or since what explains it shortly before.
fn since(case: &Case<'_>) -> Millis {
    let first =
        case.parts.iter().filter(|part| case.counts(part)).map(|part| part.since).min().unwrap_or_default();
    let explains =
        case.parts.iter().filter(|part| !case.counts(part) && part.symptom.kind == PartKind::Container);
    let earlier = explains.map(|part| part.since).filter(|at| *at >= first - EXPLAINS_BEFORE).min();
    earlier.map_or(first, |at| at.min(first))
}

/// The root's own last deploy, where it can have to do with it.
fn deploy<'a>(case: &Case<'a>) -> Option<&'a Deploy> {
    if case.group.family != PartKind::Container {
        return None;
    }
    let deploy = case.service?.deploy.as_ref()?;
    let before = case.since - deploy.at;
    (-DEPLOY_AFTER..=DEPLOY_BEFORE).contains(&before).then_some(deploy)
}

fn severity(case: &Case<'_>) -> Severity {
    let counting = case.parts.iter().filter(|part| case.counts(part));
    counting.map(|part| part.symptom.severity).max().unwrap_or_default()
}

/// The incident; `old` is what it was at the last look.
pub(crate) fn put_together(case: &Case<'_>, seen: &Seen, old: Option<&Incident>) -> Incident {
    let who = &case.group.who;
    let since = old.map_or(case.since, |old| old.since.min(case.since));
    let id = old.map_or_else(|| name(&case.group, since), |old| old.id.clone());
    let what = headline::what(case);
    let cause = cause::likely(case, &id);
    let mut how_bad = headline::how_bad(case);
    if let Some(old) = old {
        how_bad.users = how_bad.users.max(old.how_bad.users);
    }
    Incident {
        do_now: advice::steps(case, cause.as_ref()),
        cause: cause.map(|found| found.cause),
        id,
        service: who.service.clone(),
        project: who.project.clone(),
        environment: who.environment.clone(),
        severity: severity(case),
        what,
        since,
        ended: None,
        how_bad,
        parts: parts(case, seen.at),
    }
}

fn parts(case: &Case<'_>, at: Millis) -> Vec<IncidentPart> {
    let mut parts: Vec<IncidentPart> = case.parts.iter().map(|tracked| part(case, tracked, at)).collect();
    parts.order_by_key(|part| (!part.on, part.at));
    parts.truncate(PARTS_MAX);
    if let Some(deploy) = case.deploy {
        parts.push(IncidentPart {
            kind: PartKind::Deploy,
            at: deploy.at,
            service: case.group.who.service.clone(),
            text: headline::deployed(&case.group.who.service, deploy),
            href: links::deploy(&case.group.who, deploy.at),
            on: false,
        });
    }
    parts.order_by_key(|part| part.at);
    parts
}

fn part(case: &Case<'_>, tracked: &Tracked, at: Millis) -> IncidentPart {
    let symptom = &tracked.symptom;
    let who = if case.is_own(tracked) { &case.group.who } else { &symptom.who };
    IncidentPart {
        kind: symptom.kind,
        at: tracked.since,
        service: who.service.clone(),
        text: symptom.text.clone(),
        href: symptom.href.clone(),
        on: tracked.seen == at,
    }
}

/// Names an incident: the same for the same beginning.
fn name(group: &Group, since: Millis) -> String {
    let who = &group.who;
    let text = format!("{}/{}/{}/{}/{since}", who.environment, who.project, who.service, group.of);
    // FNV-1a: it must be the same in every run, and need not be safe.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:012x}", hash & 0xffff_ffff_ffff)
}

/// Nothing is known to be bad.
pub(crate) fn harmless() -> Harm {
    Harm::default()
}
