//! The spans of a transaction as a tree, in the order in which they are drawn.

use std::collections::HashMap;

use event::SpanId;
use event::items::{Span, Transaction};
use model::Ordered as _;

/// A span and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// How deep it stands in the tree; 0 is the transaction itself.
    pub depth: u32,
    /// The span.
    pub span: Span,
}

/// The transaction's own span, then its parts by when they began, each followed by its own. Spans whose parent was not
/// sent stand below the transaction.
pub(super) fn waterfall(transaction: &Transaction) -> Vec<Step> {
    let mut spans: Vec<&Span> = transaction.spans.iter().collect();
    spans.order_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let places: HashMap<SpanId, usize> =
        spans.iter().enumerate().map(|(place, span)| (span.id, place)).collect();
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); spans.len()];
    let mut open = Vec::new();
    for (place, span) in spans.iter().enumerate() {
        let parent = span.parent.and_then(|parent| places.get(&parent)).filter(|parent| **parent != place);
        match parent {
            Some(parent) => parts[*parent].push(place),
            None => open.push((place, 1)),
        }
    }

    let mut steps = vec![Step { depth: 0, span: own(transaction) }];
    let mut drawn = vec![false; spans.len()];
    open.reverse();
    // What is only part of itself, through others, is reached from no root: it is drawn below the transaction.
    let mut lost = (0..spans.len()).map(|place| (place, 1));
    while let Some((place, depth)) = open.pop().or_else(|| lost.find(|(place, _)| !drawn[*place])) {
        if std::mem::replace(&mut drawn[place], true) {
            continue;
        }
        steps.push(Step { depth, span: spans[place].clone() });
        open.extend(parts[place].iter().rev().map(|part| (*part, depth + 1)));
    }
    steps
}

/// The span that the transaction itself is.
fn own(transaction: &Transaction) -> Span {
    Span {
        id: transaction.span,
        parent: transaction.parent,
        op: transaction.op.clone(),
        description: transaction.name.clone(),
        start: transaction.start,
        end: transaction.end,
        status: transaction.status.clone(),
        data: transaction.data.clone(),
    }
}
