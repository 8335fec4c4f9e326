//! What a Docker engine sends: no bytes panic, a log cut in two anywhere gives the same lines as in one piece, and
//! no line is longer than it may be.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, bool, &[u8])| {
    let (cut, tty, bytes) = input;
    let whole = docker::fuzzing::lines(bytes, bytes.len(), tty);
    assert_eq!(docker::fuzzing::lines(bytes, usize::from(cut), tty), whole);
    for line in whole.iter().flatten().flatten() {
        assert!(line.len() <= docker::fuzzing::LINE_BYTES, "{} bytes", line.len());
    }
    docker::fuzzing::event(bytes);
});
