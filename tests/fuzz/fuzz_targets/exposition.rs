//! What a program answers to a scrape. Whoever remembers a body's lines and guesses them reads what it says without guesses.
#![no_main]

use collectors::exposition::{Format, Item, Reader, series_labels};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, body)) = bytes.split_first() else { return };
    let Ok(body) = std::str::from_utf8(body) else { return };
    let format = if *first == 1 { Format::OpenMetrics } else { Format::Text };
    let mut plain = Reader::new(body, format);
    let mut guessing = Reader::new(body, format);
    while let Some(read) = plain.next() {
        if let Ok(Item::Sample(sample)) = &read {
            let _ = series_labels(sample.series);
            if let Some(exemplar) = sample.exemplar {
                let _ = series_labels(exemplar.labels);
            }
            if let Some(value) = guessing.next_if(sample.series) {
                assert_eq!(value.to_bits(), sample.value.to_bits());
                assert_eq!((sample.timestamp_ms, sample.exemplar), (None, None));
                assert_eq!(guessing.line_number(), plain.line_number());
                continue;
            }
        }
        // A number that is none differs from itself.
        assert_eq!(format!("{:?}", guessing.next()), format!("{:?}", Some(read)));
    }
    assert!(guessing.next().is_none());
});
