//! LogQL: no text panics, every fault lies inside the text, and what was parsed is parsed again from its own text
//! as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match logql::parse(text) {
        Ok(query) => {
            let written = query.to_string();
            if written.len() > logql::QUERY_BYTES_MAX {
                return;
            }
            let again = logql::parse(&written).unwrap_or_else(|e| panic!("{written}: {e}"));
            assert_eq!(again.to_string(), written);
        }
        Err(fault) => {
            assert!(!fault.to_string().is_empty());
            assert!(fault.span.start <= fault.span.end && fault.span.end as usize <= text.len(), "{:?}", fault.span);
        }
    }
});
