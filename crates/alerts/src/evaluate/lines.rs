//! What alerts did, as lines of the logs: of every tier, and the only thing that is told of a low one.

use model::Timestamp;
use serde_json::json;

use crate::Tier;
use crate::machine::Transition;
use crate::senses::Senses;
use crate::shown::State;

/// Writes a line for each turn but those to and from pending; gives how many found no room.
pub(crate) fn write(senses: &dyn Senses, turns: &[Transition]) -> u64 {
    let mut dropped = 0;
    for turn in turns {
        let Some(word) = word(turn) else { continue };
        let labels: serde_json::Map<String, serde_json::Value> =
            turn.labels.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let line = json!({
            "message": format!("alert {word}: {}", turn.what),
            "level": level(turn),
            "event": "alert",
            "state": word,
            "tier": turn.tier.word(),
            "rule": turn.rule,
            "value": turn.value.filter(|value| value.is_finite()),
            "why": turn.why,
            "by": turn.by,
            "drill": turn.is_drill,
            "labels": labels,
        });
        let at = Timestamp::from_millis(turn.at_ms);
        dropped += u64::from(!senses.note(&turn.labels, at, &line.to_string()));
    }
    dropped
}

fn word(turn: &Transition) -> Option<&'static str> {
    let was_on = turn.from.is_some_and(State::is_on);
    match turn.to {
        Some(State::Firing) => Some("firing"),
        Some(State::Flapping) => Some("flapping"),
        Some(State::Acknowledged) => Some("acknowledged"),
        Some(State::Blind) => Some("blind"),
        Some(State::Resolved) => Some("resolved"),
        None if was_on => Some("resolved"),
        Some(State::Pending) | None => None,
    }
}

fn level(turn: &Transition) -> &'static str {
    match (turn.to, turn.tier) {
        (Some(State::Resolved | State::Acknowledged) | None, _) | (_, Tier::Low) => "info",
        (_, Tier::Medium) => "warning",
        (_, Tier::High) => "error",
        (_, Tier::Critical) => "critical",
    }
}
