//! How many things a body may hold: a tiny entry takes far more memory than bytes on the wire.

use http::StatusCode;

use crate::fault::Fault;

/// Streams, labels, entries and metadata together.
const ITEMS_MAX: usize = 500_000;

/// Counts what a body holds while it is decoded.
#[derive(Default)]
pub(in crate::loki) struct Tally {
    items: usize,
}

impl Tally {
    /// Counts one more; `false`: it is one too many.
    pub(in crate::loki) fn admits(&mut self) -> bool {
        self.items += 1;
        self.items <= ITEMS_MAX
    }

    /// Whether more was counted than is admitted.
    pub(in crate::loki) fn is_over(&self) -> bool {
        self.items > ITEMS_MAX
    }
}

/// What the sender of such a body is told.
pub(in crate::loki) fn too_many() -> Fault {
    let message = format!(
        "the body holds more than {ITEMS_MAX} streams, labels, entries and metadata together; send it in smaller parts"
    );
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}
