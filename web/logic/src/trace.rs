//! A transaction's spans as a waterfall, and what in it took the time.

use api::Span;

use crate::decimal::within;

/// A span's bar, in parts of the whole transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bar {
    /// Where it begins, 0 to 1.
    pub left: f64,
    /// How long it is, 0 to 1.
    pub width: f64,
}

/// Spans that are worth naming: one that took long by itself, or many that are alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Slow {
    /// The first of them, among the spans.
    pub at: usize,
    /// How many are alike.
    pub count: usize,
    /// All of them together, in milliseconds, without what is part of them.
    pub own_ms: f64,
    /// Their part of the transaction, 0 to 1.
    pub share: f64,
}

/// So many are named.
const NAMED_MAX: usize = 5;
/// What takes less of the whole is not worth naming.
const SHARE_MIN: f64 = 0.02;

/// The bars of spans; the first is the transaction itself.
pub fn bars(spans: &[Span]) -> Vec<Bar> {
    let whole = whole(spans);
    let bar = |span: &Span| {
        let left = within(span.start_ms / whole, 0.0, 1.0);
        Bar { left, width: within(span.duration_ms / whole, 0.0, 1.0 - left) }
    };
    spans.iter().map(bar).collect()
}

/// How long it is from the first span's beginning to the last one's end; some end after the transaction did.
fn whole(spans: &[Span]) -> f64 {
    let ends = spans.iter().map(|span| span.start_ms + span.duration_ms);
    ends.fold(0.0, f64::max).max(f64::MIN_POSITIVE)
}

/// What took the time, the most first. Spans of the same operation that do the same count together.
pub fn slowest(spans: &[Span]) -> Vec<Slow> {
    let whole = whole(spans);
    let mut all: Vec<Slow> = Vec::new();
    for (at, own_ms) in own_times(spans).into_iter().enumerate().skip(1) {
        let alike = |slow: &&mut Slow| {
            let (one, other) = (&spans[slow.at], &spans[at]);
            one.op == other.op && one.description == other.description
        };
        match all.iter_mut().find(alike) {
            Some(slow) => {
                slow.count += 1;
                slow.own_ms += own_ms;
            }
            None => all.push(Slow { at, count: 1, own_ms, share: 0.0 }),
        }
    }
    let mut named: Vec<Slow> = Vec::new();
    for mut slow in all {
        slow.share = slow.own_ms / whole;
        let place = named.partition_point(|other| other.own_ms >= slow.own_ms);
        if place < NAMED_MAX && slow.share >= SHARE_MIN {
            named.insert(place, slow);
            named.truncate(NAMED_MAX);
        }
    }
    named
}

/// Each span's time without that of its parts.
fn own_times(spans: &[Span]) -> Vec<f64> {
    let mut own: Vec<f64> = spans.iter().map(|span| span.duration_ms).collect();
    // The spans that the present one is part of, by their place.
    let mut open: Vec<usize> = Vec::new();
    for (at, span) in spans.iter().enumerate() {
        open.truncate(span.depth as usize);
        if let Some(parent) = open.last() {
            own[*parent] -= span.duration_ms;
        }
        open.push(at);
    }
    // Parts that run at the same time can come to more than the whole.
    own.into_iter().map(|millis| millis.max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(depth: u32, op: &str, description: &str, start_ms: f64, duration_ms: f64) -> Span {
        let (op, description) = (op.to_owned(), description.to_owned());
        Span { depth, op, description, start_ms, duration_ms, ..Span::default() }
    }

    fn checkout() -> Vec<Span> {
        vec![
            span(0, "http.server", "/checkout", 0.0, 100.0),
            span(1, "view", "checkout", 10.0, 80.0),
            span(2, "db", "SELECT stock", 10.0, 10.0),
            span(2, "db", "SELECT stock", 20.0, 10.0),
            span(2, "http.client", "POST pay", 30.0, 40.0),
            span(1, "template", "done.html", 90.0, 10.0),
        ]
    }

    #[test]
    fn bars_stand_where_their_spans_do() {
        let bars = bars(&checkout());
        assert_eq!((bars[0], bars[4]), (Bar { left: 0.0, width: 1.0 }, Bar { left: 0.3, width: 0.4 }));
    }

    #[test]
    fn what_ends_after_the_transaction_makes_the_picture_wider() {
        let bars = bars(&[span(0, "", "", 0.0, 50.0), span(1, "", "", 50.0, 50.0)]);
        assert_eq!(bars, [Bar { left: 0.0, width: 0.5 }, Bar { left: 0.5, width: 0.5 }]);
    }

    #[test]
    fn what_took_the_time_is_named_without_its_parts() {
        let named: Vec<(usize, usize, f64)> =
            slowest(&checkout()).iter().map(|slow| (slow.at, slow.count, slow.own_ms)).collect();
        assert_eq!(named, [(4, 1, 40.0), (1, 1, 20.0), (2, 2, 20.0), (5, 1, 10.0)]);
    }

    #[test]
    fn odd_trees_do_no_harm() {
        assert!(bars(&[]).is_empty() && slowest(&[]).is_empty());
        let odd = [span(3, "", "", -5.0, 10.0), span(9, "a", "", 2.0, 900.0), span(0, "b", "", 0.0, 0.0)];
        assert!(bars(&odd).iter().all(|bar| bar.left >= 0.0 && bar.left + bar.width <= 1.000_001));
        assert_eq!(slowest(&odd).len(), 1);
    }
}
