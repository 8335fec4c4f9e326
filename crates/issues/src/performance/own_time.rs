//! What a span took itself: its time without that of its parts. Parts that run at once are not counted twice.

use std::collections::HashMap;

use event::SpanId;
use event::items::{Span, Transaction};
use model::Ordered as _;

/// For each span of the transaction, in their order, its own time in milliseconds.
pub(super) fn own_times_ms(transaction: &Transaction) -> Vec<f64> {
    let mut parts: HashMap<SpanId, Vec<(i64, i64)>> = HashMap::new();
    for span in &transaction.spans {
        if let Some(parent) = span.parent.filter(|parent| *parent != span.id) {
            parts.entry(parent).or_default().push((span.start.nanos(), span.end.nanos()));
        }
    }
    let own = |span: &Span| {
        let covered = parts.get_mut(&span.id).map_or(0, |parts| covered(parts, span));
        (span.end.nanos().saturating_sub(span.start.nanos()).max(0) - covered) as f64 / 1e6
    };
    transaction.spans.iter().map(own).collect()
}

/// How much of the span its parts cover together.
fn covered(parts: &mut [(i64, i64)], span: &Span) -> i64 {
    parts.order();
    let mut covered = 0;
    let mut until = span.start.nanos();
    for (start, end) in parts {
        let (start, end) = ((*start).max(until), (*end).min(span.end.nanos()));
        covered += end.saturating_sub(start).max(0);
        until = until.max(end);
    }
    covered
}
