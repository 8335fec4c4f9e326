//! What a rule tells: its card, labels and annotations, and whether its card has the three answers.

use std::collections::BTreeMap;

use settings::Section;

use crate::Tier;
use crate::rule::text::Text;
use crate::rule::{Card, Rule, Source, Warning};

/// What people write where there is nothing to do.
const NOTHING: [&str; 12] = [
    "nothing",
    "do nothing",
    "none",
    "no action",
    "no action needed",
    "no action required",
    "ignore",
    "ignore it",
    "n/a",
    "na",
    "-",
    "wait",
];

pub(super) fn read(section: &Section<'_>, rule: &mut Rule, warnings: &mut Vec<Warning>) {
    let text = |key: &str, old: &mut String| {
        if let Some(text) = section.with(key, |text| template(key, text)) {
            *old = text.trim().to_owned();
        }
    };
    text("what", &mut rule.card.what);
    text("how_bad", &mut rule.card.how_bad);
    text("do_now", &mut rule.card.do_now);
    if let Some(runbook) = section.with("runbook", |text| template("runbook", text)) {
        rule.card.runbook = Some(runbook);
    }
    rule.labels.extend(named(section, "labels"));
    rule.annotations.extend(named(section, "annotations"));
    usual_card(rule);
    if let Some((key, problem, instead)) = fault(&rule.card, rule.tier) {
        section.fault(key, format!("rule `{}`: {problem}", rule.name), instead);
    }
    warn(rule, warnings);
}

/// Labels and annotations: names with templates.
fn named(section: &Section<'_>, key: &str) -> BTreeMap<String, String> {
    let table = section.section(key);
    let mut found = BTreeMap::new();
    for name in table.keys() {
        if key == "labels" && !is_label(&name) {
            table.know(&name);
            table.fault(&name, "no label can have this name", "write letters, digits and _; not alertname");
            continue;
        }
        if let Some(text) = table.with(&name, |text| template(&name, text)) {
            found.insert(name, text);
        }
    }
    found
}

/// Whether a rule may set a label of this name.
pub(crate) fn is_label(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins_well && name.chars().all(is_word) && name != "alertname" && name != "__name__"
}

fn template(name: &str, text: &str) -> Result<String, String> {
    Text::parse(name, text)
        .map(|_| text.to_owned())
        .map_err(|why| format!("the template cannot be read: {why}"))
}

/// What issues and probes can say by themselves.
fn usual_card(rule: &mut Rule) {
    let usual = match &rule.source {
        Source::Issue(_) => Card {
            what: "{{ $labels.title }}".to_owned(),
            how_bad: "{{ $labels.events }} events, {{ $labels.users }} users so far".to_owned(),
            ..Card::default()
        },
        Source::Probe(name) => Card {
            what: format!("The probe {name} fails"),
            how_bad: "It does not answer as it should.".to_owned(),
            ..Card::default()
        },
        Source::Promql(_) | Source::Logql(_) | Source::Porthole(_) => return,
    };
    for (answer, usual) in [(&mut rule.card.what, usual.what), (&mut rule.card.how_bad, usual.how_bad)] {
        if answer.trim().is_empty() {
            *answer = usual;
        }
    }
}

/// What is wrong with a card at its tier: key, problem, what to write instead.
pub(crate) fn fault(card: &Card, tier: Tier) -> Option<(&'static str, String, &'static str)> {
    if says_nothing(&card.do_now) && tier > Tier::Low {
        let problem = format!("\"{}\" is no action, and what needs none is a log entry", card.do_now.trim());
        return Some(("do_now", problem, "write the first step, or tier = \"low\""));
    }
    let missing = card.missing();
    let key = *missing.first()?;
    if tier < Tier::High {
        return None;
    }
    let problem = format!("a {} rule must say {}", tier.word(), missing.join(", "));
    Some((key, problem, "write what broke, how bad it is and what to do now, or a lower tier"))
}

fn says_nothing(text: &str) -> bool {
    let plain = text.trim().trim_end_matches(['.', '!']).to_ascii_lowercase();
    NOTHING.contains(&plain.as_str())
}

/// A medium rule without all answers is let pass, and told.
pub(crate) fn warn(rule: &Rule, warnings: &mut Vec<Warning>) {
    let missing = rule.card.missing();
    if rule.tier != Tier::Medium || missing.is_empty() {
        return;
    }
    warnings.push(Warning {
        place: Some(rule.place.clone()),
        subject: format!("rule `{}`", rule.name),
        text: format!("does not say {}; whoever is told will have to find out", missing.join(", ")),
    });
}
