//! The weekly report: which alerts nobody acted on, which rules were the noisiest, how long it took to acknowledge and to
//! recover. Pure: made of the week's incidents.

use std::collections::BTreeMap;

use model::Ordered as _;

use crate::message::{Evidence, News, Note};
use crate::notify::Incident;
use crate::shown::{Counts, Report, ReportRow};
use crate::{Message, Tier};

const WEEK_MS: i64 = 7 * 86_400_000;
/// Rules that a message lists.
const LISTED_MAX: usize = 10;

/// An incident as far as the report looks at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    /// The rule.
    pub rule: String,
    /// The most urgent that it was.
    pub tier: Tier,
    /// Whether anybody was told.
    pub was_told: bool,
    /// How long until somebody had it.
    pub acknowledged_ms: Option<i64>,
    /// How long until it was over.
    pub recovered_ms: Option<i64>,
    /// Whether it was silenced.
    pub was_silenced: bool,
    /// Messages that were delivered.
    pub messages: u64,
}

impl Week {
    /// What is looked at of an incident; `messages` were delivered.
    pub fn of(incident: &Incident, messages: u64) -> Self {
        let after = |at: i64| (at - incident.opened_ms).max(0);
        Self {
            rule: if incident.is_storm() { "storm".to_owned() } else { incident.rule.clone() },
            tier: incident.tier,
            was_told: incident.was_told(),
            acknowledged_ms: incident.first_owned_ms.map(after),
            recovered_ms: incident.closed_ms.map(after),
            was_silenced: incident.was_silenced,
            messages,
        }
    }

    fn is_ignored(&self) -> bool {
        self.was_told && self.acknowledged_ms.is_none() && !self.was_silenced
    }
}

/// The report of a week.
pub fn report(from_ms: i64, incidents: &[Week]) -> Report {
    let mut by_rule: BTreeMap<&str, Vec<&Week>> = BTreeMap::new();
    for incident in incidents {
        by_rule.entry(&incident.rule).or_default().push(incident);
    }
    let mut rules: Vec<ReportRow> = by_rule
        .into_iter()
        .map(|(rule, of)| ReportRow {
            rule: rule.to_owned(),
            tier: of.iter().map(|one| one.tier).max().unwrap_or(Tier::Low),
            counts: counts(&of),
        })
        .collect();
    rules.order_by_key(|row| std::cmp::Reverse((row.counts.messages, row.counts.fired)));
    let all: Vec<&Week> = incidents.iter().collect();
    Report { from_ms, to_ms: from_ms + WEEK_MS, rules, all: counts(&all) }
}

/// The week before an instant.
pub fn week_before(now_ms: i64) -> i64 {
    now_ms - WEEK_MS
}

fn counts(of: &[&Week]) -> Counts {
    Counts {
        fired: of.len() as u64,
        ignored: of.iter().filter(|one| one.is_ignored()).count() as u64,
        messages: of.iter().map(|one| one.messages).sum(),
        acknowledged_ms: median(of.iter().filter_map(|one| one.acknowledged_ms).collect()),
        recovered_ms: median(of.iter().filter_map(|one| one.recovered_ms).collect()),
    }
}

fn median(mut times: Vec<i64>) -> Option<i64> {
    times.order();
    times.get(times.len().saturating_sub(1) / 2).copied()
}

/// The report as a message.
pub fn message(report: &Report, now_ms: i64) -> Message {
    let span = crate::notify::span;
    let time = |ms: Option<i64>| ms.map_or_else(|| "–".to_owned(), span);
    let all = &report.all;
    let ignored = report.rules.iter().filter(|row| row.counts.ignored > 0);
    let ignored = ignored.map(|row| format!("{}: {} of {}", row.rule, row.counts.ignored, row.counts.fired));
    let noisy = report.rules.iter().filter(|row| row.counts.messages > 0);
    let noisy = noisy.map(|row| {
        format!("{}: {} messages, fired {} times", row.rule, row.counts.messages, row.counts.fired)
    });
    let note = |title: &str, lines: Vec<String>| Note { title: title.to_owned(), lines };
    let notes = [
        note("Nobody acted on", ignored.take(LISTED_MAX).collect()),
        note("Noisiest rules", noisy.take(LISTED_MAX).collect()),
        note(
            "How long it took",
            vec![
                format!("until somebody had it: {} (half of them)", time(all.acknowledged_ms)),
                format!("until it was over: {} (half of them)", time(all.recovered_ms)),
            ],
        ),
    ];
    Message {
        incident: format!("report-{:011x}", report.from_ms.max(0)),
        sequence: 1,
        news: News::Report,
        tier: Tier::Low,
        is_drill: false,
        at_ms: now_ms,
        since_ms: report.from_ms,
        what: match all.fired {
            0 => "A quiet week: nothing fired".to_owned(),
            fired => format!("The week's alerts: {fired} fired, {} of them nobody acted on", all.ignored),
        },
        how_bad: String::new(),
        do_now: match all.ignored {
            0 => String::new(),
            _ => "Raise the threshold of what nobody acts on, or make it a low one.".to_owned(),
        },
        runbook: None,
        number: None,
        group: BTreeMap::new(),
        alerts: Vec::new(),
        alerts_left_off: 0,
        evidence: Evidence::default(),
        notes: notes.into_iter().filter(|note| !note.lines.is_empty()).collect(),
        links: Vec::new(),
        acknowledge: None,
    }
}

#[cfg(test)]
mod tests;
