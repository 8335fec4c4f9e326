//! How much memory all bodies together may take that are held whole: to be sent again, or to be sent to two.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Of all bodies together.
const KIB_MAX: usize = 128 << 10;

/// What is left.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Semaphore>);

/// A part of it, given back when it is dropped.
pub(crate) type Share = OwnedSemaphorePermit;

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(KIB_MAX)))
    }
}

impl Room {
    /// Room for so many bytes, if there is any.
    pub(crate) fn share(&self, bytes: u64) -> Option<Share> {
        let kib = u32::try_from(bytes.div_ceil(1 << 10)).ok()?;
        self.0.clone().try_acquire_many_owned(kib).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_so_much_and_no_more() {
        let room = Room::default();
        let all = (KIB_MAX as u64) << 10;
        let half = room.share(all / 2).expect("it is empty");
        assert!(room.share(all / 2 + 1).is_none() && room.share(u64::MAX).is_none());
        assert!(room.share(all / 2).is_some());
        drop(half);
        assert!(room.share(all).is_some(), "what was given back is there again");
    }
}
