//! Where a collector stands.

/// A collector's memory, kept for it beside the lines that it brought. Only the collector reads the value;
/// the store gives every position back at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Names the place; begins with the collector's name and a slash, as `docker/<container id>/stdout`.
    pub key: String,
    /// The collector's own encoding; `None` forgets the key.
    pub value: Option<Vec<u8>>,
}
