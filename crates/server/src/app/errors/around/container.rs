//! The container that an event happened in.

use model::label::{CONTAINER, CONTAINER_ID, ENVIRONMENT, HOST, PROJECT, SERVICE};
use model::{Labels, Workload};

use crate::app::evaluator::quoted;
use crate::app::who::Owner;

/// Digits of a container's id that Docker takes for its hostname.
const ID_DIGITS: usize = 12;
/// What marks the streams of one container.
const LABELS: [&str; 5] = [SERVICE, PROJECT, ENVIRONMENT, HOST, CONTAINER];

/// What happened to containers is told apart from what they say.
pub(super) const LINES: &str = "stream!=\"event\"";

/// A container: its labels, and what is known of it besides.
#[derive(Clone, Debug, Default)]
pub(super) struct Container {
    pub(super) owner: Owner,
    pub(super) host: String,
    pub(super) name: String,
    /// Its id, or the part of it that is known; empty: nothing is.
    pub(super) id: String,
    /// Empty: not known any more.
    pub(super) image: String,
}

impl Container {
    /// One that there is.
    pub(super) fn of(workload: &Workload) -> Self {
        let who = &workload.identity;
        Self {
            owner: Owner {
                environment: who.environment.clone(),
                project: who.project.clone(),
                service: who.service.clone(),
            },
            host: who.host.clone(),
            name: who.container.clone(),
            id: workload.id.clone(),
            image: workload.image.clone(),
        }
    }

    /// The one that wrote a line. `None`: no container did.
    pub(super) fn of_line(labels: &Labels, id: &str) -> Option<Self> {
        let name = labels.get(CONTAINER)?.to_owned();
        let host = labels.get(HOST).unwrap_or_default().to_owned();
        Some(Self { owner: Owner::of(labels), host, name, id: id.to_owned(), image: String::new() })
    }

    /// Its lines: `{service="web", …}`, those of this very container where its id is known.
    pub(super) fn query(&self) -> String {
        let streams = format!("{{{},{LINES}}}", self.matchers());
        match self.short_id() {
            "" => streams,
            id => format!("{streams} | {CONTAINER_ID}=~{}", quoted(&format!("{id}.*"))),
        }
    }

    /// The matchers of its streams and series: `service="web",container="shop-web-1"`.
    pub(super) fn matchers(&self) -> String {
        let who = &self.owner;
        let values = [&who.service, &who.project, &who.environment, &self.host, &self.name];
        let told = LABELS.into_iter().zip(values).filter(|(_, value)| !value.is_empty());
        told.map(|(name, value)| format!("{name}={}", quoted(value))).collect::<Vec<_>>().join(",")
    }

    pub(super) fn short_id(&self) -> &str {
        self.id.get(..ID_DIGITS).unwrap_or(&self.id)
    }
}

/// Whether a host's name is what Docker names containers by: 12 digits of their id, or all.
pub(super) fn is_container_id(name: &str) -> bool {
    (ID_DIGITS..=64).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
