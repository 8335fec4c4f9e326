//! Users, sessions, tokens, the set-up secret, saved views, dashboards and remembered incidents: `state.db`.
//!
//! Passwords are kept as argon2id hashes; every other secret is 32 random bytes of which only the SHA-256 is
//! kept. Reading and writing the file takes micro- to milliseconds and is synchronous; what hashes a password
//! is async and computes on the blocking pool, a few at a time. Inside async code the synchronous calls go
//! through [`Accounts::off_thread`].

mod dashboards;
mod errors;
mod incidents;
mod password;
mod schema;
mod secret;
mod sessions;
mod setup;
mod tokens;
mod users;
mod views;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::Clock;

#[cfg(test)]
pub(crate) use dashboards::checked as checked_dashboard;
pub use errors::{AccountError, TokenError};
pub(crate) use errors::{DashboardError, ViewError};
pub(crate) use sessions::SignedIn;

/// A handle to the accounts; a clone is the same accounts.
#[derive(Clone)]
pub struct Accounts {
    inner: Arc<Inner>,
}

struct Inner {
    connection: Mutex<Connection>,
    passwords: password::Passwords,
    clock: Clock,
}

impl Accounts {
    /// Opens the file; makes it if there is none.
    pub fn open(path: &Path) -> Result<Self, store::OpenError> {
        Self::open_with_clock(path, Clock::system())
    }

    /// Like [`Accounts::open`], by another clock than the system's.
    pub fn open_with_clock(path: &Path, clock: Clock) -> Result<Self, store::OpenError> {
        let connection = Mutex::new(store::open(path, &schema::SCHEMA)?);
        Ok(Self { inner: Arc::new(Inner { connection, passwords: password::Passwords::default(), clock }) })
    }

    /// Copies the file while it is in use.
    pub fn backup(&self, to: &Path) -> Result<(), store::BackupError> {
        store::backup(&self.connection(), to)
    }

    /// Runs a synchronous call where it may wait for the disk.
    pub(crate) async fn off_thread<T, F>(&self, call: F) -> T
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> T + Send + 'static,
    {
        let accounts = self.clone();
        match tokio::task::spawn_blocking(move || call(&accounts)).await {
            Ok(answer) => answer,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// The connection. A panic while it was held leaves no half transaction: SQLite rolls back.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.inner.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> i64 {
        self.inner.clock.now().millis()
    }
}

#[cfg(test)]
mod tests;
