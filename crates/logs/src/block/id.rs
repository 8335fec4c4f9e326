//! The forms of ids that are kept as sixteen bytes.

/// Stands for a UUID, in groups of 8, 4, 4, 4 and 12 small digits.
pub(super) const UUID: u8 = 0xff;

/// Stands for 32 small digits.
pub(super) const PLAIN: u8 = 0xfe;

/// The most that an id takes in a text.
pub(super) const UUID_CHARS: usize = 36;
pub(super) const PLAIN_CHARS: usize = 32;

/// The places of a UUID's dashes.
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// Bytes of an id.
pub(super) const ID_BYTES: usize = 16;

/// The id that the whole run is, and what stands for its form.
pub(super) fn id(run: &[u8]) -> Option<(u8, [u8; ID_BYTES])> {
    let mut id = [0; ID_BYTES];
    let (mark, digits) = match run.len() {
        PLAIN_CHARS => (PLAIN, <[u8; PLAIN_CHARS]>::try_from(run).ok()?),
        UUID_CHARS if DASHES.iter().all(|at| run[*at] == b'-') => {
            let mut digits = [0; PLAIN_CHARS];
            let mut to = 0;
            for group in [0..8, 9..13, 14..18, 19..23, 24..36] {
                digits[to..to + group.len()].copy_from_slice(&run[group.clone()]);
                to += group.len();
            }
            (UUID, digits)
        }
        _ => return None,
    };
    let mut wrong = 0;
    for (byte, pair) in id.iter_mut().zip(digits.as_chunks::<2>().0) {
        let (high, low) = (VALUES[usize::from(pair[0])], VALUES[usize::from(pair[1])]);
        wrong |= high | low;
        *byte = high << 4 | low & 15;
    }
    (wrong < 16).then_some((mark, id))
}

/// What each byte is worth as a small hexadecimal digit; 255 for all that are none.
const VALUES: [u8; 256] = {
    let mut values = [255; 256];
    let mut value = 0;
    while value < 16 {
        values[DIGITS[value] as usize] = value as u8;
        value += 1;
    }
    values
};

const DIGITS: [u8; 16] = *b"0123456789abcdef";

/// The two digits of each byte.
const PAIRS: [[u8; 2]; 256] = {
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Writes an id in the form that the mark stands for.
pub(super) fn write(id: &[u8; ID_BYTES], mark: u8, out: &mut Vec<u8>) {
    let mut digits = [0; PLAIN_CHARS];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(id) {
        *pair = PAIRS[usize::from(*byte)];
    }
    if mark == PLAIN {
        return out.extend_from_slice(&digits);
    }
    let mut chars = [b'-'; UUID_CHARS];
    let mut from = 0;
    for group in [0..8, 9..13, 14..18, 19..23, 24..36] {
        let length = group.len();
        chars[group].copy_from_slice(&digits[from..from + length]);
        from += length;
    }
    out.extend_from_slice(&chars);
}
