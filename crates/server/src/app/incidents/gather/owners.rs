//! Whose something is, where only a part of that is told.

use answers::seen::Who;
use model::{Identity, Labels, Workload, label};

use super::Look;

/// Compose marks containers of `compose run` so.
const ONE_OFF: &str = "com.docker.compose.oneoff";

/// As labels tell it.
pub(in crate::app) fn owner(labels: &Labels) -> Who {
    let label = |name| labels.get(name).unwrap_or_default().to_owned();
    Who {
        environment: label(label::ENVIRONMENT),
        project: label(label::PROJECT),
        service: label(label::SERVICE),
    }
}

pub(super) fn of(identity: &Identity) -> Who {
    Who {
        environment: identity.environment.clone(),
        project: identity.project.clone(),
        service: identity.service.clone(),
    }
}

/// What somebody ran once by hand says nothing of how a service does.
pub(super) fn is_one_off(workload: &Workload) -> bool {
    workload.labels.get(ONE_OFF).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

impl Look<'_> {
    /// The service of this name; of this project, where one is told.
    pub(super) fn named(&self, service: &str, project: Option<&str>) -> Who {
        let is_it =
            |who: &&Identity| who.service == service && project.is_none_or(|project| who.project == project);
        let found = self.workloads.iter().map(|workload| &workload.identity).find(is_it);
        found.map(of).unwrap_or_else(|| Who {
            project: project.unwrap_or_default().to_owned(),
            service: service.to_owned(),
            ..Who::default()
        })
    }
}
