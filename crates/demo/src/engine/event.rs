//! What an engine tells its listeners.

use std::collections::BTreeMap;

use model::Timestamp;

use super::Container;

/// Something happened to a container.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    /// `start`, `die`, `health_status: unhealthy`, …
    pub(crate) action: String,
    pub(crate) id: String,
    pub(crate) image: String,
    /// Image, name, all labels, and what the action adds.
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Event {
    pub(super) fn new(
        at: Timestamp,
        container: &Container,
        action: &str,
        attributes: &[(&str, String)],
    ) -> Self {
        let spec = &container.spec;
        let own = [("image", spec.image.clone()), ("name", container.name.clone())];
        let added = own.iter().chain(attributes).map(|(name, value)| ((*name).to_owned(), value.clone()));
        Self {
            at,
            action: action.to_owned(),
            id: container.id.clone(),
            image: spec.image.clone(),
            attributes: spec.labels.clone().into_iter().chain(added).collect(),
        }
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let attributes = self.attributes.iter().map(|(name, value)| name.len() + value.len() + 64);
        self.id.len() + self.image.len() + self.action.len() + attributes.sum::<usize>()
    }
}
