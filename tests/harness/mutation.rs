//! Bodies that were right, a little changed: the same ones in every run, so that a failure can be run again.

/// The same numbers in every run (xorshift).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// From 0 to below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    /// Cuts, flips, doubles, drops or replaces bytes.
    pub(crate) fn mutate(&mut self, body: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(body.len().max(1)).min(body.len().saturating_sub(1));
            match self.below(6) {
                0 => body.truncate(at),
                1 if !body.is_empty() => body[at] ^= 1 << self.below(8),
                2 if !body.is_empty() => body[at] = [0x00, 0xff, b'"', b'{', 0x80, b'\\'][self.below(6)],
                3 => {
                    let piece: Vec<u8> = body[at..].iter().take(64).copied().collect();
                    body.splice(at..at, piece);
                }
                4 => {
                    let end = (at + 1 + self.below(32)).min(body.len());
                    body.drain(at..end);
                }
                _ => body.extend_from_slice(b"}]garbage"),
            }
        }
    }
}
