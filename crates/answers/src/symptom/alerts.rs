//! Alerts that fire.

use api::{Harm, PartKind, Severity};

use super::{Detail, Grip, Symptom};
use crate::links;
use crate::seen::{Alert, Seen, Who};

pub(super) fn look(seen: &Seen, found: &mut Vec<Symptom>) {
    found.extend(seen.alerts.iter().map(symptom));
}

fn symptom(alert: &Alert) -> Symptom {
    let who = if alert.who.service.is_empty() {
        Who { service: alert.name.clone(), ..Who::default() }
    } else {
        alert.who.clone()
    };
    let what = if alert.what.is_empty() { alert.name.clone() } else { alert.what.clone() };
    Symptom {
        // The lowest tier is read in the morning.
        grip: if alert.severity > Severity::Low { Grip::Opens } else { Grip::Supports },
        severity: alert.severity,
        since: Some(alert.since),
        href: links::alert(&alert.fingerprint),
        harm: Harm { text: alert.how_bad.clone(), ..Harm::default() },
        about: alert.about.clone(),
        detail: Detail::Alert(alert.do_now.clone()),
        ..Symptom::new(&who, PartKind::Alert, format!("alert {}", alert.fingerprint), what)
    }
}
