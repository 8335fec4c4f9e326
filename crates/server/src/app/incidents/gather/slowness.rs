//! What slow requests spend their time with, from the transactions that SDKs send.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use ::issues::performance::{Example, Selection, Window};
use answers::seen::{Service, Slowness, Traffic, Who};
use model::{TimeRange, Timestamp};

use super::Look;

const EVERY: Duration = Duration::from_secs(10);
const RECENT: Duration = Duration::from_secs(600);
/// Examples that are read in one look.
const READ_MAX: usize = 3;
const STEP_CHARACTERS: usize = 160;

#[derive(Default)]
pub(super) struct Memory {
    services: HashMap<Who, (Timestamp, Option<Slowness>)>,
}

impl Memory {
    pub(super) fn look(&mut self, look: &Look<'_>, services: &mut BTreeMap<Who, Service>) {
        self.services.retain(|who, _| services.get(who).is_some_and(is_slow));
        let mut left = READ_MAX;
        for (who, service) in services.iter_mut().filter(|(_, service)| is_slow(service)) {
            let known = self.services.get(who).filter(|(at, _)| look.at.since(*at) < EVERY);
            if known.is_none() && left > 0 {
                left -= 1;
                self.services.insert(who.clone(), (look.at, slowest(look, who)));
            }
            service.slowness = self.services.get(who).and_then(|(_, slowness)| slowness.clone());
        }
    }
}

fn is_slow(service: &Service) -> bool {
    let slow = |traffic: &Traffic| {
        let usual = traffic.usual.and_then(|usual| usual.p95_ms);
        traffic.p95_ms.zip(usual).is_some_and(|(now, usual)| now >= 300.0 && now >= usual * 2.0)
    };
    service.traffic.iter().any(slow)
}

/// The slowest transaction of the last minutes, by its longest step.
fn slowest(look: &Look<'_>, who: &Who) -> Option<Slowness> {
    let issues = &look.sources.issues;
    let of_service: Vec<_> =
        issues.projects().iter().filter(|project| project.service() == who.service).cloned().collect();
    // One project may be of several services.
    let project = match of_service.first() {
        Some(project) => Some(project.id),
        None if issues.projects().len() > 1 => return None,
        None => None,
    };
    let range = TimeRange { start: look.at.minus(RECENT), end: look.at };
    let selection = Selection { project, ..Selection::default() };
    let rows = issues.examples(&selection, &Window::of(range)).ok()?;
    let recent = rows.into_iter().filter(|row| row.start_ms >= range.start.millis());
    let slowest = recent.max_by(|a, b| a.duration_ms.total_cmp(&b.duration_ms))?;
    told(&issues.example(slowest.id).ok().flatten()?)
}

/// Steps that say the same count together: many small queries are one slow thing.
fn told(example: &Example) -> Option<Slowness> {
    let mut steps: HashMap<(&str, &str), (f64, u32)> = HashMap::new();
    for (at, step) in example.steps.iter().enumerate().skip(1) {
        let is_leaf = example.steps.get(at + 1).is_none_or(|next| next.depth <= step.depth);
        if is_leaf {
            let of = steps.entry((&step.span.op, &step.span.description)).or_default();
            of.0 += step.span.duration().as_secs_f64() * 1e3;
            of.1 += 1;
        }
    }
    let ((op, description), (step_ms, times)) = steps.into_iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    Some(Slowness {
        transaction: example.transaction.name.clone(),
        total_ms: example.row.duration_ms,
        op: op.to_owned(),
        step: description.chars().take(STEP_CHARACTERS).collect(),
        step_ms,
        times,
        example: example.row.id,
    })
}
