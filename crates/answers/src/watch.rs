//! What is broken, from look to look. A symptom must last before it opens an incident and must be gone for a while before
//! it ends one, so that nothing flickers; an incident keeps its name as long as it lasts.

use std::collections::{BTreeMap, BTreeSet};

use api::{Incident, Millis, PartKind};
use model::Ordered as _;

use crate::incident::{self, Group, Tracked};
use crate::seen::{Seen, Who};
use crate::symptom::{Grip, Symptom, symptoms};

/// A symptom that has not been seen for so long is over.
const OVER_AFTER: Millis = 45_000;
/// Incidents of an earlier run that nothing shows for so long after the start are over.
const KEPT_FOR: Millis = 90_000;
/// Open incidents that are shown and kept; more would be one storm.
const OPEN_MAX: usize = 50;

/// Watches. One is enough for all who look.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    tracked: BTreeMap<(Who, String), Tracked>,
    open: BTreeMap<Group, Incident>,
    /// Open incidents of an earlier run.
    kept: Vec<Incident>,
    began: Option<Millis>,
}

/// What one look gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    /// Open incidents, the worst first, then the oldest.
    pub open: Vec<Incident>,
    /// Those that ended with this look.
    pub ended: Vec<Incident>,
}

impl Watch {
    /// Goes on where an earlier run ended: `kept` are the incidents that were open then.
    pub fn with(kept: Vec<Incident>) -> Self {
        Self { kept, ..Self::default() }
    }

    /// Takes in what is seen now. Looks come a few seconds apart, in the order of time.
    pub fn look(&mut self, seen: &Seen) -> Looked {
        let began = *self.began.get_or_insert(seen.at);
        self.take(symptoms(seen), seen.at);
        let mut grouped = incident::grouped(&self.tracked, seen);
        grouped.truncate(OPEN_MAX);
        let mut ended = Vec::new();
        let before = std::mem::take(&mut self.open);
        let merged: BTreeSet<Group> = grouped.iter().flat_map(|case| case.members.iter().cloned()).collect();
        for case in grouped {
            let old = before.get(&case.group).or_else(|| case.members.iter().find_map(|one| before.get(one)));
            let old = old.cloned().or_else(|| claim(&mut self.kept, &case.group));
            let incident = incident::put_together(&case, seen, old.as_ref());
            self.open.insert(case.group, incident);
        }
        for (group, mut old) in before {
            // What became part of another goes on there.
            if !self.open.contains_key(&group) && !merged.contains(&group) {
                old.ended = Some(seen.at);
                ended.push(old);
            }
        }
        if seen.at - began >= KEPT_FOR {
            ended.extend(self.kept.drain(..).map(|old| Incident { ended: Some(began), ..old }));
        }
        let mut open: Vec<Incident> = self.open.values().cloned().collect();
        open.order_by(|a, b| (b.severity, a.since, &a.id).cmp(&(a.severity, b.since, &b.id)));
        Looked { open, ended }
    }

    fn take(&mut self, found: Vec<Symptom>, at: Millis) {
        for symptom in found {
            let key = (symptom.who.clone(), symptom.key.clone());
            let tracked = self.tracked.entry(key).or_insert_with(|| Tracked::new(symptom.clone(), at));
            tracked.is_seen(symptom, at);
        }
        self.tracked.retain(|_, tracked| {
            let age = at - tracked.seen;
            age == 0 || tracked.open && age < OVER_AFTER
        });
    }
}

/// The incident of an earlier run that this one continues.
fn claim(kept: &mut Vec<Incident>, group: &Group) -> Option<Incident> {
    let is_it = |old: &Incident| {
        let who = (&old.environment, &old.project, &old.service);
        who == (&group.who.environment, &group.who.project, &group.who.service)
            && old.parts.iter().any(|part| Group::family(part.kind) == group.family)
    };
    let at = kept.iter().position(is_it)?;
    Some(kept.swap_remove(at))
}

impl Tracked {
    fn new(symptom: Symptom, at: Millis) -> Self {
        let since = symptom.since.unwrap_or(at);
        Self { symptom, since, seen: at, opening: None, open: false }
    }

    fn is_seen(&mut self, symptom: Symptom, at: Millis) {
        self.seen = at;
        self.since = self.since.min(symptom.since.unwrap_or(at));
        if symptom.grip == Grip::Opens {
            let opening = *self.opening.get_or_insert(at);
            self.open |= at - opening >= symptom.patience;
        } else {
            self.opening = None;
            // What only explains now has ended as an incident of its own.
            self.open &= symptom.grip == Grip::Holds;
        }
        // Where it is worst is told as long as it lasts; what it is now may be told anew.
        let is_worse = symptom.severity > self.symptom.severity;
        let keeps = self.open && !is_worse && symptom.kind == PartKind::Container;
        let severity = if keeps { self.symptom.severity } else { symptom.severity };
        self.symptom = Symptom { severity, ..symptom };
    }
}

#[cfg(test)]
mod tests;
