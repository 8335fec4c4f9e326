//! Paths as clients write them: none panic, what is normal stays as it is, and no dots are left.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if !text.starts_with('/') {
        return;
    }
    let Some(normal) = proxy::fuzzing::path(text) else { return };
    assert_eq!(proxy::fuzzing::path(&normal).as_deref(), Some(normal.as_str()));
    assert!(normal.starts_with('/') && !normal.contains("//") && !normal.contains("/../"), "{text} {normal}");
});
