//! A card out of annotations as rules of Prometheus have them.

use std::collections::BTreeMap;

use crate::Tier;
use crate::rule::Card;

/// The annotations by which rules say it, the better first.
const WHAT: [&str; 4] = ["what", "summary", "title", "message"];
const HOW_BAD: [&str; 4] = ["how_bad", "description", "impact", "details"];
const DO_NOW: [&str; 5] = ["do_now", "action", "mitigation", "remediation", "resolution"];
const RUNBOOK: [&str; 3] = ["runbook", "runbook_url", "runbook_link"];

/// The card, and all annotations as they were, since receivers of Alertmanager's kind get them too.
pub(super) fn card(annotations: BTreeMap<String, String>) -> (Card, BTreeMap<String, String>) {
    let first = |names: &[&str]| {
        names.iter().filter_map(|name| annotations.get(*name)).find(|text| !text.trim().is_empty()).cloned()
    };
    let (mut what, mut how_bad) = (first(&WHAT), first(&HOW_BAD));
    if what.is_none() {
        what = how_bad.take();
    }
    let runbook = first(&RUNBOOK);
    let steps = runbook.as_ref().map(|_| "Follow the runbook.".to_owned());
    let card = Card {
        what: what.unwrap_or_default(),
        how_bad: how_bad.unwrap_or_default(),
        do_now: first(&DO_NOW).or(steps).unwrap_or_default(),
        runbook,
    };
    (card, annotations)
}

/// The tier by the labels; a rule that says nothing is medium.
pub(super) fn tier(labels: &BTreeMap<String, String>) -> Tier {
    let words = ["tier", "severity", "priority"].into_iter().filter_map(|name| labels.get(name));
    words.filter_map(|word| of_severity(word)).next().unwrap_or(Tier::Medium)
}

/// Our words, and those that other products write.
fn of_severity(word: &str) -> Option<Tier> {
    match word.to_ascii_lowercase().as_str() {
        "low" | "info" | "information" | "none" | "debug" => Some(Tier::Low),
        "medium" | "warning" | "warn" | "minor" => Some(Tier::Medium),
        "high" | "error" | "major" | "urgent" => Some(Tier::High),
        "critical" | "page" | "emergency" | "fatal" | "disaster" => Some(Tier::Critical),
        _ => None,
    }
}
