//! How events are stored: their JSON, compressed. Events of one group are much alike, so the first of a group becomes its
//! *base*, by which the following ones are told; that takes a fraction of the room.
//!
//! ```text
//! event, base   checksum │ zstd frame     a base's frame stands for itself; an event's may need its base
//! ```
//!
//! A base is stored as a row of its own, before or with the first event that needs it, and stays as long as there is one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use zstd::bulk::Decompressor;
use zstd::dict::EncoderDictionary;
use zstd::zstd_safe::{CCtx, compress_bound, get_error_name};

use crate::blob;

/// Groups whose base is kept in memory. Another one gets a new base with its next event.
const BASES_MAX: usize = 64;

/// Of shorter texts and of longer ones no base is made.
const BASE_BYTES: std::ops::RangeInclusive<usize> = 1 << 10..=128 << 10;

/// Frames that say that they are longer are damaged: the limits of events are far below.
const BYTES_MAX: usize = 64 << 20;

/// With a base the quickest level finds all that counts.
const LEVEL_WITH_BASE: i32 = 1;
const LEVEL_ALONE: i32 = 3;

/// A base by which less than this is saved is of no use.
const SAVED_MIN: usize = 5;

/// After so many events in a row of which a base saved too little, there is a new one.
const POOR_MAX: u32 = 8;

/// Why bytes are no event.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnpackError {
    #[error("its checksum does not fit")]
    Checksum,
    #[error("it cannot be unpacked ({0})")]
    Frame(std::io::Error),
}

/// What events of a group are told by.
pub(crate) struct Base {
    pub(crate) id: i64,
    dictionary: EncoderDictionary<'static>,
}

/// A packed event.
pub(crate) struct Packed {
    pub(crate) data: Vec<u8>,
    /// Held until the event is in the spool: a base that nothing holds may be deleted.
    pub(crate) base: Option<Arc<Base>>,
    /// The base's own data, where it has to be stored with the event.
    pub(crate) new_base: Option<Vec<u8>>,
}

/// The bases of the groups that events came from lately.
#[derive(Default)]
pub(crate) struct Bases {
    known: Mutex<Known>,
    contexts: Contexts,
}

