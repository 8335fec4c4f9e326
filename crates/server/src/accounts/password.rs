//! argon2id off the runtime's threads: two at a time, a bounded number waiting.

use std::sync::{Arc, OnceLock};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use super::AccountError;

/// One hash takes 19 MiB and some 20 ms of a core.
const AT_ONCE: usize = 2;
/// More than this would wait for seconds: they are refused.
const WAITING_MAX: usize = 32;
/// In characters.
const LENGTH: std::ops::RangeInclusive<usize> = 10..=1000;

/// Computes and checks hashes.
pub(super) struct Passwords {
    room: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    stand_in: Arc<OnceLock<String>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(AT_ONCE + WAITING_MAX)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            stand_in: Arc::default(),
        }
    }
}

impl Passwords {
    /// The hash of a new password, if it is long enough.
    pub(super) async fn hash(&self, password: String) -> Result<String, AccountError> {
        if !LENGTH.contains(&password.chars().count()) {
            return Err(AccountError::BadPassword);
        }
        self.compute(move || hash_now(&password)).await?
    }

    /// Whether the password is the one hashed in `kept`. Without one (no such user) it takes as long and says no.
    pub(super) async fn verify(&self, password: String, kept: Option<String>) -> Result<bool, AccountError> {
        if password.chars().count() > *LENGTH.end() {
            return Ok(false);
        }
        let stand_in = self.stand_in.clone();
        self.compute(move || {
            let is_known = kept.is_some();
            let kept = match kept {
                Some(kept) => kept,
                None => stand_in_hash(&stand_in)?,
            };
            Ok(Argon2::default().verify_password(password.as_bytes(), kept.as_str()).is_ok() && is_known)
        })
        .await?
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let _place = self.room.try_acquire().map_err(|_| AccountError::Busy)?;
        // The turn goes with the work: a client that leaves does not make room while its hash is computed.
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| AccountError::Busy)?;
        let work = move || {
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| AccountError::Hashing(error.to_string()))
    }
}

fn hash_now(password: &str) -> Result<String, AccountError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| AccountError::Hashing(error.to_string()))
}

/// A hash to compare with where there is none, so that the time taken does not tell which names exist.
fn stand_in_hash(kept: &OnceLock<String>) -> Result<String, AccountError> {
    if let Some(hash) = kept.get() {
        return Ok(hash.clone());
    }
    let hash = hash_now("nobody has this password")?;
    Ok(kept.get_or_init(|| hash).clone())
}
