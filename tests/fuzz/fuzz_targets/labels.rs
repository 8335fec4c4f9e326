//! The label sets of the push format: no text panics, and a set survives its own text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::Labels;

fuzz_target!(|text: &str| {
    match Labels::parse(text) {
        Ok(labels) => assert_eq!(Labels::parse(&labels.to_string()), Ok(labels)),
        Err(fault) => assert!(fault.at <= text.len(), "{fault:?}"),
    }
});
