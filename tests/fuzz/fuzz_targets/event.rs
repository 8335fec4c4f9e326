//! Events: no bytes panic; what is stored is read again as it was.
#![no_main]

use std::sync::LazyLock;

use event::{Arrival, Event, Rules, ScrubConfig, Scrubber};
use libfuzzer_sys::fuzz_target;

static SCRUBBER: LazyLock<Scrubber> = LazyLock::new(|| Scrubber::new(ScrubConfig::default()));

fuzz_target!(|bytes: &[u8]| {
    let arrival = Arrival::default();
    let _ = event::prepare_store(bytes, &arrival, &SCRUBBER);
    let _ = event::items::csp::read(bytes, None, None, &arrival, &SCRUBBER);
    let Ok(event) = event::normalise(bytes, &arrival, &SCRUBBER) else { return };
    let stored = serde_json::to_vec(&event).expect("an event is JSON");
    let read: Event = serde_json::from_slice(&stored).expect("what is stored can be read");
    assert_eq!(read, event);
    let _ = event::title(&event);
    let _ = event::facets(&event);
    let grouping = event::group(&event, &Rules::default());
    assert!(!grouping.hashes.is_empty());
});
