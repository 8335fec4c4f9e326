//! Compressed bodies: no bytes panic, and nothing that comes out is larger than allowed.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

const BYTES_MAX: usize = 64 << 10;

fuzz_target!(|bytes: &[u8]| {
    let body = Bytes::copy_from_slice(bytes);
    for packing in ["gzip", "deflate", "br", "zstd", "identity"] {
        if let Ok(unpacked) = event::unpack::unpack(body.clone(), Some(packing), BYTES_MAX) {
            assert!(unpacked.len() <= BYTES_MAX);
        }
    }
});
