//! The ways in for data: how much of it may be in memory at once.
//!
//! Bodies are read against a common allowance of bytes and unpacked a few at a time, so memory stays flat
//! however many clients push however much. Who finds no room waits a little and is then told to come again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::body;
use crate::fault::Fault;

/// A body as it is sent.
const BODY_BYTES_MAX: usize = 16 << 20;
const BODY_KIB_MAX: usize = BODY_BYTES_MAX >> 10;
/// What a body takes of the allowance before its first piece is here.
const FIRST_BYTES: usize = 256 << 10;
/// A body unpacked.
pub(crate) const UNPACKED_BYTES_MAX: usize = 32 << 20;
/// All bodies that are being read or decoded, in KiB (the semaphore's unit).
const BODIES_KIB_MAX: u32 = 64 << 10;
/// Bodies that are unpacked at once, together, in KiB; of those that do not tell their size only one.
const UNPACKED_KIB_MAX: u32 = 48 << 10;
const WAIT_MAX: Duration = Duration::from_secs(10);
const RETRY_AFTER_S: u64 = 2;

/// The allowances, shared by all ways in.
#[derive(Clone)]
pub(crate) struct Intake {
    bodies: Arc<Semaphore>,
    unpacking: Arc<Semaphore>,
}

/// A body in memory, and its share of the allowance; a clone is the same body.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) bytes: Bytes,
    _share: Arc<OwnedSemaphorePermit>,
}

impl Default for Intake {
    fn default() -> Self {
        Self {
            bodies: Arc::new(Semaphore::new(BODIES_KIB_MAX as usize)),
            unpacking: Arc::new(Semaphore::new(UNPACKED_KIB_MAX as usize)),
        }
    }
}

impl Intake {
    /// Reads a body. Its share grows as it comes, so that whoever announces much and sends nothing takes nothing.
    pub(crate) async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Arrived, Fault> {
        let announced = body::announced(headers).unwrap_or(u64::MAX).min(FIRST_BYTES as u64);
        let permit = self.share(announced.div_ceil(1024) as u32).await?;
        let mut share = Share { intake: self, permit };
        let bytes = body::read_within(headers, body, BODY_BYTES_MAX, &mut share).await?;
        Ok(Arrived { bytes, _share: Arc::new(share.permit) })
    }

    async fn share(&self, kib: u32) -> Result<OwnedSemaphorePermit, Fault> {
        within(self.bodies.clone().acquire_many_owned(kib.max(1))).await.ok_or_else(full)
    }

    /// Runs what unpacks and decodes a body to at most so many bytes, off the runtime's threads.
    pub(crate) async fn decode<T, F>(
        &self,
        arrived: Arrived,
        unpacked_max: usize,
        work: F,
    ) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnOnce(Bytes) -> Result<T, Fault> + Send + 'static,
    {
        let kib = unpacked_max.min(UNPACKED_BYTES_MAX).div_ceil(1024).max(1) as u32;
        let turn = within(self.unpacking.clone().acquire_many_owned(kib)).await.ok_or_else(full)?;
        let work = move || {
            let _turn = turn;
            let Arrived { bytes, _share } = arrived;
            work(bytes)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(decoded) => decoded,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// What a body takes of the allowance.
struct Share<'i> {
    intake: &'i Intake,
    permit: OwnedSemaphorePermit,
}

impl body::Room for Share<'_> {
    async fn make(&mut self, bytes: usize) -> Result<(), Fault> {
        let has = self.permit.num_permits();
        let kib = bytes.div_ceil(1024).saturating_sub(has);
        if kib > 0 {
            // Twice as much as a rule: a body comes in many small pieces.
            let more = kib.max(has).min(BODY_KIB_MAX - has);
            self.permit.merge(self.intake.share(more as u32).await?);
        }
        Ok(())
    }
}

async fn within<T, E>(permit: impl Future<Output = Result<T, E>>) -> Option<T> {
    tokio::time::timeout(WAIT_MAX, permit).await.ok()?.ok()
}

/// What a client is told when data comes faster than it can be stored.
pub(crate) fn full() -> Fault {
    Fault::too_many("data comes faster than it can be stored; send this again in a moment", RETRY_AFTER_S)
}

#[cfg(test)]
mod tests;
