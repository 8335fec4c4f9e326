//! Samples as they lie on disk: no bytes make a decoder panic, and what one accepts it gives out again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| metrics::fuzzing::stored(bytes));
