//! Who sends: no query and no header panics, and a key that is found is written as it was.
#![no_main]

use event::{Dsn, auth};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (query, header) = text.split_once('\n').unwrap_or((text, text));
    for found in [auth::find(query, Some(header), None), auth::find("", None, Some(header))] {
        let Ok(Some(auth)) = found else { continue };
        assert_eq!(auth.key.to_string().parse(), Ok(auth.key));
    }
    if let Ok(dsn) = text.parse::<Dsn>() {
        assert_eq!(dsn.to_string().parse(), Ok(dsn));
    }
});
