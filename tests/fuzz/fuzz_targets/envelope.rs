//! Envelopes and what is in them: no bytes panic, and what was taken or skipped is never more than was sent.
#![no_main]

use std::sync::LazyLock;

use bytes::Bytes;
use event::envelope::{self, Limits};
use event::{Arrival, ScrubConfig, Scrubber};
use libfuzzer_sys::fuzz_target;

static SCRUBBER: LazyLock<Scrubber> = LazyLock::new(|| Scrubber::new(ScrubConfig::default()));

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { items_max: 20, ..Limits::default() };
    let Ok(envelope) = envelope::read(&Bytes::copy_from_slice(bytes), &limits) else { return };
    assert!(envelope.items.len() + envelope.skipped.len() <= limits.items_max + 1);
    let taken: usize = envelope.items.iter().map(|item| item.payload.len()).sum();
    let skipped: usize = envelope.skipped.iter().map(|skipped| skipped.bytes).sum();
    assert!(taken + skipped <= bytes.len());
    let arrival = Arrival { sent_at: envelope.header.sent_at, ..Arrival::default() };
    for item in &envelope.items {
        let _ = event::prepare(item, &arrival, &SCRUBBER);
    }
});
