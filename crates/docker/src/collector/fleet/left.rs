//! Where the logs were left that nobody reads: at the start, and when a reader has ended.

use std::collections::HashMap;
use std::time::Duration;

use model::Position;
use tokio::time::Instant;

use crate::cursor::Cursor;
use crate::pieces::Stream;
use crate::reader::{Cursors, position_key};

/// How long a container may be nowhere to be seen before its cursors are forgotten, if nobody saw it removed:
/// a look at another engine by mistake shall not have everything collected again.
const ABSENCE_MAX: Duration = Duration::from_secs(600);

/// Cursors by container id.
pub(super) struct Left {
    places: HashMap<String, Place>,
}

struct Place {
    cursors: Cursors,
    /// Since when nobody reads there.
    since: Instant,
    /// The engine said that the container was removed.
    removed: bool,
}

impl Left {
    /// From the stored positions; those of others are left alone.
    pub(super) fn new(positions: &[Position]) -> Self {
        let mut left = Self { places: HashMap::new() };
        for position in positions {
            let Some((id, stream)) = container_and_stream(&position.key) else { continue };
            let cursor = position.value.as_deref().and_then(Cursor::decode);
            left.place(id).cursors[stream.index()] = cursor;
        }
        left
    }

    /// The cursors of a container that is going to be read.
    pub(super) fn take(&mut self, id: &str) -> Cursors {
        self.places.remove(id).map_or([None, None], |place| place.cursors)
    }

    /// The cursors of a container that was read.
    pub(super) fn put(&mut self, id: String, cursors: Cursors) {
        self.place(&id).cursors = cursors;
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

    /// Forgets what will not be needed again; gives the positions that say so. `present` tells which containers
    /// are there or are still being read.
    pub(super) fn forget(&mut self, present: impl Fn(&str) -> bool) -> Vec<Position> {
        let mut positions = Vec::new();
        self.places.retain(|id, place| {
            if present(id) || !(place.removed || place.since.elapsed() > ABSENCE_MAX) {
                return true;
            }
            let keys = Stream::BOTH.map(|stream| position_key(id, stream));
            positions.extend(keys.map(|key| Position { key, value: None }));
            false
        });
        positions
    }

    fn place(&mut self, id: &str) -> &mut Place {
        let nowhere = || Place { cursors: [None, None], since: Instant::now(), removed: false };
        self.places.entry(id.to_owned()).or_insert_with(nowhere)
    }
}

/// The reverse of [`position_key`].
fn container_and_stream(key: &str) -> Option<(&str, Stream)> {
    let (id, name) = key.strip_prefix("docker/")?.split_once('/')?;
    let stream = Stream::BOTH.into_iter().find(|stream| stream.name() == name)?;
    id.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some((id, stream))
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;
    use crate::cursor::Progress;
    use crate::lines::Line;

    fn position(key: &str) -> Position {
        let mut log = Progress::<Line>::new(None);
        log.rest_until(Timestamp::from_seconds(100));
        Position { key: key.to_owned(), value: log.cursor().map(|cursor| cursor.encode()) }
    }

    #[test]
    fn positions_of_logs_are_found_among_others() {
        let keys = [
            "docker/0a1b/stdout",
            "docker/0a1b/stderr",
            "docker/deploy/shop/stdout",
            "docker/events",
            "x/ff/stdout",
        ];
        let mut left = Left::new(&keys.map(position));
        assert_eq!(left.places.len(), 1);
        assert!(left.take("0a1b").iter().all(Option::is_some));
        assert_eq!(left.take("0a1b"), [None, None]);
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_is_gone_is_forgotten() {
        let mut left = Left::new(&["docker/aa/stdout", "docker/bb/stdout", "docker/cc/stdout"].map(position));
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
