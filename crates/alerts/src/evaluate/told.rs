//! Labels and texts of what was found: templates rendered, or plain facts where that fails.

use std::collections::BTreeSet;
use std::time::Duration;

use model::{Labels, Timestamp};
use tokio::time::{Instant, timeout_at};

use super::{Plan, Seen};
use crate::rule::text::{About, Answers, Text};
use crate::rule::{Card, Comparison};
use crate::senses::Senses;
use crate::{Found, Observed};

/// Templates that ask on and on are told what they have after so many rounds.
const ROUNDS_MAX: usize = 3;
/// All texts of a rule ask so many things at most.
const QUERIES_MAX: usize = 20;
/// And for so long: texts must not make the look itself too late.
const QUERIES_TIME_MAX: Duration = Duration::from_secs(5);
/// Longer labels would fill every message.
const LABELS_SHOWN: usize = 12;

/// Makes alerts of what holds; with why a text could not be rendered, if one could not. `Err`: two have the same labels, or
/// there are too many, so that the rule cannot be evaluated.
pub(crate) async fn told(
    senses: &dyn Senses,
    plan: &Plan,
    seen: &[Seen],
    at: Timestamp,
    public_url: &str,
) -> Result<(Vec<Found>, Option<String>), String> {
    if let Some(limit) = plan.rule.limit.filter(|limit| seen.len() > *limit) {
        return Err(format!("it found {} alerts, and its limit is {limit}", seen.len()));
    }
    let mut answers = Answers::default();
    let mut round = 0;
    let deadline = Instant::now() + QUERIES_TIME_MAX;
    let (found, fault) = loop {
        let rendered = render_all(plan, seen, at, public_url, &answers);
        round += 1;
        let wanted = answers.wanted();
        if wanted.is_empty() || round > ROUNDS_MAX {
            break rendered;
        }
        for query in wanted.into_iter().take(QUERIES_MAX) {
            let answer = timeout_at(deadline, senses.promql(&query, at)).await;
            let answer = answer.unwrap_or_else(|_| Err("it took too long".to_owned()));
            answers.tell(query, answer);
        }
    };
    let mut labels = BTreeSet::new();
    match found.iter().find(|found| !labels.insert(&found.labels)) {
        Some(twice) => Err(format!(
            "two of its alerts have the same labels {}; group by a label that tells them apart",
            twice.labels
        )),
        None => Ok((found, fault)),
    }
}

fn render_all(
    plan: &Plan,
    seen: &[Seen],
    at: Timestamp,
    public_url: &str,
    answers: &Answers,
) -> (Vec<Found>, Option<String>) {
    let mut fault = None;
    let mut found = Vec::with_capacity(seen.len());
    for one in seen {
        let facts = one.facts.iter().map(|(name, text)| (*name, text.as_str()));
        let known = Labels::from_pairs(one.labels.iter().chain(facts));
        let about = About { labels: &known, value: one.value, public_url, now: at.nanos(), answers };
        let mut texts = Rendering { about, fault: &mut fault };
        found.push(texts.found(plan, one));
    }
    (found, fault)
}

/// Renders the texts of one alert; the first fault is kept.
struct Rendering<'a, 'f> {
    about: About<'a>,
    fault: &'f mut Option<String>,
}

impl Rendering<'_, '_> {
    fn found(&mut self, plan: &Plan, seen: &Seen) -> Found {
        let labels = self.labels(plan, &seen.labels);
        let texts = &plan.texts;
        let mut card = Card {
            what: self.text(&texts.what),
            how_bad: self.text(&texts.how_bad),
            do_now: self.text(&texts.do_now),
            runbook: texts.runbook.as_ref().map(|text| self.text(text)).filter(|text| !text.is_empty()),
        };
        let plain = plain(&plan.rule.alertname, &seen.labels, seen.value, plan.comparison.as_ref());
        for (text, fact) in [(&mut card.what, plain.what), (&mut card.how_bad, plain.how_bad)] {
            if text.trim().is_empty() {
                *text = fact;
            }
        }
        if card.do_now.trim().is_empty() {
            card.do_now = plain.do_now;
        }
        let annotations = texts.annotations.iter().map(|(name, text)| (name.clone(), self.text(text)));
        Found { annotations: annotations.collect(), labels, is: Observed::Value(seen.value), card }
    }

    /// The series' labels, the rule's over them, and the alert's name. An empty label is none.
    fn labels(&mut self, plan: &Plan, of_series: &Labels) -> Labels {
        let mut labels: Vec<(String, String)> =
            of_series.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for (name, text) in &plan.texts.labels {
            labels.push((name.clone(), self.text(text)));
        }
        labels.push(("alertname".to_owned(), plan.rule.alertname.clone()));
        Labels::from_pairs(labels)
    }

    /// Nothing where the template fails.
    fn text(&mut self, text: &Text) -> String {
        match text.render(&self.about) {
            Ok(text) => text.trim().to_owned(),
            Err(why) => {
                self.fault.get_or_insert(why);
                String::new()
            }
        }
    }
}

/// What can be said of any alert, without its rule's words.
pub(crate) fn plain(name: &str, labels: &Labels, value: f64, comparison: Option<&Comparison>) -> Card {
    let pairs: Vec<String> =
        labels.iter().take(LABELS_SHOWN).map(|(name, value)| format!("{name} {value}")).collect();
    let whose = if pairs.is_empty() { String::new() } else { format!(": {}", pairs.join(", ")) };
    let limit = comparison.map(|comparison| format!("; it is an alert at {comparison}")).unwrap_or_default();
    Card {
        what: format!("{name}{whose}"),
        how_bad: format!("The value is {}{limit}.", crate::rule::short(value)),
        do_now:
            "Open the alert for its lines, issues and the deploy before; then write into the rule what to do."
                .to_owned(),
        runbook: None,
    }
}
