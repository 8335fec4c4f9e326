//! Bodies of pushes, in each form: no bytes panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    server::fuzzing::push_json(body);
    server::fuzzing::otlp_json(body);
    server::fuzzing::otlp_protobuf(body);
    server::fuzzing::push_protobuf(body);
    // What lies behind the compression is met seldom otherwise.
    if let Ok(packed) = snap::raw::Encoder::new().compress_vec(body) {
        server::fuzzing::push_protobuf(&packed);
    }
});
