//! Files compressed on the fly, kept for the next who asks.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use lru::LruCache;
use tokio::sync::Semaphore;

use super::lookup::Found;
use super::pieces;
use crate::encoding::{Coding, Encoder};

/// Below it compressing saves no packet; above it a file should be compressed where it is made.
const SIZES: std::ops::RangeInclusive<u64> = 1024..=4 << 20;

/// What all compressed files of one service may take.
const KEPT_BYTES_MAX: usize = 32 << 20;

/// A version of a file in a coding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    path: PathBuf,
    length: u64,
    modified: SystemTime,
    coding: Coding,
}

/// The compressed files of one service, by when they were last asked for.
pub(super) struct Pressed {
    kept: Mutex<Kept>,
    /// Compressing takes a core: one file at a time, and whoever waited finds what the one before made.
    turn: Semaphore,
}

struct Kept {
    files: LruCache<Key, Bytes>,
    bytes: usize,
}

impl Pressed {
    pub(super) fn new() -> Self {
        let kept = Kept { files: LruCache::unbounded(), bytes: 0 };
        Self { kept: Mutex::new(kept), turn: Semaphore::new(1) }
    }

    /// Whether a file of this length is worth it.
    pub(super) fn takes(length: u64) -> bool {
        SIZES.contains(&length)
    }

    /// The file in this coding, from memory or made now.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) async fn get(&self, found: &Found, coding: Coding) -> io::Result<Bytes> {
        let key = Key { path: found.path.clone(), length: found.length, modified: found.modified, coding };
        if let Some(bytes) = self.kept().get(&key) {
            return Ok(bytes);
        }
        let _turn = self.turn.acquire().await.map_err(io::Error::other)?;
        if let Some(bytes) = self.kept().get(&key) {
            return Ok(bytes);
        }
        let (file, length) = (found.file.try_clone()?, found.length);
        let bytes = super::off_runtime(move || press(&file, length, coding)).await?;
        self.kept().put(key, bytes.clone());
        Ok(bytes)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn get(&mut self, key: &Key) -> Option<Bytes> {
        self.files.get(key).cloned()
    }

    fn put(&mut self, key: Key, bytes: Bytes) {
        self.bytes += bytes.len();
        if let Some(before) = self.files.put(key, bytes) {
            self.bytes -= before.len();
        }
        while self.bytes > KEPT_BYTES_MAX {
            let Some((_, oldest)) = self.files.pop_lru() else { break };
            self.bytes -= oldest.len();
        }
    }
}

fn press(file: &File, length: u64, coding: Coding) -> io::Result<Bytes> {
    let plain = pieces::read(file, 0, length)?;
    let mut encoder = Encoder::thorough(coding)?;
    encoder.write(&plain)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_last_stays() {
        let mut kept = Kept { files: LruCache::unbounded(), bytes: 0 };
        let key = |name: &str| Key {
            path: PathBuf::from(name),
            length: 1,
            modified: SystemTime::UNIX_EPOCH,
            coding: Coding::Gzip,
        };
        let third = Bytes::from(vec![0; KEPT_BYTES_MAX / 3]);
        for name in ["a", "b", "c"] {
            kept.put(key(name), third.clone());
        }
        assert!(kept.get(&key("a")).is_some());
        kept.put(key("d"), third.clone());
        assert!(kept.get(&key("b")).is_none(), "the one that nobody asked for longest");
        assert!(["a", "c", "d"].iter().all(|name| kept.get(&key(name)).is_some()));
        kept.put(key("d"), third.clone());
        assert_eq!(kept.bytes, 3 * third.len(), "the same once more takes no more room");
    }
}
