//! Nothing grows without end, and what finds no room is counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::world::{START_MS, labels, rule};
use crate::config::policy::Policy;
use crate::machine::Machine;
use crate::message::News;
use crate::notify::{Fate, Outbox};
use crate::{Card, Found, Look, Message, Observed, Tier};

fn machine() -> Machine {
    let mut policy = Policy::default();
    policy.tier_mut(Tier::High).receivers = vec!["slack".to_owned()];
    Machine::new(Arc::new(policy))
}

fn look(count: usize) -> Look {
    let rule = Arc::new(rule("slow", &["tier=high", "wait=0s"]));
    let found = (0..count).map(|index| Found {
        labels: labels(&rule, &format!("web/web-{index}")),
        is: Observed::Value(1.0),
        card: Card { what: "x".repeat(10_000), ..Card::default() },
        annotations: BTreeMap::new(),
    });
    Look { rule: Arc::clone(&rule), at_ms: START_MS, is_drill: false, found: Ok(found.collect()) }
}

#[test]
fn a_rule_has_so_many_alerts_and_a_message_lists_fewer() {
    let mut machine = machine();
    machine.look(&look(600), START_MS);
    assert_eq!((machine.alerts.len(), machine.counted.alerts_dropped), (500, 100));
    let row = machine.outbox.rows.values().next().expect("one message for all");
    assert_eq!((row.message.alerts.len(), row.message.alerts_left_off), (20, 480));
    assert!(row.message.what.chars().count() < 4_100, "long texts are cut");
    machine.look(&look(600), START_MS + 15_000);
    assert_eq!(machine.alerts.len(), 500, "those that are known stay");
}

#[test]
fn a_full_outbox_lets_the_least_urgent_and_oldest_go() {
    let mut machine = machine();
    machine.look(&look(1), START_MS);
    let first = machine.outbox.rows.values().next().expect("a message").message.clone();
    let message = |incident: usize, tier| Message { incident: incident.to_string(), tier, ..first.clone() };
    let mut outbox = Outbox::default();
    for index in 0..2_000 {
        let tier = if index == 7 || index == 9 { Tier::Medium } else { Tier::High };
        assert!(outbox.put(&message(index, tier), "slack", true, START_MS).gone.is_empty());
    }
    for expected in ["7", "9", "0", "1"] {
        let put = outbox.put(&message(3_000 + expected.len(), Tier::Critical), expected, true, START_MS);
        let gone: Vec<_> = put.gone.iter().map(|gone| (gone.row.incident.as_str(), gone.fate)).collect();
        assert_eq!(gone, [(expected, Fate::Dead)]);
    }
}

#[test]
fn an_end_replaces_what_surely_did_not_arrive() {
    let mut machine = machine();
    machine.look(&look(1), START_MS);
    let begun = machine.outbox.rows.values().next().expect("a message").message.clone();
    let over = Message { sequence: 2, news: News::Resolved { ended_ms: START_MS }, ..begun.clone() };
    // (attempts, in doubt) of the first message, and whether the second is told.
    let check = |attempts: u32, in_doubt: bool, is_told: bool| {
        let mut outbox = Outbox::default();
        let id = outbox.put(&begun, "slack", true, START_MS).id.expect("a row");
        let row = outbox.rows.get_mut(&id).expect("it waits");
        (row.attempts, row.in_doubt) = (attempts, in_doubt);
        let put = outbox.put(&over, "slack", false, START_MS);
        assert_eq!(put.id.is_some(), is_told, "{attempts} {in_doubt}");
        assert_eq!(outbox.rows.len(), if is_told { 2 } else { 0 });
    };
    check(0, false, false);
    check(3, false, false);
    check(1, true, true);
}
