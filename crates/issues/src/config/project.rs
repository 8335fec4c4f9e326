//! `[[issues.project]]`.

use event::{Key, ProjectId};
use settings::Section;

use crate::project::check_name;

/// A project that the file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectConfig {
    /// Its name, in addresses and short ids too.
    pub name: String,
    /// The service whose events these are.
    pub service: Option<String>,
    /// Its key; one is made and remembered where none is written.
    pub key: Option<Key>,
    /// Its number; one is allotted and remembered where none is written.
    pub id: Option<ProjectId>,
    /// The file's line that names it.
    pub line: Option<u32>,
}

/// Reads the projects. One that clashes with an earlier one is a fault and left out.
pub(super) fn read(issues: &Section<'_>) -> Vec<ProjectConfig> {
    let mut projects: Vec<ProjectConfig> = Vec::new();
    for section in issues.sections("project") {
        if let Some(project) = read_one(&section)
            && is_free(&section, &projects, &project)
        {
            projects.push(project);
        }
    }
    projects
}

fn read_one(section: &Section<'_>) -> Option<ProjectConfig> {
    let service = section.string("service");
    let key = section.with("key", |text| text.parse::<Key>().map_err(|error| error.to_string()));
    let id = section.integer("id", 1..=i64::MAX).map(|id| ProjectId(id.unsigned_abs()));
    if !section.is_set("name") {
        section.fault("name", "is missing", "write the project's name, such as \"shop\"");
        return None;
    }
    let name = section.with("name", |text| match check_name(text) {
        Ok(()) => Ok(text.to_owned()),
        Err(instead) => Err(format!("\"{text}\" is no project's name; {instead}")),
    })?;
    Some(ProjectConfig { name, service, key, id, line: section.line("name") })
}

fn is_free(section: &Section<'_>, others: &[ProjectConfig], project: &ProjectConfig) -> bool {
    let clash = |key: &str, other: &ProjectConfig| {
        section.fault(key, format!("is that of \"{}\" too", other.name), "write another one");
        false
    };
    for other in others {
        if other.name == project.name {
            return clash("name", other);
        }
        if other.id.is_some() && other.id == project.id {
            return clash("id", other);
        }
        if other.key.is_some() && other.key == project.key {
            return clash("key", other);
        }
    }
    true
}
