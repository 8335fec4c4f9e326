//! The alerts that fire, as parts of incidents.

use ::alerts::shown::Alert as Shown;
use ::alerts::{Alerts, Tier};
use answers::seen::{Alert, Who};
use api::Severity;
use model::Labels;
use model::label::HOST;

use super::gather::owner;

/// Those that are on and that nobody silenced, but for drills.
pub(super) fn firing(alerts: &Alerts) -> Vec<Alert> {
    let is_told = |alert: &Shown| alert.state.is_on() && !alert.is_drill && alert.silenced_by.is_empty();
    alerts.alerts().into_iter().filter(is_told).map(told).collect()
}

fn told(alert: Shown) -> Alert {
    let about = ["mountpoint", "name", "issue"].into_iter().find_map(|name| alert.labels.get(name));
    Alert {
        who: whose(&alert.labels),
        about: about.unwrap_or_default().to_owned(),
        severity: match alert.tier {
            Tier::Low => Severity::Low,
            Tier::Medium => Severity::Medium,
            Tier::High => Severity::High,
            Tier::Critical => Severity::Critical,
        },
        since: alert.fired_ms.unwrap_or(alert.active_ms),
        what: alert.card.what,
        how_bad: alert.card.how_bad,
        do_now: alert.card.do_now,
        name: alert.rule,
        fingerprint: alert.fingerprint,
    }
}

/// What is no service's is the machine's.
fn whose(labels: &Labels) -> Who {
    let who = owner(labels);
    if !who.service.is_empty() {
        return who;
    }
    Who { service: labels.get(HOST).unwrap_or_default().to_owned(), ..Who::default() }
}
