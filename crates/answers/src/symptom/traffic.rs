//! Requests that fail or are slow, against how they usually go.

use api::{Harm, Millis, PartKind, Severity};

use super::{Detail, Failing, Grip, Symptom};
use crate::links;
use crate::seen::{Service, Traffic};
use crate::words::{count, millis, percent};

/// Fewer failures within a minute are an accident.
const FAILED_MIN: u64 = 5;
/// But where nearly everything fails, so many are enough.
const FAILED_FEW: u64 = 3;
const SHARE_MIN: f64 = 0.02;
const SHARE_MOST: f64 = 0.5;
/// Against the usual share.
const FACTOR: f64 = 3.0;
/// A share must last so long: two looks.
const PATIENCE: Millis = 4_000;
/// Of fewer requests the slowest say nothing.
const REQUESTS_MIN: u64 = 20;
/// Faster than this is slow for nobody.
const SLOW_MIN_MS: f64 = 500.0;
const SLOW_PATIENCE: Millis = 10_000;

pub(super) fn look(service: &Service, at: Millis, found: &mut Vec<Symptom>) {
    for traffic in &service.traffic {
        found.extend(failing(service, traffic, at));
        found.extend(slow(service, traffic));
    }
}

fn failing(service: &Service, traffic: &Traffic, at: Millis) -> Option<Symptom> {
    if traffic.requests == 0 {
        return None;
    }
    let share = traffic.failed as f64 / traffic.requests as f64;
    let usual = traffic.usual.unwrap_or_default();
    let opens = traffic.failed >= FAILED_MIN && share >= (usual.failed * FACTOR).max(SHARE_MIN)
        || traffic.failed >= FAILED_FEW && share >= SHARE_MOST && usual.failed < SHARE_MOST / 2.0;
    let holds = traffic.failed >= 2 && share >= (usual.failed * FACTOR / 2.0).max(SHARE_MIN / 2.0);
    let grip = match (opens, holds) {
        (true, _) => Grip::Opens,
        (_, true) => Grip::Holds,
        _ => return None,
    };
    let text = format!("{} of the requests of {} fail", percent(share), traffic.route);
    let usually =
        traffic.usual.map(|usual| format!("; usually {}", percent(usual.failed))).unwrap_or_default();
    let harm = Harm {
        text: format!("{} of {} requests a minute fail{usually}", percent(share), count(traffic.requests)),
        requests: Some(traffic.failed),
        share: Some(share),
        users: (traffic.clients > 0).then_some(traffic.clients),
        against_usual: traffic.usual.filter(|usual| usual.failed > 0.0).map(|usual| share / usual.failed),
        ..Harm::default()
    };
    let failing = Failing {
        path: traffic.path.clone(),
        share,
        requests: traffic.requests as f64,
        usual_requests: usual.requests,
        why: traffic.why.clone(),
    };
    Some(Symptom {
        grip,
        severity: if share >= 0.2 { Severity::Critical } else { Severity::High },
        patience: PATIENCE,
        href: links::failed_requests(&service.who, at),
        harm,
        detail: Detail::Failing(failing),
        ..Symptom::new(&service.who, PartKind::Errors, format!("errors {}", traffic.route), text)
    })
}

fn slow(service: &Service, traffic: &Traffic) -> Option<Symptom> {
    let (now_ms, usual) = (traffic.p95_ms?, traffic.usual?);
    let usual_ms = usual.p95_ms?;
    if traffic.requests < REQUESTS_MIN {
        return None;
    }
    let grip = match now_ms {
        ms if ms >= SLOW_MIN_MS && ms >= usual_ms * FACTOR => Grip::Opens,
        ms if ms >= SLOW_MIN_MS * 0.6 && ms >= usual_ms * 2.0 => Grip::Holds,
        _ => return None,
    };
    let (now, usually) = (millis(now_ms), millis(usual_ms));
    let text = format!("95 of 100 requests of {} take up to {now}; usually {usually}", traffic.route);
    let harm = Harm {
        text: format!("95 of 100 requests take up to {now}; usually {usually}"),
        requests: Some(traffic.requests),
        against_usual: Some(now_ms / usual_ms.max(1.0)),
        ..Harm::default()
    };
    let detail = Detail::Slow {
        path: traffic.path.clone(),
        now_ms,
        usual_ms,
        requests: traffic.requests as f64,
        usual_requests: usual.requests,
    };
    Some(Symptom {
        grip,
        severity: if now_ms >= 5_000.0 { Severity::High } else { Severity::Medium },
        patience: SLOW_PATIENCE,
        href: links::route(&traffic.route),
        harm,
        detail,
        ..Symptom::new(&service.who, PartKind::Slow, format!("slow {}", traffic.route), text)
    })
}
