//! The bitmaps of filters that queries asked for last and that are not cut into slices: reading one from its file
//! costs ten times what asking it does.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant};

use crate::place::DayKey;

/// What is kept in memory: more than a year of days has that are not cut into slices. Beyond it those of the oldest
/// days go.
const BYTES_MAX: usize = 32 << 20;

/// When none was read for so long, all of them go.
const IDLE: Duration = Duration::from_secs(300);

/// The cache.
#[derive(Debug, Default)]
pub(crate) struct Bitmaps(RwLock<Inside>);

#[derive(Debug, Default)]
struct Inside {
    bitmaps: BTreeMap<(DayKey, i64), Box<[u8]>>,
    bytes: usize,
    used: Option<Instant>,
}

impl Bitmaps {
    /// Gives `found` the bitmaps that are here of these blocks, which are sorted; answers with the others.
    pub(crate) fn each(&self, key: DayKey, blocks: &[i64], mut found: impl FnMut(i64, &[u8])) -> Vec<i64> {
        let inside = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Vec::new() };
        let mut known = inside.bitmaps.range((key, *first)..=(key, *last)).peekable();
        let mut unknown = Vec::new();
        for block in blocks {
            while known.next_if(|((_, id), _)| id < block).is_some() {}
            match known.next_if(|((_, id), _)| id == block) {
                Some((_, bitmap)) => found(*block, bitmap),
                None => unknown.push(*block),
            }
        }
        unknown
    }

    /// Keeps what was read.
    pub(crate) fn keep(&self, key: DayKey, read: Vec<(i64, Box<[u8]>)>) {
        let mut inside = self.write();
        inside.used = Some(Instant::now());
        for (block, bitmap) in read {
            inside.bytes += bitmap.len();
            if let Some(old) = inside.bitmaps.insert((key, block), bitmap) {
                inside.bytes -= old.len();
            }
        }
        while inside.bytes > BYTES_MAX
            && let Some((_, oldest)) = inside.bitmaps.pop_first()
        {
            inside.bytes -= oldest.len();
        }
    }

    /// The day's files are about to go.
    pub(crate) fn forget(&self, key: DayKey) {
        let mut inside = self.write();
        inside.bitmaps.retain(|(other, _), _| *other != key);
        inside.bytes = inside.bitmaps.values().map(|bitmap| bitmap.len()).sum();
    }

    /// Gives the memory back once none was read for a while.
    pub(crate) fn forget_idle(&self, now: Instant) {
        let mut inside = self.write();
        if inside.used.is_some_and(|used| now.duration_since(used) >= IDLE) {
            *inside = Inside::default();
        }
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inside> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use model::UtcDay;

    use super::*;
    use crate::class::Class;

    fn key(day: i32) -> DayKey {
        DayKey { day: UtcDay::from_days(day), class: Class::Normal }
    }

    fn known(bitmaps: &Bitmaps, day: i32, blocks: &[i64]) -> (Vec<i64>, Vec<i64>) {
        let mut found = Vec::new();
        let unknown = bitmaps.each(key(day), blocks, |block, bitmap| {
            assert_eq!(bitmap[0], block as u8);
            found.push(block);
        });
        (found, unknown)
    }

    #[test]
    fn what_was_read_is_known_until_it_is_forgotten() {
        let bitmaps = Bitmaps::default();
        let read = |blocks: &[i64], bytes: usize| -> Vec<(i64, Box<[u8]>)> {
            blocks.iter().map(|block| (*block, vec![*block as u8; bytes].into())).collect()
        };
        bitmaps.keep(key(2), read(&[1, 3, 5], 10));
        bitmaps.keep(key(1), read(&[2, 3], 10));
        assert_eq!(known(&bitmaps, 2, &[1, 2, 3, 4]), (vec![1, 3], vec![2, 4]));
        assert_eq!(known(&bitmaps, 1, &[1, 2, 3, 4]), (vec![2, 3], vec![1, 4]));
        bitmaps.forget(key(2));
        assert_eq!(known(&bitmaps, 2, &[1, 3]), (vec![], vec![1, 3]));
        // The oldest make room.
        bitmaps.keep(key(3), read(&[7], BYTES_MAX - 10));
        assert_eq!(known(&bitmaps, 1, &[2, 3]), (vec![3], vec![2]));
        bitmaps.forget_idle(Instant::now());
        assert_eq!(known(&bitmaps, 3, &[7]).0, [7]);
        bitmaps.forget_idle(Instant::now() + IDLE);
        assert_eq!(known(&bitmaps, 3, &[7]).1, [7]);
    }
}
