//! What a probed server sends: no bytes panic, neither as a certificate nor as a place that an answer leads to.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    collectors::probe::fuzzing::certificate(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        collectors::probe::fuzzing::redirect(text);
    }
});
