//! `[alerts.tiers]`: which receivers are told of alerts of which tier.

use std::collections::BTreeMap;

use settings::Section;

use crate::Tier;
use crate::rule::Warning;

/// Stands for whoever calls people.
const PHONE: &str = "phone";
/// Kinds of receivers that call people, the better first.
const CALLERS: [&str; 2] = ["twilio", "pagerduty"];
/// Who is told where nothing is written.
const USUAL: [(Tier, &[&str]); 3] = [
    (Tier::Medium, &["slack"]),
    (Tier::High, &["slack", "email"]),
    (Tier::Critical, &["slack", "email", PHONE]),
];

/// Receivers by tier, by their names. Low alerts are written to the logs and told nobody, unless the settings say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiers(BTreeMap<Tier, Vec<String>>);

impl Tiers {
    /// Who is told of alerts of this tier, in the order in which they are written.
    pub fn of(&self, tier: Tier) -> &[String] {
        self.0.get(&tier).map(Vec::as_slice).unwrap_or_default()
    }

    /// From pairs, for tests and drills.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (Tier, Vec<String>)>) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Names and kinds of the receivers that are written.
struct Known(Vec<(String, String)>);

impl Known {
    fn read(alerts: &Section<'_>) -> Self {
        let receivers = alerts.section("receivers");
        let with_kind = |name: String| {
            let section = receivers.section(&name);
            let kind = section.string("kind").unwrap_or_else(|| name.clone());
            (name, kind)
        };
        Self(receivers.keys().into_iter().map(with_kind).collect())
    }

    /// The receivers that a word means: one of this name, or, for `phone`, whoever calls people.
    fn meant(&self, word: &str) -> Vec<String> {
        let by_name = self.0.iter().filter(|(name, _)| name == word);
        let found: Vec<String> = by_name.map(|(name, _)| name.clone()).collect();
        if !found.is_empty() || word != PHONE {
            return found;
        }
        let of_kind = |caller: &&str| -> Vec<String> {
            self.0.iter().filter(|(_, kind)| kind == caller).map(|(name, _)| name.clone()).collect()
        };
        CALLERS.iter().map(of_kind).find(|names| !names.is_empty()).unwrap_or_default()
    }
}

/// Reads who is told of what. A default leaves out who is not there and says so; whoever the settings name must be there.
pub(super) fn read(alerts: &Section<'_>, warnings: &mut Vec<Warning>) -> Tiers {
    let known = Known::read(alerts);
    let section = alerts.section("tiers");
    let mut tiers = Tiers::default();
    for (word, tier) in Tier::WORDS {
        let told = match section.strings(word) {
            Some(words) => written(&section, word, &words, &known),
            None => usual(tier, &known, warnings),
        };
        tiers.0.insert(tier, told);
    }
    warn_of_unused(&known, &tiers, warnings);
    tiers
}

fn written(section: &Section<'_>, key: &str, words: &[String], known: &Known) -> Vec<String> {
    let mut told = Vec::new();
    for word in words {
        let meant = known.meant(word);
        if meant.is_empty() {
            section.fault(key, format!("there is no receiver `{word}`"), missing(word, known));
        }
        told.extend(meant);
    }
    without_doubles(told)
}

fn missing(word: &str, known: &Known) -> String {
    if word == PHONE {
        return "write [alerts.receivers.twilio] or [alerts.receivers.pagerduty]".to_owned();
    }
    let names: Vec<&str> = known.0.iter().map(|(name, _)| name.as_str()).collect();
    match names.as_slice() {
        [] => format!("write [alerts.receivers.{word}] and its keys below it"),
        names => format!("write some of {}, or [alerts.receivers.{word}]", names.join(", ")),
    }
}

/// Without any receiver nothing is said here: that there is none is one warning, not three.
fn usual(tier: Tier, known: &Known, warnings: &mut Vec<Warning>) -> Vec<String> {
    let words = USUAL.iter().find(|(of, _)| *of == tier).map(|(_, words)| *words).unwrap_or_default();
    let mut told = Vec::new();
    for word in words {
        let meant = known.meant(word);
        if meant.is_empty() && !known.0.is_empty() {
            warnings.push(Warning {
                place: None,
                subject: format!("alerts.tiers.{}", tier.word()),
                text: format!("leaves out `{word}`, which is not configured; {}", missing(word, known)),
            });
        }
        told.extend(meant);
    }
    without_doubles(told)
}

fn warn_of_unused(known: &Known, tiers: &Tiers, warnings: &mut Vec<Warning>) {
    if known.0.is_empty() {
        warnings.push(Warning {
            place: None,
            subject: "alerts.receivers".to_owned(),
            text: "there is none: alerts are shown on the page and told nobody; write [alerts.receivers.slack] with a \
                   webhook_url"
                .to_owned(),
        });
    }
    for (name, _) in &known.0 {
        if !tiers.0.values().flatten().any(|told| told == name) {
            warnings.push(Warning {
                place: None,
                subject: format!("alerts.receivers.{name}"),
                text: format!(
                    "is told nothing: it is in no tier; write high = [\"{name}\"] below [alerts.tiers]"
                ),
            });
        }
    }
}

fn without_doubles(names: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        if !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept
}
