//! Projects that are made on the page, and keys.

use std::sync::Arc;

use event::{Key, ProjectId};

use crate::issues::Issues;
use crate::project::Project;
use crate::projects::{self, ProjectError};
use crate::work::Storage;

impl Issues {
    /// Makes a project.
    pub async fn create_project(
        &self,
        name: &str,
        service: Option<&str>,
    ) -> Result<Arc<Project>, ProjectError> {
        let (name, service) = (name.to_owned(), service.map(str::to_owned));
        let made = self.on_writer(move |storage| {
            let id =
                projects::create(&storage.connection, &name, service.as_deref(), storage.shared.now_ms())?;
            storage.reload(id)
        });
        made.await?
    }

    /// Renames a project, and says whose events it has.
    pub async fn change_project(
        &self,
        id: ProjectId,
        name: &str,
        service: Option<&str>,
    ) -> Result<Arc<Project>, ProjectError> {
        let (name, service) = (name.to_owned(), service.map(str::to_owned));
        let changed = self.on_writer(move |storage| {
            let project = storage.known(id)?;
            projects::change(&storage.connection, &project, &name, service.as_deref())?;
            storage.reload(id)
        });
        changed.await?
    }

    /// Ends a project: nothing is taken for it any more, and its issues go.
    pub async fn remove_project(&self, id: ProjectId) -> Result<(), ProjectError> {
        let removed = self.on_writer(move |storage| {
            let project = storage.known(id)?;
            projects::remove(&storage.connection, &project, storage.shared.now_ms())?;
            super::delete_all(&storage.connection, id)?;
            storage.settle_projects()
        });
        removed.await?
    }

    /// Makes another key. The others stay valid until they are revoked.
    pub async fn add_key(&self, id: ProjectId) -> Result<Key, ProjectError> {
        let added = self.on_writer(move |storage| {
            let project = storage.known(id)?;
            let key = projects::add_key(&storage.connection, &project, storage.shared.now_ms())?;
            storage.reload(id).map(|_| key)
        });
        added.await?
    }

    /// Ends a key.
    pub async fn revoke_key(&self, id: ProjectId, key: Key) -> Result<(), ProjectError> {
        let revoked = self.on_writer(move |storage| {
            let project = storage.known(id)?;
            projects::revoke_key(&storage.connection, &project, &key, storage.shared.now_ms())?;
            storage.reload(id).map(|_| ())
        });
        revoked.await?
    }
}

impl Storage {
    fn known(&self, id: ProjectId) -> Result<Arc<Project>, ProjectError> {
        self.shared.projects.load().by_id.get(&id).cloned().ok_or(ProjectError::Unknown)
    }

    fn reload(&self, id: ProjectId) -> Result<Arc<Project>, ProjectError> {
        let projects = projects::load(&self.connection)?;
        self.shared.projects.store(Arc::new(projects));
        self.known(id)
    }
}
