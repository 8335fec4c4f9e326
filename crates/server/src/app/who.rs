//! Whose something is: a service of a project in an environment.

use model::{Labels, label};

/// A service, told from others of its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Owner {
    pub(super) environment: String,
    pub(super) project: String,
    pub(super) service: String,
}

impl Owner {
    /// As labels tell it; what they do not tell is empty.
    pub(super) fn of(labels: &Labels) -> Self {
        let label = |name| labels.get(name).unwrap_or_default().to_owned();
        Self {
            environment: label(label::ENVIRONMENT),
            project: label(label::PROJECT),
            service: label(label::SERVICE),
        }
    }

    /// The matchers that select what is its: `service="web",project="shop"`.
    pub(super) fn matchers(&self) -> String {
        let pairs = [
            (label::SERVICE, &self.service),
            (label::PROJECT, &self.project),
            (label::ENVIRONMENT, &self.environment),
        ];
        let told = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let told = told.map(|(name, value)| format!("{name}={}", super::evaluator::quoted(value)));
        told.collect::<Vec<_>>().join(",")
    }
}
