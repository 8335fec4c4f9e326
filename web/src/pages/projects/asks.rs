//! What these pages ask of the server.

use crate::client::Method;
use api::{EventPlace, Project, ProjectRow, Refused, TestSent};
use web_logic::query_string::segment;
use web_logic::wire::Object;

use crate::client::{Ask, Client};

impl Client {
    /// All projects.
    pub(super) fn projects(self) -> Ask<Vec<ProjectRow>> {
        self.get("projects".to_owned())
    }

    /// One of them.
    pub(super) fn project(self, id: u64) -> Ask<Project> {
        self.get(format!("projects/{id}"))
    }

    /// Makes one, or changes the one of this id.
    pub(super) fn keep_project(self, id: Option<u64>, slug: &str, service: &str) -> Ask<Project> {
        let body = Object::default().text("slug", slug).text("service", service);
        match id {
            Some(id) => self.send(Method::PUT, format!("projects/{id}"), Some(body)),
            None => self.send(Method::POST, "projects".to_owned(), Some(body)),
        }
    }

    /// Removes one, with its issues.
    pub(super) fn remove_project(self, id: u64) -> Ask<()> {
        self.tell(Method::DELETE, format!("projects/{id}"), None)
    }

    /// Makes another key.
    pub(super) fn add_key(self, id: u64) -> Ask<()> {
        self.tell(Method::POST, format!("projects/{id}/keys"), None)
    }

    /// Revokes a key.
    pub(super) fn revoke_key(self, id: u64, key: &str) -> Ask<()> {
        self.tell(Method::DELETE, format!("projects/{id}/keys/{}", segment(key)), None)
    }

    /// Sends an event through the project's own door.
    pub(super) fn send_test(self, id: u64) -> Ask<TestSent> {
        self.send(Method::POST, format!("projects/{id}/test"), None)
    }

    /// Where an event is; nowhere, while it is not worked in yet.
    pub(super) fn place_of(self, event: &str) -> Ask<EventPlace> {
        self.get(format!("events/{event}"))
    }

    /// What was refused.
    pub(super) fn refused(self, id: u64) -> Ask<Refused> {
        self.get(format!("projects/{id}/refused"))
    }
}
