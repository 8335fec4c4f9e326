//! The bytes of a client's connection: none panic, pieces make no difference, and nothing is changed but the one byte that
//! is not forgiven.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let whole = proxy::fuzzing::watched(bytes, bytes.len().max(1));
    assert_eq!(proxy::fuzzing::watched(bytes, usize::from(piece).max(1)), whole);
    let changed = whole.bytes.iter().zip(bytes).filter(|(a, b)| a != b).count();
    assert_eq!(changed, usize::from(whole.fault), "{bytes:?}");
});
