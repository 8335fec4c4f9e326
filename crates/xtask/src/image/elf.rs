//! Just enough of ELF to see whether a program runs without a dynamic linker.

const PROGRAM_INTERPRETER: u32 = 3;

/// Whether the program names a dynamic linker; `None` if these bytes are no little-endian ELF of 64 bits.
pub(super) fn needs_an_interpreter(bytes: &[u8]) -> Option<bool> {
    if bytes.get(..6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let table = u64::from_le_bytes(field(bytes, 0x20)?);
    let entry_bytes = u64::from(u16::from_le_bytes(field(bytes, 0x36)?));
    let entries = u64::from(u16::from_le_bytes(field(bytes, 0x38)?));
    for entry in 0..entries {
        let at = usize::try_from(table.checked_add(entry * entry_bytes)?).ok()?;
        if u32::from_le_bytes(field(bytes, at)?) == PROGRAM_INTERPRETER {
            return Some(true);
        }
    }
    Some(false)
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header with program headers of these kinds.
    fn program(kinds: &[u32]) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01".to_vec();
        bytes.resize(64, 0);
        bytes[0x20] = 64;
        bytes[0x36] = 56;
        bytes[0x38] = kinds.len() as u8;
        for kind in kinds {
            bytes.extend(kind.to_le_bytes());
            bytes.extend([0; 52]);
        }
        bytes
    }

    #[test]
    fn the_table_decides() {
        assert_eq!(needs_an_interpreter(&program(&[1, 1, 2])), Some(false));
        assert_eq!(needs_an_interpreter(&program(&[6, 3, 1])), Some(true));
        assert_eq!(needs_an_interpreter(&program(&[1, 3])[..100]), None);
        assert_eq!(needs_an_interpreter(b"#!/bin/sh"), None);
    }

    #[test]
    fn this_test_is_a_program() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert!(needs_an_interpreter(&own).is_some());
    }
}
