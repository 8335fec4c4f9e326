//! Ways in for fuzz targets: what clients send.

use crate::head::Watch;

/// What became of a connection's bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Watched {
    /// As hyper sees them.
    pub bytes: Vec<u8>,
    /// Whether one of them was not forgiven.
    pub fault: bool,
    /// Whether the connection ends after its request.
    pub last: bool,
}

/// Bytes that come in pieces of this size. What comes after a fault is as it came.
pub fn watched(bytes: &[u8], piece: usize) -> Watched {
    let (mut watch, mut bytes) = (Watch::default(), bytes.to_vec());
    let mut fault = false;
    for part in bytes.chunks_mut(piece) {
        fault |= watch.pass(part).is_some();
    }
    Watched { bytes, fault, last: watch.is_blind() }
}

/// The path to route by; `None` for what is no path.
pub fn path(path: &str) -> Option<String> {
    crate::path::normal(path, true).ok().map(|normal| normal.unwrap_or_else(|| path.to_owned()))
}
