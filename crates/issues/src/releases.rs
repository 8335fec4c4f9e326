//! Releases: what each brought, how its sessions ended, where it was deployed, and which of two came later.
//!
//! Versions are told apart as texts; where two of one package can be read as numbers (`shop@1.10.0`), these say which is
//! the later one, else the one that was first seen later is.

mod answers;
mod deploys;
mod expiry;
mod handle;
mod order;
mod recent;
mod rollouts;
mod sessions;
#[cfg(test)]
mod tests;
mod write;

pub use answers::{Release, ReleaseRow, Selection, issues_of, release, releases};
pub use deploys::Deploy;
pub(crate) use deploys::deploy;
pub use deploys::deploys;
pub(crate) use expiry::expire;
pub(crate) use order::{is_before, latest, latest_of_all};
pub use recent::Rate;
pub(crate) use recent::Recent;
pub use rollouts::Rollout;
pub(crate) use rollouts::rolled_out;
pub(crate) use sessions::apply_sessions;
pub use write::Told;
pub(crate) use write::{Seen, forget, heard, regressed, seen, told};

const HOUR_MS: i64 = 3_600_000;

/// Longer versions are not kept.
const VERSION_BYTES_MAX: usize = 250;

/// Compares two versions, for the fuzz targets.
#[cfg(any(fuzzing, test))]
pub(crate) fn compare(a: &str, b: &str) {
    assert_eq!(order::by_number(a, b), order::by_number(b, a).map(std::cmp::Ordering::reverse));
}
