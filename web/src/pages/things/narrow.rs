//! The choice of a project and of an environment, among those that the page's answer knows.

use crate::components::{all_or_one, select};
use crate::dom::{El, el};
use crate::reactive::Derived;
use crate::state::{Shared, shared};

/// What can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choices {
    /// The projects' slugs.
    pub(crate) projects: Vec<String>,
    /// The environments' names.
    pub(crate) environments: Vec<String>,
}

impl Choices {
    /// From an answer.
    pub(crate) fn of(projects: &[api::ProjectName], environments: &[String]) -> Self {
        let projects = projects.iter().map(|project| project.slug.clone()).collect();
        Self { projects, environments: environments.to_vec() }
    }
}

pub(super) fn narrow(choices: Derived<Choices>) -> El {
    let Shared { view, .. } = shared();
    let projects = move || {
        let known = choices.with(|choices| choices.projects.clone());
        all_or_one("All projects", known, view.state.with(|state| state.project.clone()))
    };
    let environments = move || {
        let known = choices.with(|choices| choices.environments.clone());
        all_or_one("All environments", known, view.state.with(|state| state.environment.clone()))
    };
    el("div", "things-narrow")
        .add(select("Project", projects, |value| {
            shared().view.change(|state| (state.project, state.cursor) = (filled(value), String::new()));
        }))
        .add(select("Environment", environments, |value| {
            shared().view.change(|state| (state.environment, state.cursor) = (filled(value), String::new()));
        }))
}

fn filled(value: String) -> Option<String> {
    Some(value).filter(|value| !value.is_empty())
}
