//! Projects: who may send, with which key, and where it belongs.

use std::collections::HashMap;

use event::{Key, ProjectId};

/// A project as intake and pages see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its number, the last part of its DSN.
    pub id: ProjectId,
    /// Its name, which is its slug too.
    pub name: String,
    /// The service of this host whose events these are, if it was said.
    pub service: Option<String>,
    /// Who made it.
    pub made: Made,
    /// The keys that are valid, newest first.
    pub keys: Vec<ProjectKey>,
    /// Keys that were valid once, newest first.
    pub revoked: Vec<ProjectKey>,
}

/// A key of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectKey {
    /// The key.
    pub key: Key,
    /// Who made it.
    pub made: Made,
    /// When it was made, in milliseconds since the epoch.
    pub created_ms: i64,
    /// When it was revoked.
    pub revoked_ms: Option<i64>,
}

/// Who made a project or a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Porthole, since there was none.
    Default,
    /// The settings' file.
    File,
    /// Somebody on the page.
    Page,
}

impl Made {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Page => "page",
        }
    }

    pub(crate) fn read(word: &str) -> Self {
        match word {
            "file" => Self::File,
            "page" => Self::Page,
            _ => Self::Default,
        }
    }
}

impl Project {
    /// The beginning of its issues' short ids: `SHOP` of `SHOP-12`.
    pub fn prefix(&self) -> String {
        self.name.to_ascii_uppercase()
    }

    /// The short id of its issue of this number.
    pub fn short_id(&self, number: u64) -> String {
        format!("{}-{number}", self.prefix())
    }

    /// The service that its log lines are of.
    pub fn service(&self) -> &str {
        self.service.as_deref().unwrap_or(&self.name)
    }
}

/// All active projects.
#[derive(Debug, Default)]
pub(crate) struct Projects {
    pub(crate) by_id: HashMap<ProjectId, std::sync::Arc<Project>>,
}

impl Projects {
    /// The project, if the key is one of its valid ones. Whoever asks with a wrong key learns nothing about the project.
    pub(crate) fn admit(&self, id: ProjectId, key: &Key) -> Option<&std::sync::Arc<Project>> {
        let project = self.by_id.get(&id)?;
        project.keys.iter().any(|known| known.key == *key).then_some(project)
    }
}

/// Names of projects: what may stand in addresses and short ids as it is.
pub(crate) fn check_name(name: &str) -> Result<(), &'static str> {
    let is_known =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let is_fine = (1..=50).contains(&name.len())
        && name.bytes().all(is_known)
        && name.bytes().any(|byte| byte.is_ascii_lowercase());
    match is_fine {
        true => Ok(()),
        false => Err("write 1 to 50 of a–z, 0–9, - and _, with a letter among them, such as \"shop\""),
    }
}
