//! Containers of spans: the roots in them are what would be transactions, with the spans that belong to them.

use std::collections::HashMap;

use event::SpanId;
use event::items::{ContainedSpan, Span, SpanContainer, Transaction};
use event::value::find;
use model::Timestamp;

/// The transactions that the container stands for, and the spans whose root is not among them: they were sent before it,
/// or are late.
pub(super) fn transactions(
    container: SpanContainer,
    received: Timestamp,
) -> (Vec<Transaction>, Vec<ContainedSpan>) {
    let (roots, parts): (Vec<_>, Vec<_>) = container.spans.into_iter().partition(|span| span.is_segment);
    let mut transactions: Vec<Transaction> =
        roots.into_iter().map(|root| transaction(root, received)).collect();
    let places: HashMap<SpanId, usize> =
        transactions.iter().enumerate().map(|(place, one)| (one.span, place)).collect();
    let mut orphans = Vec::new();
    for part in parts {
        let place = part.segment.and_then(|root| places.get(&root));
        match place.and_then(|place| transactions.get_mut(*place)) {
            Some(transaction) => transaction.spans.push(part.span),
            None => orphans.push(part),
        }
    }
    (transactions, orphans)
}

fn transaction(root: ContainedSpan, received: Timestamp) -> Transaction {
    let Span { id, parent, op, description, start, end, status, data } = root.span;
    let sample_rate = find(&data, "sentry.sample_rate").and_then(event::Value::as_f64);
    let platform = find(&data, "sentry.platform").and_then(event::Value::as_text).unwrap_or_default();
    Transaction {
        name: root.transaction.filter(|name| !name.is_empty()).unwrap_or(description),
        platform: platform.to_owned(),
        op,
        method: root.method,
        status,
        received,
        start,
        end,
        trace: root.trace,
        span: id,
        parent,
        sample_rate,
        release: root.release,
        environment: root.environment,
        server_name: root.server_name,
        data,
        ..Transaction::default()
    }
}
