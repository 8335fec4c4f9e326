//! A message of any size and content made fit to be shown: every text tidy and of a length that a person still reads,
//! every list short, every link one. Receivers then only have to mind their own service's limits.

use std::collections::BTreeMap;

use super::text::{link, one_line, tidy};
use crate::message::{Acknowledge, Alert, Evidence, LabelMap, Link, Message, News, Note, Number};

const LABELS_MAX: usize = 32;
const ALERTS_MAX: usize = 50;
const LINES_MAX: usize = 5;
const LINKS_MAX: usize = 8;
const NOTES_MAX: usize = 12;
const NOTE_LINES_MAX: usize = 40;
const TREND_MAX: usize = 120;

/// The message, fit to be shown.
pub(crate) fn neat(message: &Message) -> Message {
    let mut links: Vec<Link> = message.links.iter().filter_map(neat_link).collect();
    links.truncate(LINKS_MAX);
    let alerts: Vec<Alert> = message.alerts.iter().take(ALERTS_MAX).map(alert).collect();
    let left_off = (message.alerts.len() - alerts.len()) as u64;
    Message {
        incident: one_line(&message.incident, 48),
        sequence: message.sequence,
        news: news(&message.news),
        tier: message.tier,
        is_drill: message.is_drill,
        at_ms: message.at_ms,
        since_ms: message.since_ms,
        what: named(&message.what, 300, "Something without a name"),
        how_bad: tidy(&message.how_bad, 1500),
        do_now: tidy(&message.do_now, 2000),
        runbook: message.runbook.as_deref().and_then(link),
        number: message.number.as_ref().map(number),
        group: labels(&message.group),
        alerts,
        alerts_left_off: message.alerts_left_off + left_off,
        evidence: evidence(&message.evidence),
        notes: message.notes.iter().take(NOTES_MAX).map(note).collect(),
        links,
        acknowledge: message.acknowledge.as_ref().and_then(acknowledge),
    }
}

/// A text that is never empty: services refuse headings and buttons without one.
fn named(text: &str, chars_max: usize, otherwise: &str) -> String {
    let text = one_line(text, chars_max);
    if text.is_empty() { otherwise.to_owned() } else { text }
}

fn news(news: &News) -> News {
    match news {
        News::Acknowledged { by, until_ms } => {
            News::Acknowledged { by: one_line(by, 100), until_ms: *until_ms }
        }
        News::Blind { why } => News::Blind { why: one_line(why, 500) },
        other => other.clone(),
    }
}

fn number(number: &Number) -> Number {
    let short = |text: &Option<String>| text.as_deref().map(|text| one_line(text, 100));
    Number { text: one_line(&number.text, 100), usual: short(&number.usual), limit: short(&number.limit) }
}

fn labels(labels: &LabelMap) -> LabelMap {
    let pairs = labels.iter().take(LABELS_MAX);
    pairs.map(|(name, value)| (one_line(name, 100), one_line(value, 200))).collect::<BTreeMap<_, _>>()
}

fn alert(alert: &Alert) -> Alert {
    Alert {
        fingerprint: one_line(&alert.fingerprint, 64),
        labels: labels(&alert.labels),
        what: one_line(&alert.what, 300),
        value: alert.value,
        starts_ms: alert.starts_ms,
        ends_ms: alert.ends_ms,
        source_url: alert.source_url.as_deref().and_then(link),
    }
}

fn evidence(evidence: &Evidence) -> Evidence {
    let newest = evidence.lines.len().saturating_sub(LINES_MAX);
    let mut lines = evidence.lines[newest..].to_vec();
    for line in &mut lines {
        line.text = one_line(&line.text, 400);
    }
    let mut issue = evidence.issue.clone();
    if let Some(issue) = &mut issue {
        issue.title = one_line(&issue.title, 200);
        issue.url = issue.url.as_deref().and_then(link);
    }
    let mut deploy = evidence.deploy.clone();
    if let Some(deploy) = &mut deploy {
        deploy.text = one_line(&deploy.text, 200);
        deploy.url = deploy.url.as_deref().and_then(link);
    }
    let oldest_left_off = evidence.trend.len().saturating_sub(TREND_MAX);
    Evidence {
        lines,
        issue,
        deploy,
        trend: evidence.trend[oldest_left_off..].to_vec(),
        trend_span: one_line(&evidence.trend_span, 40),
    }
}

fn note(note: &Note) -> Note {
    let mut lines: Vec<String> =
        note.lines.iter().take(NOTE_LINES_MAX).map(|line| one_line(line, 300)).collect();
    let left_off = note.lines.len() - lines.len();
    if left_off > 0 {
        lines.push(format!("… and {left_off} more"));
    }
    Note { title: named(&note.title, 100, "More"), lines }
}

fn neat_link(found: &Link) -> Option<Link> {
    Some(Link { text: named(&found.text, 60, "Open"), url: link(&found.url)? })
}

fn acknowledge(found: &Acknowledge) -> Option<Acknowledge> {
    Some(Acknowledge { page_url: link(&found.page_url)?, call_url: link(&found.call_url)? })
}
