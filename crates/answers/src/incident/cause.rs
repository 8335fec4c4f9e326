//! Why: the candidates, the surest first, each with what tells so.

use api::{Cause, Certainty, Millis, PartKind, Proof};
use model::Ordered as _;

use super::{Case, Tracked, headline};
use crate::links;
use crate::symptom::Detail;
use crate::words::{bytes, list, millis, span};

/// What it is that is to be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Deploy,
    Down,
    Memory,
    Crash,
    Query,
    Worker,
    Slower,
    More,
    Error,
    Renewal,
    Disk,
    Proxy,
}

pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) cause: Cause,
}

/// What came within so long after a deploy came with it.
const WITH_DEPLOY: Millis = 300_000;
const EVIDENCE_MAX: usize = 5;
/// Against the usual number of requests.
const SURGE: f64 = 3.0;

/// The likely cause.
pub(super) fn likely(case: &Case<'_>, _id: &str) -> Option<Found> {
    let candidates = [
        down_for_others(case),
        memory(case),
        worker(case),
        deploy(case),
        crash(case),
        query(case),
        proxy(case),
        died(case),
        piling(case),
        surge(case),
        error(case),
        certificate(case),
        disk(case),
    ];
    let mut best: Option<Found> = None;
    for found in candidates.into_iter().flatten() {
        if best.as_ref().is_none_or(|best| found.cause.certainty > best.cause.certainty) {
            best = Some(found);
        }
    }
    let mut best = best?;
    best.cause.evidence.truncate(EVIDENCE_MAX);
    Some(best)
}

fn found(kind: Kind, certainty: Certainty, text: String, evidence: Vec<Proof>) -> Option<Found> {
    Some(Found { kind, cause: Cause { text, certainty, evidence } })
}

fn proof(part: &Tracked) -> Proof {
    Proof { text: part.symptom.text.clone(), href: part.symptom.href.clone() }
}

fn own<'a>(case: &Case<'a>, is_it: impl Fn(&Detail) -> bool) -> Option<&'a Tracked> {
    case.own().find(|part| is_it(&part.symptom.detail))
}

/// Others cannot reach it: what happened to it is the cause, and that they name it the evidence.
fn down_for_others(case: &Case<'_>) -> Option<Found> {
    let who_suffers: Vec<String> = sufferers(case);
    let event = case.own().find(|part| part.symptom.kind == PartKind::Container)?;
    if who_suffers.is_empty() {
        return None;
    }
    let mut evidence = vec![proof(event)];
    evidence.extend(case.others().filter(|part| !part.symptom.said.is_empty()).map(proof));
    let text = format!(
        "{}; {} could not reach it and {} it in their errors.",
        event.symptom.text,
        list(&who_suffers),
        if who_suffers.len() == 1 { "names" } else { "name" },
    );
    let text = if who_suffers.len() == 1 { text.replace("in their errors", "in its errors") } else { text };
    found(Kind::Down, Certainty::Certain, text, evidence)
}

pub(super) fn sufferers(case: &Case<'_>) -> Vec<String> {
    let mut names: Vec<String> = case.others().map(|part| part.symptom.who.service.clone()).collect();
    names.order();
    names.dedup();
    names
}

fn memory(case: &Case<'_>) -> Option<Found> {
    let part = own(case, |detail| matches!(detail, Detail::OutOfMemory(_)))?;
    let limit = match part.symptom.detail {
        Detail::OutOfMemory(Some(limit)) => format!(" of {}", bytes(limit)),
        _ => String::new(),
    };
    let text = format!("It needed more memory than its limit{limit}, and the kernel ended it.");
    found(Kind::Memory, Certainty::Certain, text, with_deploy(case, vec![proof(part)]))
}

/// The deploy, where there was one, as one more thing that tells.
fn with_deploy(case: &Case<'_>, mut evidence: Vec<Proof>) -> Vec<Proof> {
    if let Some(deploy) = case.deploy {
        let who = &case.group.who;
        let text = format!("{}, {}", headline::deployed(&who.service, deploy), before(case, deploy.at));
        evidence.push(Proof { text, href: links::deploy(who, deploy.at) });
    }
    evidence
}

