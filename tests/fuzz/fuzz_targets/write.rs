//! Bodies of remote_write and remote_read, packed and not: no bytes panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    server::fuzzing::remote_write(body);
    // What lies behind the compression is met seldom otherwise.
    if let Ok(packed) = snap::raw::Encoder::new().compress_vec(body) {
        server::fuzzing::remote_write(&packed);
        server::fuzzing::remote_read(&packed);
    }
});
