//! What does it cost to take in an event of a FastAPI program of about 37 KB, step by step? In microseconds.
//!
//! ```text
//! cargo bench -p event
//! ```

#![allow(clippy::print_stdout, missing_docs)]

use std::hint::black_box;
use std::io::Read;
use std::time::Instant;

use event::{Arrival, Rules, ScrubConfig, Scrubber};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/corpus/fastapi.jsonl.gz");

fn main() {
    let raw = event_of(37_000);
    let on = Scrubber::new(ScrubConfig::default());
    let off = Scrubber::off();
    let arrival = Arrival::default();
    let event = event::normalise(&raw, &arrival, &on).expect("an event");
    let rules = Rules::default();
    println!(
        "{} bytes, {} frames",
        raw.len(),
        event.exceptions.iter().map(|one| one.frames.len()).sum::<usize>()
    );
    let tell = |name: &str, call: &dyn Fn() -> usize| {
        let best = (0..9).map(|_| measure(call)).min();
        println!("{name:<32} {:>6} µs", best.expect("nine runs"));
    };
    let json = || serde_json::from_slice::<event::Value>(black_box(&raw)).map_or(0, |_| 1);
    tell("JSON alone", &json);
    tell("normalised, nothing masked", &|| {
        event::normalise(black_box(&raw), &arrival, &off).map_or(0, |event| event.exceptions.len())
    });
    tell("normalised and masked", &|| {
        event::normalise(black_box(&raw), &arrival, &on).map_or(0, |event| event.exceptions.len())
    });
    tell("written as JSON", &|| serde_json::to_vec(black_box(&event)).map_or(0, |json| json.len()));
    tell("grouped", &|| event::group(black_box(&event), &rules).hashes.len());
    tell("title and facets", &|| event::title(black_box(&event)).title.len() + event::facets(&event).len());
}

/// The event of the corpus whose size is nearest.
fn event_of(bytes: usize) -> Vec<u8> {
    let file = std::fs::File::open(CORPUS).expect("the corpus is there");
    let mut lines = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut lines).expect("the corpus is gzip");
    let line = lines.lines().min_by_key(|line| line.len().abs_diff(bytes)).expect("the corpus has events");
    let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
    let event = line.get("event").unwrap_or(&line);
    event.to_string().into_bytes()
}

/// Microseconds of one call, on average over many.
fn measure(call: &dyn Fn() -> usize) -> u128 {
    const CALLS: u32 = 300;
    let started = Instant::now();
    for _ in 0..CALLS {
        black_box(call());
    }
    started.elapsed().as_micros() / u128::from(CALLS)
}
