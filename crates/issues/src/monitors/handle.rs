//! What the store answers about monitors, and lets people do.

use event::ProjectId;

use super::{Monitor, MonitorRow, Strip};
use crate::{ChangeError, Issues, ReadError};

impl Issues {
    /// All monitors, or those of a project and an environment: what is wrong first, then by project, name, environment.
    pub fn monitors(
        &self,
        project: Option<ProjectId>,
        environment: Option<&str>,
        strip: &Strip,
    ) -> Result<Vec<MonitorRow>, ReadError> {
        self.read(|reader| super::monitors(reader, project, environment, strip))
    }

    /// One monitor; `None` if there is none of that name.
    pub fn monitor(
        &self,
        project: ProjectId,
        slug: &str,
        environment: Option<&str>,
        strip: &Strip,
    ) -> Result<Option<Monitor>, ReadError> {
        self.read(|reader| super::monitor(reader, project, slug, environment, strip))
    }

    /// Deletes a monitor with its check-ins; the next one makes it anew. Gives whether there was one.
    pub async fn delete_monitor(&self, project: ProjectId, slug: &str) -> Result<bool, ChangeError> {
        let slug = slug.to_owned();
        self.in_commit(move |commit| super::delete(commit, project, &slug)).await
    }

    /// Has the writer do something in a commit of its own.
    pub(crate) async fn in_commit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ChangeError> {
        let done: rusqlite::Result<T> = self
            .on_writer(move |storage| {
                let commit = storage.connection.transaction()?;
                let done = work(&commit)?;
                commit.commit()?;
                Ok(done)
            })
            .await?;
        Ok(done?)
    }
}
