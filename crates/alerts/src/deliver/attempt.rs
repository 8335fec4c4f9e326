//! One attempt from the outbox to the receiver and back.

use std::sync::Arc;

use super::retry::{GIVE_UP_MS, chance, wait};
use super::{Complete, Delivery, OutboxError, Row};
use crate::receivers::attempt::{Attempt, Failure, Memory, Sent, blocking};
use crate::receivers::{Receiver, neat};

/// If the process ends during an attempt, it is made again so much later: long enough that the answer, had there been
/// one, would have come.
const AFTER_END_MS: i64 = 15_000;

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Delivered.
    Sent { note: String },
    /// To be tried again.
    Later { why: String, next_ms: i64, in_doubt: bool },
    /// Not ended yet; nothing went wrong.
    Underway { what: String, next_ms: i64 },
    /// Given up.
    Dead { why: String },
    /// It was not sent: while it was being completed a later message took its place.
    Superseded,
}

/// An attempt that has ended.
#[derive(Clone, Debug)]
pub(super) struct Finished {
    pub(super) row: Row,
    pub(super) outcome: Outcome,
    /// Whether the outbox knows; if not, it is told again before anything else.
    pub(super) is_kept: bool,
}

/// Completes the message if nobody did, tells the receiver, and tells the outbox.
pub(super) async fn attempt(
    delivery: &Delivery,
    complete: &Arc<dyn Complete>,
    receiver: &Receiver,
    mut row: Row,
) -> Finished {
    if row.tries == 0 && !row.message.alerts.is_empty() {
        row.message = complete.complete(&row.message, &row.receiver).await;
        let (id, message) = (row.id, row.message.clone());
        report(ask(delivery, move |outbox| outbox.complete(id, &message)).await);
    }
    let begun_ms = delivery.now_ms();
    let id = row.id;
    // Told or not: who waits for the alert is not to wait for our disk.
    let begun = ask(delivery, move |outbox| outbox.begin(id, begun_ms + AFTER_END_MS)).await;
    if begun == Ok(false) {
        return Finished { row, outcome: Outcome::Superseded, is_kept: true };
    }
    report(begun);
    let message = neat(&row.message);
    let told = receiver
        .send(&Attempt {
            message: &message,
            in_doubt: row.in_doubt,
            is_overtaken: row.is_overtaken,
            created_ms: row.created_ms,
            now_ms: begun_ms,
            memory: Memory::new(delivery.outbox.clone(), &row.receiver, &row.message.incident),
        })
        .await;
    let outcome = outcome(told, &row, delivery.now_ms());
    keep(delivery, row, outcome).await
}

/// Tells the outbox what became of a row.
pub(super) async fn keep(delivery: &Delivery, row: Row, outcome: Outcome) -> Finished {
    let (id, told, now_ms) = (row.id, outcome.clone(), delivery.now_ms());
    let kept = ask(delivery, move |outbox| match &told {
        Outcome::Sent { note } => outbox.sent(id, note, now_ms),
        Outcome::Later { why, next_ms, in_doubt } => outbox.failed(id, why, *next_ms, *in_doubt),
        // Somebody may have heard of it by now.
        Outcome::Underway { what, next_ms } => outbox.failed(id, what, *next_ms, true),
        Outcome::Dead { why } => outbox.dead(id, why, now_ms),
        Outcome::Superseded => Ok(()),
    });
    let kept = kept.await;
    let is_kept = kept.is_ok();
    report(kept);
    Finished { row, outcome, is_kept }
}

fn outcome(told: Result<Sent, Failure>, row: &Row, now_ms: i64) -> Outcome {
    match told {
        Ok(sent) => Outcome::Sent { note: sent.note },
        Err(Failure::Refused { why }) => Outcome::Dead { why },
        Err(Failure::Underway { what, after }) => Outcome::Underway { what, next_ms: later(now_ms, after) },
        Err(Failure::Later { why, .. }) if now_ms - row.created_ms >= GIVE_UP_MS => {
            Outcome::Dead { why: format!("given up after a day: {why}") }
        }
        Err(Failure::Later { why, after, in_doubt }) => {
            let next_ms = later(now_ms, wait(row.tries + 1, after, chance()));
            Outcome::Later { why, next_ms, in_doubt: in_doubt || row.in_doubt }
        }
    }
}

fn later(now_ms: i64, by: std::time::Duration) -> i64 {
    now_ms.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
}

/// Asks the outbox, where waiting for the disk hurts nobody.
pub(super) async fn ask<T: Send + 'static>(
    delivery: &Delivery,
    work: impl FnOnce(&dyn super::Outbox) -> Result<T, OutboxError> + Send + 'static,
) -> Result<T, OutboxError> {
    let outbox = delivery.outbox.clone();
    blocking(move || work(outbox.as_ref())).await
}

/// Says what the outbox could not do.
pub(super) fn report<T>(result: Result<T, OutboxError>) {
    if let Err(error) = result {
        tracing::error!(%error, "what became of a message could not be kept");
    }
}
