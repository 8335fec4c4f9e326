//! Files of versions before this one.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use event::items::{ContainedSpan, Span, SpanContainer};
use event::{SpanId, TraceId};
use model::Timestamp;
use store::Schema;
use tempfile::TempDir;

use super::ground::{Ground, START_MS, Sent};
use crate::config::Config;
use crate::database::{self, SCHEMA};
use crate::limits::Limits;
use crate::prepared::Prepared;

/// A released version's text stays as it is: files that were made by it are taken for such ones.
#[test]
fn what_was_released_is_not_changed() {
    let released = [0x965c_2947_1c56_1b94, 0xba9f_b4e1_7539_1e65];
    let found: Vec<u64> = SCHEMA.versions.iter().map(|text| store::checksum(text.as_bytes())).collect();
    assert_eq!(found[..released.len()], released, "add another version instead: {found:x?}");
}

#[test]
fn a_file_of_the_first_version_is_brought_up_and_worked_on() {
    let directory = Arc::new(TempDir::new().unwrap());
    let first = Schema { versions: &SCHEMA.versions[..1], ..SCHEMA };
    drop(store::open(&directory.path().join(database::FILE), &first).unwrap());
    let now_ms = Arc::new(AtomicI64::new(START_MS));
    let mut ground = Ground::at(directory, now_ms, Config::default(), Limits::default());
    ground.storage.steps.stumbles_at = Some(2);
    ground.send(&Sent::default());
    ground.send(&Sent::default());
    ground.spool_items(vec![Prepared::Spans(orphans())]);
    ground.try_work().unwrap();
    let rows = |ground: &Ground, table: &str| ground.number(&format!("SELECT count(*) FROM {table}"));
    assert_eq!(["event", "aside", "performance_orphan"].map(|table| rows(&ground, table)), [1, 1, 1]);
    ground.upkeep();
    let mut ground = ground.restarted();
    ground.send(&Sent::default());
    ground.upkeep();
    assert_eq!((ground.only().count, ground.faults()), (2, Vec::new()));
}

fn orphans() -> SpanContainer {
    let at = Timestamp::from_millis(START_MS);
    let span = Span { id: SpanId([2; 8]), start: at, end: at, ..Span::default() };
    let one = ContainedSpan {
        span,
        trace: TraceId([7; 16]),
        segment: Some(SpanId([1; 8])),
        ..ContainedSpan::default()
    };
    SpanContainer { spans: vec![one], faulty: 0 }
}
