//! Bytes behind their checksum: eight bytes of xxh3, then what they cover.

/// How long the checksum is.
const CHECKSUM: usize = 8;

/// Puts the checksum in front.
pub(crate) fn wrap(content: &[u8]) -> Vec<u8> {
    let mut blob = Vec::with_capacity(CHECKSUM + content.len());
    blob.extend_from_slice(&store::checksum(content).to_le_bytes());
    blob.extend_from_slice(content);
    blob
}

/// What the checksum covers; nothing if it does not fit.
pub(crate) fn unwrap(blob: &[u8]) -> Option<&[u8]> {
    let (checksum, content) = blob.split_first_chunk::<CHECKSUM>()?;
    (store::checksum(content) == u64::from_le_bytes(*checksum)).then_some(content)
}