fn before(case: &Case<'_>, at: Millis) -> String {
    let seconds = (case.since - at) as f64 / 1e3;
    if seconds < 1.0 { "at that moment".to_owned() } else { format!("{} before", span(seconds)) }
}

fn worker(case: &Case<'_>) -> Option<Found> {
    let part = own(case, |detail| *detail == Detail::NoWorker)?;
    let event = case.own().find(|part| part.symptom.kind == PartKind::Container);
    let mut evidence: Vec<Proof> = event.into_iter().map(proof).collect();
    evidence.push(proof(part));
    let (certainty, text) = match event {
        Some(event) => (Certainty::Certain, format!("The worker is gone: {}.", event.symptom.text)),
        None => (
            Certainty::Likely,
            "No worker was heard of: it hangs, or has lost its broker, though its container runs.".to_owned(),
        ),
    };
    found(Kind::Worker, certainty, text, with_deploy(case, evidence))
}

fn deploy(case: &Case<'_>) -> Option<Found> {
    let deploy = case.deploy?;
    let who = &case.group.who;
    let came_with = |at: Millis| (-60_000..=WITH_DEPLOY).contains(&(at - deploy.at));
    let new: Vec<&Tracked> = case
        .own()
        .filter(|part| match &part.symptom.detail {
            Detail::Issue { first, .. } => *first >= deploy.at - 5_000,
            Detail::CrashLoop(_) | Detail::Died(..) => came_with(part.since),
            Detail::None => part.symptom.kind == PartKind::Pattern && part.since >= deploy.at - 5_000,
            _ => false,
        })
        .collect();
    let certainty = match (came_with(case.since), new.is_empty()) {
        (true, false) => Certainty::Certain,
        (true, true) | (false, false) => Certainty::Likely,
        (false, true) => Certainty::Possible,
    };
    let text = format!("{}, {}.", headline::deployed(&who.service, deploy), before(case, deploy.at));
    let mut evidence = with_deploy(case, Vec::new());
    evidence.extend(new.into_iter().map(|part| {
        let what = format!("Since then: {}", part.symptom.text);
        Proof { text: what, href: part.symptom.href.clone() }
    }));
    found(Kind::Deploy, certainty, text, evidence)
}

fn crash(case: &Case<'_>) -> Option<Found> {
    let part = own(case, |detail| matches!(detail, Detail::CrashLoop(_)))?;
    let Detail::CrashLoop(last) = &part.symptom.detail else { return None };
    let words = if last.is_empty() { String::new() } else { format!(" Its last line: {last}") };
    let text = format!("It ends soon after it is started, and its restart policy starts it again.{words}");
    found(Kind::Crash, Certainty::Certain, text, vec![proof(part)])
}

fn died(case: &Case<'_>) -> Option<Found> {
    let part = case.own().find(|part| part.symptom.kind == PartKind::Container)?;
    let words = match &part.symptom.detail {
        Detail::Died(_, last) if !last.is_empty() => format!(" Its last line: {last}"),
        _ => String::new(),
    };
    found(Kind::Down, Certainty::Certain, format!("{}.{words}", part.symptom.text), vec![proof(part)])
}

fn query(case: &Case<'_>) -> Option<Found> {
    own(case, |detail| matches!(detail, Detail::Slow { .. }))?;
    let slow = case.service?.slowness.as_ref()?;
    let share = slow.step_ms / slow.total_ms.max(1.0);
    let times = if slow.times > 1 { format!(" ({} times)", slow.times) } else { String::new() };
    let what = if slow.op.starts_with("db") { "A query is slow" } else { "One step is slow" };
    let text = format!(
        "{what}: {} of {} of {} go to {}{times}.",
        millis(slow.step_ms),
        millis(slow.total_ms),
        slow.transaction,
        slow.step
    );
    let evidence = vec![Proof {
        text: format!(
            "An example of {}: {} takes {}{times}",
            slow.transaction,
            slow.step,
            millis(slow.step_ms)
        ),
        href: format!("/performance/examples/{}", slow.example),
    }];
    let certainty = if share >= 0.5 { Certainty::Certain } else { Certainty::Possible };
    found(Kind::Query, certainty, text, with_deploy(case, evidence))
}

