//! What comes to an end: certificates, disks; and whether Porthole sees at all.

use api::{Harm, Millis, PartKind, Severity};

use super::{Detail, Grip, Symptom};
use crate::seen::{Certificate, Disk, Seen, Who};
use crate::words::{bytes, clock, percent, span};

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
/// Nobody renews it: so long before, somebody must.
const BY_HAND: Millis = 14 * DAY;
/// Full within so many hours is today's matter.
const FULL_SOON_S: f64 = 6.0 * 3_600.0;
const FULL_TODAY_S: f64 = 24.0 * 3_600.0;
/// What is written in a minute says little about a day.
const DISK_PATIENCE: Millis = 10_000;

pub(super) fn look(seen: &Seen, found: &mut Vec<Symptom>) {
    found.extend(seen.certificates.iter().filter_map(|one| certificate(one, seen.at)));
    found.extend(seen.disks.iter().filter_map(disk));
    if !seen.blind.is_empty() {
        let who = Who { service: "porthole".into(), ..Who::default() };
        found.push(Symptom {
            severity: Severity::High,
            patience: 20_000,
            harm: Harm { text: "What the containers do and say is not seen".into(), ..Harm::default() },
            said: seen.blind.clone(),
            ..Symptom::new(
                &who,
                PartKind::Target,
                "blind".into(),
                format!("Docker does not answer: {}", seen.blind),
            )
        });
    }
}

/// One that is renewed by itself matters only when that fails, or did not happen.
fn certificate(certificate: &Certificate, at: Millis) -> Option<Symptom> {
    let left = certificate.ends - at;
    let lifetime = (certificate.ends - certificate.from).max(HOUR);
    let threshold = match (certificate.resolver.is_empty(), certificate.failure.is_empty()) {
        (true, _) => BY_HAND,
        (false, true) => lifetime / 5,
        (false, false) => lifetime / 3,
    };
    if left > threshold.min(BY_HAND * 2) {
        return None;
    }
    let severity = match left {
        left if left <= 0 => Severity::Critical,
        left if left < 3 * DAY => Severity::High,
        _ => Severity::Medium,
    };
    let when = match left {
        left if left <= 0 => format!("has ended at {}", clock(certificate.ends)),
        left => format!("ends in {}, at {}", span(left as f64 / 1e3), clock(certificate.ends)),
    };
    let who = if certificate.who.service.is_empty() {
        Who { service: certificate.name.clone(), ..Who::default() }
    } else {
        certificate.who.clone()
    };
    let text = format!("The certificate of {} {when}", certificate.name);
    let harm = if left <= 0 { "Browsers refuse to open it" } else { "Browsers will refuse to open it then" };
    Some(Symptom {
        severity,
        about: certificate.name.clone(),
        href: "/certificates".to_owned(),
        harm: Harm { text: format!("It {when}. {harm}"), ..Harm::default() },
        detail: Detail::Certificate {
            failure: certificate.failure.clone(),
            resolver: certificate.resolver.clone(),
            place: certificate.place.clone(),
            name: certificate.name.clone(),
        },
        ..Symptom::new(&who, PartKind::Certificate, format!("certificate {}", certificate.name), text)
    })
}

fn disk(disk: &Disk) -> Option<Symptom> {
    if disk.size <= 0.0 {
        return None;
    }
    let share = disk.free / disk.size;
    let soon = disk.full_in_s.unwrap_or(f64::INFINITY);
    let opens = share < 0.05 || soon < FULL_SOON_S && share < 0.5 || soon < FULL_TODAY_S && share < 0.2;
    let holds = share < 0.08 || soon < FULL_TODAY_S && share < 0.5;
    let grip = match (opens, holds) {
        (true, _) => Grip::Opens,
        (_, true) => Grip::Holds,
        _ => return None,
    };
    let severity = match (share, soon) {
        (share, _) if share < 0.02 => Severity::Critical,
        (share, soon) if share < 0.05 || soon < FULL_SOON_S => Severity::High,
        _ => Severity::Medium,
    };
    let until = match disk.full_in_s {
        Some(seconds) if share > 0.001 => format!("; full in {} if it goes on so", span(seconds)),
        _ => String::new(),
    };
    let harm = format!("{} of {} are free{until}", percent(share), bytes(disk.size));
    let who = Who { service: disk.host.clone(), ..Who::default() };
    Some(Symptom {
        grip,
        severity,
        patience: DISK_PATIENCE,
        about: disk.mount.clone(),
        href: "/dashboards".to_owned(),
        harm: Harm { text: harm.clone(), share: Some(1.0 - share), ..Harm::default() },
        detail: Detail::Disk { mount: disk.mount.clone(), writers: disk.writers.clone() },
        ..Symptom::new(
            &who,
            PartKind::Disk,
            format!("disk {}", disk.mount),
            format!("{} fills up: {harm}", disk.mount),
        )
    })
}
