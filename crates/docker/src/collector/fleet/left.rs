//! Where the logs were left that nobody reads: at the start, and when a reader has ended.

use std::collections::HashMap;
use std::time::Duration;

use model::Position;
use tokio::time::Instant;

use crate::reader::{Bookmark, forgotten};

/// How long a container may be nowhere to be seen before its bookmark is forgotten, if nobody saw it removed:
/// a look at another engine by mistake shall not have everything collected again.
const ABSENCE_MAX: Duration = Duration::from_secs(600);

/// Bookmarks by container id.
pub(super) struct Left {
    places: HashMap<String, Place>,
}

struct Place {
    bookmark: Bookmark,
    /// Since when nobody reads there.
    since: Instant,
    /// The engine said that the container was removed.
    removed: bool,
}

impl Left {
    /// From the stored positions.
    pub(super) fn new(positions: &[Position]) -> Self {
        let mut left = Self { places: HashMap::new() };
        for (id, bookmark) in Bookmark::collect(positions) {
            left.put(id, bookmark);
        }
        left
    }

    /// The bookmark of a container that is going to be read.
    pub(super) fn take(&mut self, id: &str) -> Bookmark {
        self.places.remove(id).map_or_else(Bookmark::default, |place| place.bookmark)
    }

    /// The bookmark of a container that was read.
    pub(super) fn put(&mut self, id: String, bookmark: Bookmark) {
        self.place(&id).bookmark = bookmark;
    }

    /// Whether anything is known of a container.
    pub(super) fn holds(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    /// A container is no longer there.
    pub(super) fn leave(&mut self, id: &str, removed: bool) {
        let place = self.place(id);
        place.since = Instant::now();
        place.removed |= removed;
    }

    /// Forgets what will not be needed again; gives the positions that say so. `present` tells which
    /// containers are there or are still being read.
    pub(super) fn forget(&mut self, present: impl Fn(&str) -> bool) -> Vec<Position> {
        let mut positions = Vec::new();
        self.places.retain(|id, place| {
            if present(id) || !(place.removed || place.since.elapsed() > ABSENCE_MAX) {
                return true;
            }
            positions.extend(forgotten(id));
            false
        });
        positions
    }

    fn place(&mut self, id: &str) -> &mut Place {
        let nowhere = || Place { bookmark: Bookmark::default(), since: Instant::now(), removed: false };
        self.places.entry(id.to_owned()).or_insert_with(nowhere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_what_is_gone_is_forgotten() {
        let stored = |key: &str| Position { key: key.to_owned(), value: Some(Vec::new()) };
        let mut left = Left::new(&["docker/aa/stdout", "docker/bb/stdout", "docker/cc/stdout"].map(stored));
        let keys =
            |positions: Vec<Position>| positions.into_iter().map(|position| position.key).collect::<Vec<_>>();
        left.leave("aa", true);
        left.leave("bb", false);
        assert_eq!(keys(left.forget(|id| id == "aa")), Vec::<String>::new());
        assert_eq!(keys(left.forget(|_| false)), ["docker/aa/stdout", "docker/aa/stderr"]);
        tokio::time::advance(ABSENCE_MAX + Duration::from_secs(1)).await;
        assert_eq!(keys(left.forget(|id| id == "cc")), ["docker/bb/stdout", "docker/bb/stderr"]);
        assert!(left.holds("cc"));
    }
}
