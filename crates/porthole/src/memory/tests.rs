#![allow(unsafe_code, reason = "the C library's functions have pointers for arguments")]

use super::{memcpy, memmove};

const LENGTHS: [usize; 5] = [2047, 2048, 2049, 4096, 70_001];

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 251) as u8).collect()
}

#[test]
fn every_length_is_copied_and_no_byte_more() {
    for length in (0..300).chain(LENGTHS) {
        for offset in [0, 1, 7, 16] {
            let from = bytes(length + offset);
            let mut to = vec![255_u8; length + 32];
            // SAFETY: both are longer than what is copied.
            unsafe { memcpy(to[16..].as_mut_ptr(), from[offset..].as_ptr(), length) };
            assert_eq!(to[16..16 + length], from[offset..], "{length} from {offset}");
            assert!(to[..16].iter().chain(&to[16 + length..]).all(|byte| *byte == 255), "{length}");
        }
    }
}

#[test]
fn what_overlaps_is_moved() {
    for length in (0..300).chain(LENGTHS) {
        for distance in [0, 1, 3, 15, 16, 17, 63, 64, 65, 130, 3000] {
            for is_ahead in [true, false] {
                let (to, from) = if is_ahead { (distance, 0) } else { (0, distance) };
                let mut moved = bytes(length + distance);
                let mut expected = moved.clone();
                expected.copy_within(from..from + length, to);
                let start = moved.as_mut_ptr();
                // SAFETY: both places lie within the vector.
                unsafe { memmove(start.add(to), start.add(from), length) };
                assert!(moved == expected, "{length} from {from} to {to}");
            }
        }
    }
}