/// What zstd works with, hundreds of kilobytes each; kept for the next who packs.
#[derive(Default)]
struct Contexts(Mutex<Vec<CCtx<'static>>>);

/// So many are kept.
const CONTEXTS_MAX: usize = 2;

#[derive(Default)]
struct Known {
    groups: HashMap<u64, Slot>,
    /// Every base that an event on its way may need.
    held: HashMap<i64, Weak<Base>>,
    /// Counts uses, to tell which was used last.
    uses: u64,
}

enum Slot {
    /// Its first event is on its way into the spool.
    Making,
    Ready {
        base: Arc<Base>,
        used: u64,
        poor: u32,
    },
}

impl Bases {
    /// Packs an event of the group. Once it is stored, [`Bases::stored`] is to be told.
    pub(crate) fn pack(&self, group: u64, json: &[u8]) -> std::io::Result<Packed> {
        if let Some(base) = self.base_of(group) {
            let data = self.contexts.pack(json, Some(&base))?;
            self.judge(group, data.len() * SAVED_MIN > json.len());
            return Ok(Packed { data, base: Some(base), new_base: None });
        }
        if !BASE_BYTES.contains(&json.len()) || !self.reserve(group) {
            return Ok(Packed { data: self.contexts.pack(json, None)?, base: None, new_base: None });
        }
        let base =
            Arc::new(Base { id: new_id()?, dictionary: EncoderDictionary::try_copy(json, LEVEL_WITH_BASE)? });
        let data = self.contexts.pack(json, Some(&base))?;
        self.known().held.insert(base.id, Arc::downgrade(&base));
        Ok(Packed { data, base: Some(base), new_base: Some(self.contexts.pack(json, None)?) })
    }

    /// The event of the group was stored, and its base is there for others; or it was not, and the next one is to bring
    /// its own.
    pub(crate) fn stored(&self, group: u64, packed_base: Option<&Arc<Base>>) {
        let mut known = self.known();
        known.uses += 1;
        let used = known.uses;
        match packed_base {
            Some(base) => {
                let ready = Slot::Ready { base: base.clone(), used, poor: 0 };
                known.groups.insert(group, ready);
            }
            None => drop(known.groups.remove(&group)),
        }
        known.shrink();
    }

    /// Stops the use of a base. Gives whether no event on its way needs it.
    pub(crate) fn forget(&self, id: i64) -> bool {
        let mut known = self.known();
        known.groups.retain(|_, slot| !matches!(slot, Slot::Ready { base, .. } if base.id == id));
        let is_held = known.held.get(&id).is_some_and(|base| base.strong_count() > 0);
        if !is_held {
            known.held.remove(&id);
        }
        !is_held
    }

    fn base_of(&self, group: u64) -> Option<Arc<Base>> {
        let mut known = self.known();
        known.uses += 1;
        let now = known.uses;
        match known.groups.get_mut(&group) {
            Some(Slot::Ready { base, used, .. }) => {
                *used = now;
                Some(base.clone())
            }
            _ => None,
        }
    }

    /// Whether the caller is to make the group's base.
    fn reserve(&self, group: u64) -> bool {
        match self.known().groups.entry(group) {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert(Slot::Making);
                true
            }
        }
    }

    fn judge(&self, group: u64, is_poor: bool) {
        let mut known = self.known();
        let Some(Slot::Ready { poor, .. }) = known.groups.get_mut(&group) else { return };
        *poor = if is_poor { *poor + 1 } else { 0 };
        if *poor >= POOR_MAX {
            known.groups.remove(&group);
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn shrink(&mut self) {
        if self.held.len() > 4 * BASES_MAX {
            self.held.retain(|_, base| base.strong_count() > 0);
        }
        while self.groups.len() > BASES_MAX {
            let ready = self.groups.iter().filter_map(|(group, slot)| match slot {
                Slot::Ready { used, .. } => Some((*used, *group)),
                Slot::Making => None,
            });
            let Some((_, oldest)) = ready.min() else { return };
            self.groups.remove(&oldest);
        }
    }
}

impl Contexts {
    /// Packs what is told by the base, or stands for itself.
    fn pack(&self, json: &[u8], base: Option<&Base>) -> std::io::Result<Vec<u8>> {
        let mut context = self.idle().pop().unwrap_or_default();
        let mut frame = Vec::with_capacity(compress_bound(json.len()));
        let packed = match base {
            Some(base) => context.compress_using_cdict(&mut frame, json, base.dictionary.as_cdict()),
            None => context.compress(&mut frame, json, LEVEL_ALONE),
        };
        // One that failed is not used again.
        packed.map_err(|code| std::io::Error::other(get_error_name(code)))?;
        let mut idle = self.idle();
        if idle.len() < CONTEXTS_MAX {
            idle.push(context);
        }
        drop(idle);
        Ok(blob::wrap(&frame))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<CCtx<'static>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Packs what stands for itself.
pub(crate) fn pack(json: &[u8]) -> std::io::Result<Vec<u8>> {
    Ok(blob::wrap(&zstd::bulk::compress(json, LEVEL_ALONE)?))
}

/// Reads back what was packed; `base` is the base's JSON, empty where there is none.
pub(crate) fn unpack(data: &[u8], base: &[u8]) -> Result<Vec<u8>, UnpackError> {
    let frame = blob::unwrap(data).ok_or(UnpackError::Checksum)?;
    let bytes = Decompressor::<'static>::upper_bound(frame).unwrap_or(0).min(BYTES_MAX);
    let mut decompressor = Decompressor::with_dictionary(base).map_err(UnpackError::Frame)?;
    decompressor.decompress(frame, bytes).map_err(UnpackError::Frame)
}

fn new_id() -> std::io::Result<i64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(i64::from_le_bytes(bytes) & i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(number: u32) -> Vec<u8> {
        let frames: Vec<String> = (0..60)
            .map(|line| format!("{{\"function\":\"f{line}\",\"lineno\":{}}}", line * 7919 % 1009))
            .collect();
        format!("{{\"id\":\"{number}\",\"frames\":[{}]}}", frames.join(",")).into_bytes()
    }

    #[test]
    fn events_of_a_group_are_told_by_its_first() {
        let bases = Bases::default();
        let first = bases.pack(7, &json(1)).unwrap();
        let base = unpack(first.new_base.as_ref().unwrap(), &[]).unwrap();
        assert_eq!(unpack(&first.data, &base).unwrap(), json(1));
        // Until it is stored nothing else may need it.
        let meanwhile = bases.pack(7, &json(2)).unwrap();
        assert!(meanwhile.base.is_none() && meanwhile.new_base.is_none());
        assert_eq!(unpack(&meanwhile.data, &[]).unwrap(), json(2));
        bases.stored(7, first.base.as_ref());
        let later = bases.pack(7, &json(3)).unwrap();
        assert!(later.new_base.is_none());
        assert!(later.data.len() * 4 < meanwhile.data.len(), "{} {}", later.data.len(), meanwhile.data.len());
        assert_eq!(unpack(&later.data, &base).unwrap(), json(3));
        assert!(unpack(&later.data, &[]).is_err());
        let id = later.base.as_ref().unwrap().id;
        drop(first);
        assert!(!bases.forget(id), "an event on its way holds it");
        drop(later);
        assert!(bases.pack(7, &json(4)).unwrap().new_base.is_some());
    }

    #[test]
    fn a_base_that_was_not_stored_is_made_again() {
        let bases = Bases::default();
        assert!(bases.pack(7, &json(1)).unwrap().new_base.is_some());
        bases.stored(7, None);
        assert!(bases.pack(7, &json(1)).unwrap().new_base.is_some());
    }

    #[test]
    fn a_base_that_saves_nothing_is_replaced_and_few_are_kept() {
        let bases = Bases::default();
        let random = |seed: u64| -> Vec<u8> {
            (0..2000_u64)
                .map(|n| (store::checksum(&(n + seed * 10_000).to_le_bytes()) % 90) as u8 + 33)
                .collect()
        };
        let first = bases.pack(1, &random(1)).unwrap();
        bases.stored(1, first.base.as_ref());
        for seed in 0..u64::from(POOR_MAX) {
            assert!(bases.pack(1, &random(seed + 2)).unwrap().new_base.is_none());
        }
        assert!(bases.pack(1, &random(99)).unwrap().new_base.is_some());
        for group in 10..10 + 2 * BASES_MAX as u64 {
            let packed = bases.pack(group, &json(1)).unwrap();
            bases.stored(group, packed.base.as_ref());
        }
        assert!(bases.known().groups.len() <= BASES_MAX + 1);
    }

    #[test]
    fn damage_is_found() {
        let mut data = pack(&json(1)).unwrap();
        for place in [0, 9, data.len() - 1] {
            data[place] ^= 1;
            assert!(matches!(unpack(&data, &[]), Err(UnpackError::Checksum)), "{place}");
            data[place] ^= 1;
        }
        assert!(matches!(unpack(&blob::wrap(b"no frame"), &[]), Err(UnpackError::Frame(_))));
        assert!(unpack(&[], &[]).is_err());
    }
}
