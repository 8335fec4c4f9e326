//! Whether an event shows that what was resolved is not.

use super::Received;
use super::batch::Batch;
use crate::life::{Resolution, Status};
use crate::releases;

impl Batch<'_> {
    /// An issue that was resolved in a release is broken only by events of that release and later ones, one that was
    /// resolved in the next release only by those of releases after the latest of then. Where no release is known at all
    /// nothing can be told from another, and any event breaks it. One that was simply resolved is broken by any event.
    pub(super) fn breaks_resolution(
        &self,
        received: Received,
        status: &Status,
        release: Option<&str>,
    ) -> rusqlite::Result<bool> {
        let Status::Resolved(resolution) = status else { return Ok(false) };
        let (transaction, project) = (self.transaction, received.project);
        if *resolution == Resolution::Now || releases::latest(transaction, project)?.is_none() {
            return Ok(true);
        }
        let Some(release) = release else { return Ok(false) };
        match resolution {
            Resolution::Now | Resolution::InNext { after: None } => Ok(true),
            Resolution::InRelease(fixed) => Ok(!releases::is_before(transaction, project, release, fixed)?),
            Resolution::InNext { after: Some(latest) } => {
                releases::is_before(transaction, project, latest, release)
            }
        }
    }
}
