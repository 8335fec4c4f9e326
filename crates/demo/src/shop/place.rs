//! Where a member of the shop stands at the moment.

/// The container that plays a member now, and the process in it.
#[derive(Debug)]
pub(super) struct Place {
    /// The container's id.
    pub(super) id: String,
    /// The tag of its image.
    pub(super) tag: String,
    /// Counts the processes, over all containers.
    pub(super) run: u64,
    /// Whether the process runs.
    pub(super) alive: bool,
    /// Whether it is of use: booted, and not about to be replaced.
    pub(super) ready: bool,
}

impl Place {
    /// Whether that very process still runs.
    pub(super) fn is_alive(&self, run: u64) -> bool {
        self.alive && self.run == run
    }
}
