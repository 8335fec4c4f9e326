//! A message about an incident, made of its alerts: the most urgent and oldest of them speaks for all.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::Ordered as _;

use crate::Message;
use crate::machine::labels::map;
use crate::machine::{Alert, Machine};
use crate::message::{self, Evidence, News, Note, Number};

use super::Incident;

/// More alerts are counted, not listed.
const ALERTS_MAX: usize = 20;
/// More parts of a storm are counted, not listed.
const PARTS_MAX: usize = 20;

impl Machine {
    /// The message that tells `news` of an incident.
    pub(crate) fn compose(&self, id: &str, news: News, now_ms: i64) -> Option<Message> {
        let incident = self.incidents.get(id)?;
        let alerts = self.speakers(incident, now_ms);
        let lead = alerts.first().map(|(_, alert)| *alert);
        let mut message = self.plain(incident, news, lead, now_ms);
        if let Some(lead) = lead {
            fill(&mut message, lead, alerts.len());
        }
        let mut listed: Vec<message::Alert> = alerts.iter().map(|(key, alert)| told(*key, alert)).collect();
        listed.order_by_key(|alert| alert.starts_ms);
        message.alerts_left_off = listed.len().saturating_sub(ALERTS_MAX) as u64;
        listed.truncate(ALERTS_MAX);
        message.alerts = listed;
        if incident.is_storm() {
            self.fill_storm(&mut message, incident, lead);
        }
        if let Some(owner) = &incident.told.lapsed {
            let line = format!("{owner} had it, and the time for that is over");
            message.notes.push(Note { title: "Nobody has it".to_owned(), lines: vec![line] });
        }
        Some(message)
    }

    /// The alerts that a message is about, the one that speaks for all first: of a storm the one nearest to the ground.
    fn speakers(&self, incident: &Incident, now_ms: i64) -> Vec<(u64, &Alert)> {
        let mut keys = self.audible(incident, now_ms);
        if keys.is_empty() {
            keys = self.keys_of(incident);
        }
        if keys.is_empty() {
            let was_part = |alert: &Alert| {
                alert.incident.as_ref().is_some_and(|of| *of == incident.id || incident.parts.contains(of))
            };
            keys = self.alerts.iter().filter(|(_, alert)| was_part(alert)).map(|(key, _)| *key).collect();
        }
        let mut alerts: Vec<(u64, &Alert)> =
            keys.into_iter().filter_map(|key| Some((key, self.alerts.get(&key)?))).collect();
        let is_storm = incident.is_storm();
        alerts.order_by_key(|(_, alert)| {
            let ground = (alert.layer.is_none(), alert.layer);
            (is_storm.then_some(ground), Reverse(alert.tier_now()), alert.since_ms())
        });
        alerts
    }

    fn plain(&self, incident: &Incident, news: News, lead: Option<&Alert>, now_ms: i64) -> Message {
        let since_ms = lead.map_or(incident.opened_ms, Alert::since_ms);
        Message {
            incident: incident.id.clone(),
            sequence: incident.told.sequence,
            news,
            tier: incident.tier,
            is_drill: incident.is_drill,
            at_ms: now_ms,
            since_ms,
            what: incident.what.clone(),
            how_bad: String::new(),
            do_now: String::new(),
            runbook: None,
            number: None,
            group: incident.group.clone(),
            alerts: Vec::new(),
            alerts_left_off: 0,
            evidence: Evidence::default(),
            notes: Vec::new(),
            links: Vec::new(),
            acknowledge: None,
        }
    }

    fn fill_storm(&self, message: &mut Message, storm: &Incident, lead: Option<&Alert>) {
        let parts: Vec<&Incident> = storm.parts.iter().filter_map(|part| self.incidents.get(part)).collect();
        let open = parts.iter().filter(|part| part.is_open()).count();
        message.what = match open {
            0 => format!("{} things that broke at once are over", parts.len()),
            open => format!("{open} things broke at once"),
        };
        if let Some(lead) = lead {
            message.how_bad = format!("Probable root: {}", what(lead));
        }
        let mut lines: Vec<String> = parts.iter().take(PARTS_MAX).map(|part| self.part_line(part)).collect();
        if parts.len() > PARTS_MAX {
            lines.push(format!("and {} more", parts.len() - PARTS_MAX));
        }
        message.notes.push(Note { title: "What broke together".to_owned(), lines });
    }

    fn part_line(&self, part: &Incident) -> String {
        let alerts = self.alerts.values().filter(|alert| alert.incident.as_ref() == Some(&part.id));
        let lead = alerts.min_by_key(|alert| (Reverse(alert.tier_now()), alert.since_ms()));
        let text = lead.map_or_else(|| part.what.clone(), what);
        if part.is_open() { text } else { format!("{text} (over)") }
    }
}

fn fill(message: &mut Message, lead: &Alert, count: usize) {
    message.what = match count {
        1 => what(lead),
        count => format!("{} (and {} more)", what(lead), count - 1),
    };
    message.how_bad.clone_from(&lead.card.how_bad);
    if let Some(unseen) = lead.unseen.as_ref().filter(|_| lead.is_blind()) {
        message.how_bad = format!("Nothing is known of it any more: {}", unseen.why);
    }
    message.do_now.clone_from(&lead.card.do_now);
    message.runbook.clone_from(&lead.card.runbook);
    message.number = lead.value.map(|value| Number {
        text: number(value),
        usual: lead.annotations.get(crate::evaluate::USUAL).cloned(),
        limit: lead.annotations.get(crate::evaluate::LIMIT).cloned(),
    });
}

fn told(key: u64, alert: &Alert) -> message::Alert {
    message::Alert {
        fingerprint: format!("{key:016x}"),
        labels: map(&alert.labels),
        what: what(alert),
        value: alert.value,
        starts_ms: alert.since_ms(),
        ends_ms: alert.ended_ms.filter(|_| !alert.is_on()),
        source_url: alert.sent.as_ref().map(|sent| sent.generator_url.clone()).filter(|url| !url.is_empty()),
    }
}

/// What broke; of an alert whose card says nothing, its labels.
fn what(alert: &Alert) -> String {
    if !alert.card.what.is_empty() {
        return alert.card.what.clone();
    }
    let labels: BTreeMap<String, String> = map(&alert.labels);
    let places = labels.iter().filter(|(name, _)| *name != "alertname").map(|(_, value)| value.as_str());
    let places: Vec<&str> = places.take(3).collect();
    if places.is_empty() { alert.rule.clone() } else { format!("{}: {}", alert.rule, places.join(", ")) }
}

/// As people write it: `1`, `12.4`, `0.00031`.
fn number(value: f64) -> String {
    if value.fract() == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let digits = (3 - value.abs().log10().floor() as i32).clamp(0, 12);
    let text = format!("{value:.0$}", digits as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A time in words: `12 min`, `3 h`.
pub(crate) fn span(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
