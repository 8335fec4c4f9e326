//! What broke and how bad it is, from the part that tells most.

use api::{Harm, PartKind};

use super::{Case, Tracked, harmless};
use crate::seen::Deploy;
use crate::symptom::Detail;

/// The kinds from what people feel to what only machines see.
fn rank(kind: PartKind) -> u8 {
    match kind {
        // They are incidents of their own, beside alerts about them.
        PartKind::Errors | PartKind::Certificate | PartKind::Disk => 0,
        PartKind::Container => 1,
        PartKind::Queue => 2,
        PartKind::Probe => 3,
        PartKind::Slow => 4,
        PartKind::Monitor => 5,
        PartKind::Issue => 6,
        PartKind::Alert => 7,
        PartKind::Pattern => 8,
        PartKind::Target | PartKind::Deploy => 9,
    }
}

/// The part that is told first.
pub(super) fn top<'a>(case: &Case<'a>) -> Option<&'a Tracked> {
    let own = case.own().filter(|part| part.open || case.others().next().is_some());
    own.min_by_key(|part| (rank(part.symptom.kind), std::cmp::Reverse(part.symptom.severity), part.since))
}

/// What broke.
pub(super) fn what(case: &Case<'_>) -> String {
    let Some(top) = top(case) else { return case.group.who.service.clone() };
    let service = &case.group.who.service;
    let subject = |path: &str| if path.is_empty() { service.clone() } else { format!("{path} of {service}") };
    match &top.symptom.detail {
        Detail::Failing(failing) => format!("{} fails", subject(&failing.path)),
        Detail::Slow { path, .. } => format!("{} is slow", subject(path)),
        Detail::OutOfMemory(_) => format!("{service} runs out of memory"),
        Detail::CrashLoop(_) => format!("{service} crashes again and again"),
        Detail::Died(..) if top.symptom.harm.text.starts_with("No container") => format!("{service} is down"),
        Detail::Died(..) => format!("a container of {service} died"),
        Detail::Stopped => format!("{service} is stopped"),
        Detail::Unhealthy => format!("{service} is unhealthy"),
        Detail::Issue { title, culprit, .. } if culprit.is_empty() => format!("{service} throws {title}"),
        Detail::Issue { title, culprit, .. } => format!("{service} throws {title} in {culprit}"),
        Detail::NoWorker => format!("no worker takes tasks from {}", queue(top)),
        Detail::Piling(_) => format!("tasks pile up in {}", queue(top)),
        Detail::NoBroker => format!("the broker of {service} does not answer"),
        Detail::TasksFail => format!("tasks of {service} fail"),
        Detail::Disk { mount, .. } => format!("the disk {mount} of {service} fills up"),
        Detail::None if top.symptom.kind == PartKind::Pattern => format!("{service} logs errors"),
        Detail::None | Detail::Alert(_) | Detail::Certificate { .. } => top.symptom.text.clone(),
    }
}

/// The queue's name is the last word of the key.
fn queue(top: &Tracked) -> &str {
    top.symptom.key.rsplit(' ').next().unwrap_or_default()
}

/// How bad it is: of the part that is told first, with users and tasks of all parts.
pub(super) fn how_bad(case: &Case<'_>) -> Harm {
    let mut harm = top(case).map_or_else(harmless, |top| top.symptom.harm.clone());
    let felt = case.others().filter(|part| case.counts(part)).min_by_key(|part| rank(part.symptom.kind));
    if let Some(felt) = felt {
        let said = &felt.symptom.harm;
        harm.text = format!("{}; {}: {}", harm.text, felt.symptom.who.service, said.text);
        harm.requests = harm.requests.or(said.requests);
        harm.share = harm.share.or(said.share);
        harm.against_usual = harm.against_usual.or(said.against_usual);
    }
    let of_all = |number: fn(&Harm) -> Option<u64>| {
        case.parts.iter().filter_map(|part| number(&part.symptom.harm)).max()
    };
    harm.users = of_all(|harm| harm.users);
    harm.tasks = of_all(|harm| harm.tasks).filter(|tasks| *tasks > 0);
    harm
}

/// A deploy in words.
pub(super) fn deployed(service: &str, deploy: &Deploy) -> String {
    if deploy.before.is_empty() || deploy.before == deploy.image {
        return format!("{service} was deployed: a new build of {}", deploy.image);
    }
    format!("{service} was deployed: {} in place of {}", deploy.image, deploy.before)
}
