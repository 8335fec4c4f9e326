//! What the store answers about releases, and lets their makers tell.

use event::ProjectId;

use super::{Deploy, Release, ReleaseRow, Rollout, Selection, Told};
use crate::{ChangeError, Issues, ReadError};

impl Issues {
    /// A page of releases, the one that was first seen last at its head, and where the next page begins.
    pub fn releases(
        &self,
        selection: &Selection<'_>,
    ) -> Result<(Vec<ReleaseRow>, Option<String>), ReadError> {
        self.read(|reader| super::releases(reader, selection))
    }

    /// One release, of the project or of whichever has it; `None` if nobody does.
    pub fn release(&self, project: Option<ProjectId>, version: &str) -> Result<Option<Release>, ReadError> {
        self.read(|reader| super::release(reader, project, version))
    }

    /// The issues that came for the first time with a release, and those that came again, at most 50 of each.
    pub fn issues_of_release(
        &self,
        project: ProjectId,
        version: &str,
    ) -> Result<(Vec<i64>, Vec<i64>), ReadError> {
        self.read(|reader| super::issues_of(reader, project, version))
    }

    /// The latest release of a project.
    pub fn latest_release(&self, project: ProjectId) -> Result<Option<String>, ReadError> {
        self.read(|reader| super::latest(reader, project))
    }

    /// The deploys of a release, newest first, at most 100.
    pub fn deploys(&self, project: ProjectId, version: &str) -> Result<Vec<Deploy>, ReadError> {
        self.read(|reader| super::deploys(reader, project, version))
    }

    /// Keeps what the maker of a release tells of it. Gives whether it was not known before.
    pub async fn tell_release(
        &self,
        project: ProjectId,
        version: &str,
        told: Told,
    ) -> Result<bool, ChangeError> {
        let (version, now_ms) = (version.to_owned(), self.shared.clock.now().millis());
        self.in_commit(move |commit| super::told(commit, project, &version, &told, now_ms)).await
    }

    /// Keeps a deploy and gives its id; `None` if the version is none.
    pub async fn tell_deploy(
        &self,
        project: ProjectId,
        version: &str,
        deploy: Deploy,
    ) -> Result<Option<i64>, ChangeError> {
        let version = version.to_owned();
        self.in_commit(move |commit| super::deploy(commit, project, &version, &deploy)).await
    }

    /// Keeps what was rolled out as a deploy of the release that it is, or of the one that is seen first soon after: of the
    /// projects of the service, and of the only project if it names no service. The same is kept once.
    pub async fn rolled_out(&self, rollout: Rollout) -> Result<(), ChangeError> {
        let projects = self.projects();
        let is_only = projects.len() == 1;
        for project in projects {
            let is_meant = project.service() == rollout.service || is_only && project.service.is_none();
            if is_meant {
                let (rollout, now_ms, id) = (rollout.clone(), self.shared.now_ms(), project.id);
                self.in_commit(move |commit| super::rolled_out(commit, id, &rollout, now_ms)).await?;
            }
        }
        Ok(())
    }

    /// Forgets a release and what was counted of it. Gives whether it was known.
    pub async fn forget_release(&self, project: ProjectId, version: &str) -> Result<bool, ChangeError> {
        let version = version.to_owned();
        self.in_commit(move |commit| super::forget(commit, project, &version)).await
    }
}
