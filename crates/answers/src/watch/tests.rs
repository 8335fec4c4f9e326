//! Situations from `testdata/incidents.json`: what is seen for how long, and what is then said of it.

use api::{Certainty, Incident, PartKind, RunState, Severity};
use serde::Deserialize;

use super::*;
use crate::sentence::{Calm, sentence};

/// Between two looks.
const EVERY: Millis = 5_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Situation {
    name: String,
    steps: Vec<Step>,
    sentence: String,
    incidents: Vec<Expected>,
}

/// What is seen for so many seconds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    r#for: Millis,
    seen: Seen,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Expected {
    service: String,
    severity: Severity,
    certainty: Certainty,
    cause: String,
    /// Of the first step that has one.
    command: String,
    parts: Vec<PartKind>,
}

fn situations() -> Vec<Situation> {
    serde_json::from_str(include_str!("../../testdata/incidents.json")).expect("situations")
}

fn calm(seen: &Seen) -> Calm {
    let traffic: Vec<_> = seen.services.iter().flat_map(|service| &service.traffic).collect();
    let requests: u64 = traffic.iter().map(|one| one.requests).sum();
    let failed: u64 = traffic.iter().map(|one| one.failed).sum();
    let runs =
        |service: &&crate::seen::Service| service.containers.iter().any(|one| one.state == RunState::Running);
    Calm {
        running: seen.services.iter().filter(runs).count() as u64,
        per_minute: (requests > 0).then_some(requests as f64),
        failed: failed as f64 / (requests as f64).max(1.0),
    }
}

/// Looks at all of it; gives what was open at the end, and what ended.
fn watched(watch: &mut Watch, steps: &[Step]) -> (Vec<Incident>, Option<Incident>, Calm) {
    let (mut at, mut open, mut last, mut at_rest) = (0, Vec::new(), None, Calm::default());
    for step in steps {
        let until = at + step.r#for * 1_000;
        while at <= until {
            let looked = watch.look(&Seen { at, ..step.seen.clone() });
            open = looked.open;
            last = looked.ended.into_iter().next_back().or(last);
            at += EVERY;
        }
        at_rest = calm(&step.seen);
    }
    (open, last, at_rest)
}

#[test]
fn situations_are_told_as_they_are() {
    for situation in situations() {
        let name = &situation.name;
        let (open, last, calm) = watched(&mut Watch::default(), &situation.steps);
        assert_eq!(sentence(&open, last.as_ref(), calm).text, situation.sentence, "{name}");
        assert_eq!(open.len(), situation.incidents.len(), "{name}: {open:#?}");
        for (incident, expected) in open.iter().zip(&situation.incidents) {
            check(name, incident, expected);
        }
    }
}

fn check(name: &str, incident: &Incident, expected: &Expected) {
    assert_eq!((&incident.service, incident.severity), (&expected.service, expected.severity), "{name}");
    let cause = incident.cause.clone().unwrap_or_default();
    assert_eq!(
        (cause.text.as_str(), cause.certainty),
        (expected.cause.as_str(), expected.certainty),
        "{name}"
    );
    let parts: Vec<PartKind> = incident.parts.iter().map(|part| part.kind).collect();
    assert_eq!(parts, expected.parts, "{name}: {:#?}", incident.parts);
    assert!(!incident.do_now.is_empty() || cause.text.is_empty(), "{name}: nothing to do");
    let command =
        incident.do_now.iter().map(|step| step.command.as_str()).find(|command| !command.is_empty());
    if !expected.command.is_empty() {
        assert_eq!(command, Some(expected.command.as_str()), "{name}");
    }
}

#[test]
fn an_incident_keeps_its_name_over_looks_and_runs() {
    let all = situations();
    let bad = all.iter().find(|situation| situation.name.starts_with("a bad deploy")).expect("one");
    let mut watch = Watch::default();
    let (first, ..) = watched(&mut watch, &bad.steps);
    let (second, ..) = watched(&mut Watch::with(first.clone()), &bad.steps);
    assert_eq!((&first[0].id, first[0].since), (&second[0].id, second[0].since));
    // Nothing shows it any more after the start: it is over.
    let healthy = all.iter().find(|situation| situation.name.starts_with("healthy")).expect("one");
    let (open, last, _) = watched(&mut Watch::with(first.clone()), &healthy.steps);
    assert_eq!((open.len(), last.map(|last| last.id)), (0, Some(first[0].id.clone())));
}

#[test]
fn the_list_does_not_flicker() {
    let all = situations();
    let bad = all.iter().find(|situation| situation.name.starts_with("a bad deploy")).expect("one");
    let (mut watch, mut names) = (Watch::default(), Vec::new());
    for look in 0..60 {
        let at = look * EVERY;
        // Every third look sees nothing of it.
        let seen = if look % 3 == 2 { Seen::default() } else { bad.steps[0].seen.clone() };
        let looked = watch.look(&Seen { at, ..seen });
        names.extend(looked.open.into_iter().map(|incident| incident.id));
        assert!(looked.ended.is_empty());
    }
    names.dedup();
    assert_eq!(names.len(), 1);
}