/// The proxy could not reach the service, or was told not to.
fn proxy(case: &Case<'_>) -> Option<Found> {
    let part = own(case, |detail| matches!(detail, Detail::Failing(failing) if !failing.why.is_empty()))?;
    let Detail::Failing(failing) = &part.symptom.detail else { return None };
    let what = match failing.why.as_str() {
        "no_server" => "no container of it takes requests",
        "connect_refused" => "its container runs, but nothing listens at the port that requests are sent to",
        why if why.starts_with("connect_") => "it cannot be connected to",
        "upstream_timeout" => "it does not answer in time",
        "upstream_closed" | "upstream_cut" => "it closes connections before it has answered",
        "broken_router" => "its route is not written well",
        _ => return None,
    };
    let text = format!("The proxy answers in its place: {what} ({}).", failing.why);
    found(Kind::Proxy, Certainty::Likely, text, vec![proof(part)])
}

fn piling(case: &Case<'_>) -> Option<Found> {
    let part = own(case, |detail| matches!(detail, Detail::Piling(_)))?;
    let Detail::Piling(ended) = part.symptom.detail else { return None };
    let done =
        ended.map(|ended| format!(": {} are done in a minute", (ended * 60.0).round())).unwrap_or_default();
    let text = format!("More tasks are sent than its workers do{done}.");
    found(Kind::More, Certainty::Likely, text, with_deploy(case, vec![proof(part)]))
}

fn surge(case: &Case<'_>) -> Option<Found> {
    let (requests, usual) = case.own().find_map(|part| match &part.symptom.detail {
        Detail::Failing(failing) => Some((failing.requests, failing.usual_requests)),
        Detail::Slow { requests, usual_requests, .. } => Some((*requests, *usual_requests)),
        _ => None,
    })?;
    if usual < 1.0 || requests < usual * SURGE {
        return None;
    }
    let text =
        format!("It gets {:.0} times as many requests as usual: {requests:.0} a minute.", requests / usual);
    found(Kind::Slower, Certainty::Possible, text, Vec::new())
}

/// An error of its own, where nothing else tells.
fn error(case: &Case<'_>) -> Option<Found> {
    let part = own(case, |detail| matches!(detail, Detail::Issue { .. }))
        .or_else(|| case.own().find(|part| part.symptom.kind == PartKind::Pattern))?;
    let text = match &part.symptom.detail {
        Detail::Issue { title, culprit, short_id, .. } if !culprit.is_empty() => {
            format!("{title} in {culprit} ({short_id}).")
        }
        _ => format!("{}.", part.symptom.text),
    };
    found(Kind::Error, Certainty::Likely, text, vec![proof(part)])
}

fn certificate(case: &Case<'_>) -> Option<Found> {
    let part = own(case, |detail| matches!(detail, Detail::Certificate { .. }))?;
    let Detail::Certificate { failure, resolver, place, .. } = &part.symptom.detail else { return None };
    let (certainty, text) = match (resolver.as_str(), failure.as_str()) {
        ("", _) => (Certainty::Certain, format!("Nobody renews it by itself; it is served from {place}.")),
        (resolver, "") => {
            (Certainty::Likely, format!("{resolver} should have renewed it by now and has not."))
        }
        (resolver, failure) => (Certainty::Certain, format!("{resolver} cannot renew it: {failure}")),
    };
    found(Kind::Renewal, certainty, text, vec![proof(part)])
}

fn disk(case: &Case<'_>) -> Option<Found> {
    let part = own(case, |detail| matches!(detail, Detail::Disk { .. }))?;
    let Detail::Disk { writers, mount } = &part.symptom.detail else { return None };
    let told = writers.iter().map(|(name, rate)| Proof {
        text: format!("{name} writes {} a second", bytes(*rate)),
        href: String::new(),
    });
    let evidence: Vec<Proof> = std::iter::once(proof(part)).chain(told).collect();
    let text = match writers.first() {
        Some((name, rate)) => format!("{mount} fills up; {name} writes most: {} a second.", bytes(*rate)),
        None => format!("{mount} fills up; who writes there is not known."),
    };
    found(Kind::Disk, Certainty::Possible, text, evidence)
}
