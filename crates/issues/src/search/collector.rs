//! Gathers the fingerprints of the events that were found.

use std::collections::HashSet;
use std::ops::Range;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::document;

/// Only of events that were received in this time, in milliseconds since the epoch.
pub(super) struct Fingerprints(pub(super) Range<i64>);

pub(super) struct OfSegment {
    fingerprints: Column<u64>,
    received: Column<i64>,
    range: Range<i64>,
    found: HashSet<u64>,
}

impl Collector for Fingerprints {
    type Fruit = HashSet<u64>;
    type Child = OfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<OfSegment> {
        Ok(OfSegment {
            fingerprints: segment.fast_fields().u64(document::FINGERPRINT)?,
            received: segment.fast_fields().i64(document::RECEIVED)?,
            range: self.0.clone(),
            found: HashSet::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<HashSet<u64>>) -> tantivy::Result<HashSet<u64>> {
        Ok(segments
            .into_iter()
            .reduce(|mut all, one| {
                all.extend(one);
                all
            })
            .unwrap_or_default())
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = HashSet<u64>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let is_inside = self.received.first(doc).is_some_and(|at| self.range.contains(&at));
        if let Some(fingerprint) = self.fingerprints.first(doc).filter(|_| is_inside) {
            self.found.insert(fingerprint);
        }
    }

    fn harvest(self) -> HashSet<u64> {
        self.found
    }
}
