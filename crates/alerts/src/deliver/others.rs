//! Telling the others: of a critical message that one receiver does not take, and of a receiver that keeps failing.

use super::attempt::{Outcome, ask, report};
use super::health::{Came, FAILING};
use super::{Delivery, Row};
use crate::Tier;
use crate::message::{Message, News};

/// So long one receiver may take for a critical message before the others get it too.
pub(super) const SWITCH_MS: i64 = 60_000;

/// Notes how a receiver does, tells the others when it begins to fail and when it works again, and hands on what is critical
/// and was refused.
pub(super) async fn note(delivery: &Delivery, row: &Row, outcome: &Outcome) {
    let (came, text) = match outcome {
        Outcome::Sent { note } => (Came::Well, note),
        Outcome::Later { why, .. } => (Came::Failed, why),
        Outcome::Dead { why } => (Came::Dead, why),
        Outcome::Underway { .. } | Outcome::Superseded => return,
    };
    let receiver = row.receiver.as_str();
    let now_ms = delivery.now_ms();
    if came == Came::Well {
        tracing::debug!(receiver, incident = row.message.incident, "a message was delivered");
    } else {
        tracing::warn!(receiver, incident = row.message.incident, why = %text, "a message was not delivered");
    }
    let before = delivery.health.of(receiver).unwrap_or_default();
    let now = delivery.health.note(receiver, came, text, now_ms);
    if came == Came::Dead && is_urgent(row) {
        hand_on(delivery, row).await;
    }
    match (&before.told_as, came) {
        // One that was refused for good is told of at once: nothing says that there will be three.
        (None, Came::Dead) => tell_failing(delivery, receiver, text, now_ms).await,
        (None, Came::Failed) if now.failures_in_a_row >= FAILING => {
            tell_failing(delivery, receiver, text, now_ms).await;
        }
        (Some((incident, since_ms)), Came::Well) => {
            tell_well(delivery, receiver, incident, *since_ms, now_ms).await;
        }
        _ => {}
    }
}

/// Whether the others have to know what one receiver does not take.
pub(super) fn is_urgent(row: &Row) -> bool {
    row.message.tier == Tier::Critical && row.message.is_incident() && !row.message.is_drill
}

/// Gives a message to all other receivers that work. Who has it already keeps that one.
pub(super) async fn hand_on(delivery: &Delivery, row: &Row) {
    let others = others(delivery, &row.receiver);
    if others.is_empty() {
        return;
    }
    let (message, now_ms) = (row.message.clone(), delivery.now_ms());
    report(ask(delivery, move |outbox| outbox.tell(&message, &others, now_ms)).await);
}

/// Who else is told of anything, and does not fail now.
fn others(delivery: &Delivery, but: &str) -> Vec<String> {
    let directory = delivery.directory.borrow().clone();
    let is_fit =
        |name: &str| name != but && !directory.tiers_of(name).is_empty() && !delivery.health.is_failing(name);
    let names = directory.receivers.iter().map(|receiver| receiver.name.clone());
    names.filter(|name| is_fit(name)).collect()
}

async fn tell_failing(delivery: &Delivery, receiver: &str, why: &str, now_ms: i64) {
    let short: String = receiver.chars().take(20).collect();
    let incident = format!("receiver-{}-{now_ms}", short.replace('_', "-"));
    delivery.health.told_as(receiver, Some((incident.clone(), now_ms)));
    let mut message = about(delivery, receiver, incident, now_ms);
    message.what = format!("Messages do not reach the receiver {receiver}");
    message.how_bad =
        format!("It says: {why}. What it should have got comes here where it is critical, and else waits.");
    message.do_now =
        format!("Look at [alerts.receivers.{receiver}] in the settings, and test it on the page Alerts.");
    message.news = News::Notice;
    tell(delivery, receiver, message, now_ms).await;
}

async fn tell_well(delivery: &Delivery, receiver: &str, incident: &str, since_ms: i64, now_ms: i64) {
    delivery.health.told_as(receiver, None);
    let mut message = about(delivery, receiver, incident.to_owned(), since_ms);
    message.sequence = 2;
    message.at_ms = now_ms;
    message.what = format!("Messages reach the receiver {receiver} again");
    message.news = News::Resolved { ended_ms: now_ms };
    tell(delivery, receiver, message, now_ms).await;
}

async fn tell(delivery: &Delivery, but: &str, message: Message, now_ms: i64) {
    let others = others(delivery, but);
    if !others.is_empty() {
        report(ask(delivery, move |outbox| outbox.tell(&message, &others, now_ms)).await);
    }
}

/// As loud as what the receiver is for.
fn about(delivery: &Delivery, receiver: &str, incident: String, since_ms: i64) -> Message {
    let tiers = delivery.tiers_of(receiver);
    let is_loud = tiers.contains(&Tier::Critical) || tiers.contains(&Tier::High);
    let tier = if is_loud { Tier::High } else { Tier::Medium };
    Message::notice(incident, tier, since_ms)
}
