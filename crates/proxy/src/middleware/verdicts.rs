//! Which passwords were right before: checking a good hash takes as long as it should, which is too long for each of a
//! page's requests.
//!
//! Only what was right is remembered, under a digest that is keyed anew in each process, so that neither passwords nor
//! anything to guess them by is kept, and whoever guesses always waits.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use lru::LruCache;
use tokio::sync::Semaphore;

use super::password::Hash;

const REMEMBERED_MAX: NonZeroUsize = NonZeroUsize::new(4096).expect("more than nothing");
/// Whoever waits for longer is told to come back: somebody is guessing.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// What is known of passwords, and how many are looked at at a time.
pub(super) struct Verdicts {
    key: hmac::Key,
    right: Mutex<LruCache<[u8; 32], ()>>,
    turns: Arc<Semaphore>,
}

/// Too many passwords are being looked at.
#[derive(Debug)]
pub(super) struct Busy;

impl Verdicts {
    pub(super) fn new() -> Self {
        let mut key = [0; 32];
        getrandom::fill(&mut key).expect("the system has random numbers");
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            right: Mutex::new(LruCache::new(REMEMBERED_MAX)),
            // A core stays free for requests that need no password.
            turns: Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))),
        }
    }

    /// Whether `hash`, which is written as `text`, is of this password.
    pub(super) async fn is_right(&self, hash: &Hash, text: &str, password: &[u8]) -> Result<bool, Busy> {
        let digest = self.digest(text, password);
        if self.right().get(&digest).is_some() {
            return Ok(true);
        }
        let turn = tokio::time::timeout(WAIT_MAX, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Busy) };
        // Whoever waited for the same password finds what the first learnt.
        if self.right().get(&digest).is_some() {
            return Ok(true);
        }
        let (hash, password) = (hash.clone(), password.to_vec());
        let looked = tokio::task::spawn_blocking(move || {
            let is_right = hash.is_of(&password);
            drop(turn);
            is_right
        });
        let is_right = looked.await.unwrap_or(false);
        if is_right {
            self.right().put(digest, ());
        }
        Ok(is_right)
    }

    fn digest(&self, text: &str, password: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&(text.len() as u64).to_le_bytes());
        context.update(text.as_bytes());
        context.update(password);
        let mut digest = [0; 32];
        digest.copy_from_slice(context.sign().as_ref());
        digest
    }

    fn right(&self) -> std::sync::MutexGuard<'_, LruCache<[u8; 32], ()>> {
        self.right.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
