//! How values stand in the database.

use std::collections::BTreeMap;

use model::Labels;
use serde::Serialize;

use crate::Tier;
use crate::shown::State;

const STATES: [(&str, State); 6] = [
    ("pending", State::Pending),
    ("firing", State::Firing),
    ("flapping", State::Flapping),
    ("acknowledged", State::Acknowledged),
    ("blind", State::Blind),
    ("resolved", State::Resolved),
];

pub(super) fn state_word(state: State) -> &'static str {
    STATES.iter().find(|(_, other)| *other == state).map_or("", |(word, _)| word)
}

pub(super) fn state(word: &str) -> Option<State> {
    STATES.iter().find(|(other, _)| *other == word).map(|(_, state)| *state)
}

pub(super) fn tier(word: &str) -> Option<Tier> {
    Tier::WORDS.into_iter().find(|(other, _)| *other == word).map(|(_, tier)| tier)
}

pub(super) fn labels(text: &str) -> Labels {
    let map: BTreeMap<String, String> = serde_json::from_str(text).unwrap_or_default();
    Labels::from_sorted(map)
}

/// Our own values, whose keys are texts: they always can be written.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain values")
}
