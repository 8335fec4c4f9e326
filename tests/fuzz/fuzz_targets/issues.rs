//! What is told about issues, jobs and releases: no query, crontab, version or stored hour panics, and what is understood is
//! understood again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    issues::fuzzing::measured(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        issues::fuzzing::query(text);
        issues::fuzzing::schedule(text);
    }
});
