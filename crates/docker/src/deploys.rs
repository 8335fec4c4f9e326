//! Deploys: a service's container was replaced by one of another image.
//!
//! The newest container of a service decides. What it ran is remembered in a position, so a deploy that
//! happened while nobody looked is told at the next start, and each is told once: entry and position are
//! stored together.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Position, State, Timestamp, Workload};
use serde::{Deserialize, Serialize};

use crate::identity::is_one_off;

/// The position keys of this module: `docker/deploy/<project>/<service>`.
pub(crate) const KEY_PREFIX: &str = "docker/deploy/";
/// How many services are remembered. Containers run by hand under a new name each time would fill any list.
const SERVICES_MAX: usize = 1000;

/// The last deploy of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deploy {
    /// The compose project; empty outside compose.
    pub project: String,
    /// The service.
    pub service: String,
    /// When the new container started.
    pub at: Timestamp,
    /// The new image's name.
    pub image: String,
    /// The new image's digest.
    pub image_id: String,
    /// The name of the image before.
    pub previous_image: String,
}

/// What the newest container of each service runs.
#[derive(Debug, Default)]
pub(crate) struct Deploys {
    services: BTreeMap<(String, String), Memory>,
}

/// What is remembered of a service; the position's value as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Memory {
    project: String,
    service: String,
    image: String,
    image_id: String,
    /// Of the newest container, in nanoseconds.
    created_at: i64,
    last: Option<LastDeploy>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct LastDeploy {
    at: i64,
    previous_image: String,
}

/// What a look at a workload brought.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Observed {
    /// To be stored with the entry of the deploy, if there is one.
    pub(crate) positions: Vec<Position>,
    /// Name and digest of the image before, if this is a deploy.
    pub(crate) replaced: Option<(String, String)>,
}

impl Deploys {
    /// From the stored positions; those of others are left alone.
    pub(crate) fn new(positions: &[Position]) -> Self {
        let values = positions.iter().filter(|position| position.key.starts_with(KEY_PREFIX));
        let memories =
            values.filter_map(|position| serde_json::from_slice::<Memory>(position.value.as_deref()?).ok());
        let services =
            memories.map(|memory| ((memory.project.clone(), memory.service.clone()), memory)).collect();
        Self { services }
    }

    /// Takes note of a container. `None` if there is nothing to store.
    pub(crate) fn observe(&mut self, workload: &Workload) -> Option<Observed> {
        let started_at = workload.started_at?;
        if workload.state == State::Created || is_one_off(&workload.labels) {
            return None;
        }
        let service = (workload.identity.project.clone(), workload.identity.service.clone());
        let before = self.services.get(&service);
        if before.is_some_and(|before| workload.created_at.nanos() <= before.created_at) {
            return None;
        }
        let replaced = before
            .filter(|before| before.image_id != workload.image_id)
            .map(|before| (before.image.clone(), before.image_id.clone()));
        let last = match &replaced {
            Some((image, _)) => Some(LastDeploy { at: started_at.nanos(), previous_image: image.clone() }),
            None => before.and_then(|before| before.last.clone()),
        };
        let memory = Memory {
            project: service.0.clone(),
            service: service.1.clone(),
            image: workload.image.clone(),
            image_id: workload.image_id.clone(),
            created_at: workload.created_at.nanos(),
            last,
        };
        let mut positions = vec![Position { key: key(&service), value: serde_json::to_vec(&memory).ok() }];
        self.services.insert(service.clone(), memory);
        positions.extend(self.forget_one(&service));
        Some(Observed { positions, replaced })
    }

    /// All deploys that are remembered.
    pub(crate) fn list(&self) -> Arc<[Deploy]> {
        self.services.values().filter_map(Memory::deploy).collect()
    }

    /// Makes room: containers outside compose go first, the oldest of them before others.
    fn forget_one(&mut self, kept: &(String, String)) -> Option<Position> {
        if self.services.len() <= SERVICES_MAX {
            return None;
        }
        let others = self.services.iter().filter(|(service, _)| *service != kept);
        let (service, _) =
            others.min_by_key(|((project, _), memory)| (!project.is_empty(), memory.created_at))?;
        let service = service.clone();
        self.services.remove(&service);
        Some(Position { key: key(&service), value: None })
    }
}

impl Memory {
    fn deploy(&self) -> Option<Deploy> {
        let last = self.last.as_ref()?;
        Some(Deploy {
            project: self.project.clone(),
            service: self.service.clone(),
            at: Timestamp::from_nanos(last.at),
            image: self.image.clone(),
            image_id: self.image_id.clone(),
            previous_image: last.previous_image.clone(),
        })
    }
}

/// Slashes in a name are escaped, so that no two services share a key.
fn key((project, service): &(String, String)) -> String {
    let plain = |name: &str| name.replace('%', "%25").replace('/', "%2f");
    format!("{KEY_PREFIX}{}/{}", plain(project), plain(service))
}

#[cfg(test)]
mod tests;
