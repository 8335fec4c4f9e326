//! What the shop counts for its console.

/// Orders and errors since the console looked last.
#[derive(Debug)]
pub(super) struct Sales {
    order: u32,
    orders: u32,
    errors: u32,
}

impl Default for Sales {
    fn default() -> Self {
        Self { order: 9_000, orders: 0, errors: 0 }
    }
}

impl Sales {
    /// Counts an order and numbers it.
    pub(super) fn next_order(&mut self) -> u32 {
        self.order += 1;
        self.orders += 1;
        self.order
    }

    pub(super) fn note_error(&mut self) {
        self.errors += 1;
    }

    /// Orders and errors since the last call.
    pub(super) fn take(&mut self) -> (u32, u32) {
        (std::mem::take(&mut self.orders), std::mem::take(&mut self.errors))
    }
}
