//! The sentence on top.

use api::{Incident, Millis, PartKind, Sentence};
use model::Ordered as _;

use crate::words::{capital, clock, list, percent, plural, span};

/// What there is besides incidents, for the calm line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default))]
pub struct Calm {
    /// Services with a running container.
    pub running: u64,
    /// Requests per minute; `None`: nobody counts them.
    pub per_minute: Option<f64>,
    /// The share of them that fails.
    pub failed: f64,
}

/// The sentence: of the worst of the open incidents, which come first; where there are none, of the calm, and of the
/// last that ended.
pub fn sentence(open: &[Incident], last: Option<&Incident>, calm: Calm) -> Sentence {
    let Some(worst) = open.first() else { return calmly(last, calm) };
    let mut text = of(worst);
    match open.len() - 1 {
        0 => {}
        1 => text.push_str(" One more incident is open."),
        more => text.push_str(&format!(" {} more incidents are open.", capital(&small(more)))),
    }
    Sentence { text, severity: Some(worst.severity), incident: worst.id.clone() }
}

fn small(number: usize) -> String {
    const WORDS: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// One incident in a sentence.
pub fn of(incident: &Incident) -> String {
    let has = |kind: PartKind| {
        incident.parts.iter().any(|part| part.kind == kind && part.service == incident.service)
    };
    let mut text = capital(&incident.what);
    let fails = has(PartKind::Errors) && incident.what.ends_with(" fails");
    if let Some(share) = incident.how_bad.share.filter(|_| fails) {
        text.push_str(&format!(" for {} of requests", percent(share)));
    }
    if has(PartKind::Certificate) {
        return format!("{text}.");
    }
    if !has(PartKind::Disk) {
        text.push_str(&format!(" since {}", clock(incident.since)));
    }
    text.push_str(&after_deploy(incident));
    let others = others(incident);
    if !others.is_empty() {
        let verb = if others.len() == 1 { "fails" } else { "fail" };
        text.push_str(&format!(": {} {verb} without it", list(&others)));
    } else if !fails && !incident.how_bad.text.is_empty() {
        text.push_str(&format!(": {}", lower(&incident.how_bad.text)));
    }
    if let Some(users) = incident.how_bad.users.filter(|users| *users > 0) {
        text.push_str(&format!("; {} affected", plural(users, "user")));
    }
    if let Some(tasks) = incident.how_bad.tasks.filter(|_| fails || !others.is_empty()) {
        let verb = if tasks == 1 { "waits" } else { "wait" };
        text.push_str(&format!("; {} {verb}", plural(tasks, "task")));
    }
    text.push('.');
    text
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    // A word in capitals stays what it is.
    let is_word = letters.clone().next().is_some_and(|second| second.is_lowercase() || second == ' ');
    if is_word { first.to_lowercase().chain(letters).collect() } else { text.to_owned() }
}

fn after_deploy(incident: &Incident) -> String {
    let deploy =
        incident.parts.iter().filter(|part| part.kind == PartKind::Deploy).max_by_key(|part| part.at);
    let Some(deploy) = deploy else { return String::new() };
    let seconds = (incident.since - deploy.at) as f64 / 1e3;
    if seconds < 5.0 {
        return format!(", when {} was deployed", deploy.service);
    }
    format!(", {} after {} was deployed", span(seconds), deploy.service)
}

/// Who suffers besides.
fn others(incident: &Incident) -> Vec<String> {
    let of_others = incident.parts.iter().filter(|part| part.service != incident.service);
    let mut names: Vec<String> = of_others.map(|part| part.service.clone()).collect();
    names.order();
    names.dedup();
    names
}

fn calmly(last: Option<&Incident>, calm: Calm) -> Sentence {
    if calm.running == 0 && calm.per_minute.is_none() && last.is_none() {
        let text = "Nothing is known yet: no container runs, and nothing was sent.".to_owned();
        return Sentence { text, ..Sentence::default() };
    }
    let verb = if calm.running == 1 { "runs" } else { "run" };
    let mut text = format!("All is well: {} {verb}", plural(calm.running, "service"));
    if let Some(per_minute) = calm.per_minute.filter(|number| *number >= 1.0) {
        let failed = if calm.failed > 0.0 {
            format!("{} of them failed", percent(calm.failed))
        } else {
            "none failed".to_owned()
        };
        text.push_str(&format!(", {} in the last minute, {failed}", plural(per_minute as u64, "request")));
    }
    text.push('.');
    if let Some((last, ended)) = last.and_then(|last| Some((last, last.ended?))) {
        text.push_str(&format!(
            " The last incident ended at {} after {}: {}.",
            clock(ended),
            lasted(last.since, ended),
            last.what
        ));
    }
    Sentence { text, severity: None, incident: last.map(|last| last.id.clone()).unwrap_or_default() }
}

fn lasted(since: Millis, ended: Millis) -> String {
    span((ended - since) as f64 / 1e3)
}
