//! Where projects and their keys are kept: those of the settings, of which numbers and keys are remembered, those made on
//! the page, and the one that is there while no other is.

use std::collections::HashMap;
use std::sync::Arc;

use event::{Key, ProjectId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::config::ProjectConfig;
use crate::project::{Made, Project, ProjectKey, Projects, check_name};

/// The project that is there while no other is.
const DEFAULT: &str = "default";

/// More projects are not made: each has counters of its own.
const PROJECTS_MAX: i64 = 1000;

/// More keys of a project are not made.
const KEYS_MAX: i64 = 50;

/// Why a project or key could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// Another project is called so.
    #[error("there is a project \"{0}\" already; choose another name")]
    Taken(String),
    /// The name cannot be one.
    #[error("\"{name}\" is no project's name; {instead}")]
    Name {
        /// What was written.
        name: String,
        /// What to write.
        instead: &'static str,
    },
    /// There is no such project or key.
    #[error("there is no such project or key")]
    Unknown,
    /// The settings say otherwise.
    #[error("it stands in the settings; change it there")]
    Fixed,
    /// Nothing could be sent any more.
    #[error("it is the last key that is valid; make another one first")]
    LastKey,
    /// There are enough.
    #[error("there are as many as there may be ({0})")]
    Full(i64),
    /// The appliance is ending.
    #[error(transparent)]
    Closed(#[from] crate::writer::Closed),
    /// It could not be written.
    #[error("issues/issues.db cannot be written ({0})")]
    Sqlite(#[from] rusqlite::Error),
    /// There is no randomness for a key.
    #[error("no key can be made: {0}")]
    Random(String),
}

/// Brings the projects in line with the settings and gives them all. Numbers and keys that the settings do not say are
/// made once and stay.
pub(crate) fn settle(
    connection: &Connection,
    config: &[ProjectConfig],
    now_ms: i64,
) -> Result<Projects, ProjectError> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute("UPDATE project SET is_active = 0 WHERE made IN ('file', 'default')", [])?;
    for project in config {
        settle_one(&transaction, project, now_ms)?;
    }
    if config.is_empty() {
        settle_default(&transaction, now_ms)?;
    }
    let projects = load(&transaction)?;
    transaction.commit()?;
    Ok(projects)
}

fn settle_one(connection: &Connection, config: &ProjectConfig, now_ms: i64) -> Result<(), ProjectError> {
    let known: Option<i64> = connection
        .query_row("SELECT id FROM project WHERE name = ?1", [&config.name], |row| row.get(0))
        .optional()?;
    let wanted = config.id.map(|id| id.0 as i64);
    let id = match (known, wanted) {
        (Some(known), _) => {
            if wanted.is_some_and(|wanted| wanted != known) {
                tracing::warn!(
                    project = config.name,
                    "keeps its number {known}: it was allotted before and its DSN is in use"
                );
            }
            let sql = "UPDATE project SET service = ?2, made = 'file', is_active = 1 WHERE id = ?1";
            connection.execute(sql, params![known, config.service])?;
            known
        }
        (None, wanted) => {
            insert(connection, wanted, &config.name, config.service.as_deref(), Made::File, now_ms)?
        }
    };
    settle_key(connection, id, config.key, now_ms)
}

/// A key that the settings no longer say is no longer valid.
fn settle_key(connection: &Connection, id: i64, key: Option<Key>, now_ms: i64) -> Result<(), ProjectError> {
    let Some(key) = key else { return ensure_key(connection, id, now_ms) };
    connection.execute(
        "UPDATE project_key SET revoked_ms = ?3 WHERE project = ?1 AND made = 'file' AND key <> ?2 AND revoked_ms IS NULL",
        params![id, key.to_string(), now_ms],
    )?;
    connection.execute(
        "INSERT INTO project_key (key, project, made, created_ms) VALUES (?1, ?2, 'file', ?3)
         ON CONFLICT DO UPDATE SET project = excluded.project, made = 'file', revoked_ms = NULL",
        params![key.to_string(), id, now_ms],
    )?;
    Ok(())
}

fn settle_default(connection: &Connection, now_ms: i64) -> Result<(), ProjectError> {
    let sql = "SELECT id FROM project WHERE name = ?1";
    let known: Option<i64> = connection.query_row(sql, [DEFAULT], |row| row.get(0)).optional()?;
    let id = match known {
        Some(id) => {
            let sql = "UPDATE project SET made = 'default', is_active = 1 WHERE id = ?1";
            connection.execute(sql, [id])?;
            id
        }
        None => insert(connection, None, DEFAULT, None, Made::Default, now_ms)?,
    };
    ensure_key(connection, id, now_ms)
}

fn ensure_key(connection: &Connection, project: i64, now_ms: i64) -> Result<(), ProjectError> {
    let mut select =
        connection.prepare("SELECT 1 FROM project_key WHERE project = ?1 AND revoked_ms IS NULL")?;
    if select.exists([project])? {
        return Ok(());
    }
    insert_key(connection, project, Made::Default, now_ms).map(|_| ())
}

fn insert(
    connection: &Connection,
    id: Option<i64>,
    name: &str,
    service: Option<&str>,
    made: Made,
    now_ms: i64,
) -> Result<i64, ProjectError> {
    let taken: Option<String> = match id {
        Some(id) => connection
            .query_row("SELECT name FROM project WHERE id = ?1", [id], |row| row.get(0))
            .optional()?,
        None => None,
    };
    let id = match taken {
        Some(taken) => {
            tracing::warn!(project = name, "gets another number: that of the settings is {taken}'s");
            None
        }
        None => id,
    };
    connection.execute(
        "INSERT INTO project (id, name, service, made, is_active, created_ms) VALUES (?1, ?2, ?3, ?4, 1, ?5)",
        params![id, name, service, made.name(), now_ms],
    )?;
    Ok(connection.last_insert_rowid())
}

fn insert_key(connection: &Connection, project: i64, made: Made, now_ms: i64) -> Result<Key, ProjectError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| ProjectError::Random(error.to_string()))?;
    let key = Key::from_bytes(bytes);
    connection.execute(
        "INSERT INTO project_key (key, project, made, created_ms) VALUES (?1, ?2, ?3, ?4)",
        params![key.to_string(), project, made.name(), now_ms],
    )?;
    Ok(key)
}

/// All active projects.
pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Projects> {
    let mut keys: HashMap<i64, Vec<ProjectKey>> = HashMap::new();
    let mut select = connection.prepare(
        "SELECT project, key, made, created_ms, revoked_ms FROM project_key ORDER BY created_ms DESC, key",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(key) = row.get::<_, String>(1)?.parse() else { continue };
        let made = Made::read(&row.get::<_, String>(2)?);
        let key = ProjectKey { key, made, created_ms: row.get(3)?, revoked_ms: row.get(4)? };
        keys.entry(row.get(0)?).or_default().push(key);
    }
    let mut select = connection.prepare("SELECT id, name, service, made FROM project WHERE is_active")?;
    let mut rows = select.query([])?;
    let mut projects = Projects::default();
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        let (revoked, valid) =
            keys.remove(&number).unwrap_or_default().into_iter().partition(|key| key.revoked_ms.is_some());
        let project = Project {
            id: ProjectId(number.unsigned_abs()),
            name: row.get(1)?,
            service: row.get(2)?,
            made: Made::read(&row.get::<_, String>(3)?),
            keys: valid,
            revoked,
        };
        projects.by_id.insert(project.id, Arc::new(project));
    }
    Ok(projects)
}

/// Makes a project on the page.
pub(crate) fn create(
    connection: &Connection,
    name: &str,
    service: Option<&str>,
    now_ms: i64,
) -> Result<ProjectId, ProjectError> {
    check_name(name).map_err(|instead| ProjectError::Name { name: name.to_owned(), instead })?;
    let known: Option<(i64, bool)> = connection
        .query_row("SELECT id, is_active FROM project WHERE name = ?1", [name], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let id = match known {
        Some((_, true)) => return Err(ProjectError::Taken(name.to_owned())),
        Some((id, false)) => {
            let sql = "UPDATE project SET service = ?2, made = 'page', is_active = 1 WHERE id = ?1";
            connection.execute(sql, params![id, service])?;
            id
        }
        None => {
            let count: i64 = connection.query_row("SELECT count(*) FROM project", [], |row| row.get(0))?;
            if count >= PROJECTS_MAX {
                return Err(ProjectError::Full(PROJECTS_MAX));
            }
            insert(connection, None, name, service, Made::Page, now_ms)?
        }
    };
    ensure_key(connection, id, now_ms)?;
    Ok(ProjectId(id.unsigned_abs()))
}

/// Renames a project that was made on the page, and says whose events it has.
pub(crate) fn change(
    connection: &Connection,
    project: &Project,
    name: &str,
    service: Option<&str>,
) -> Result<(), ProjectError> {
    if project.made == Made::File {
        return Err(ProjectError::Fixed);
    }
    // The default one is found again by its name.
    if project.made == Made::Default && name != project.name {
        return Err(ProjectError::Fixed);
    }
    check_name(name).map_err(|instead| ProjectError::Name { name: name.to_owned(), instead })?;
    let mut taken = connection.prepare("SELECT 1 FROM project WHERE name = ?1 AND id <> ?2")?;
    if taken.exists(params![name, project.id.0 as i64])? {
        return Err(ProjectError::Taken(name.to_owned()));
    }
    let sql = "UPDATE project SET name = ?2, service = ?3 WHERE id = ?1";
    connection.execute(sql, params![project.id.0 as i64, name, service])?;
    Ok(())
}

/// Ends a project that was made on the page.
pub(crate) fn remove(connection: &Connection, project: &Project, now_ms: i64) -> Result<(), ProjectError> {
    if project.made != Made::Page {
        return Err(ProjectError::Fixed);
    }
    connection.execute("UPDATE project SET is_active = 0 WHERE id = ?1", [project.id.0 as i64])?;
    // One of the same name that is made later is not to be open to whoever had a key of this one.
    let sql = "UPDATE project_key SET revoked_ms = ?2 WHERE project = ?1 AND revoked_ms IS NULL";
    connection.execute(sql, params![project.id.0 as i64, now_ms])?;
    Ok(())
}

/// Makes another key. The others stay valid until they are revoked.
pub(crate) fn add_key(connection: &Connection, project: &Project, now_ms: i64) -> Result<Key, ProjectError> {
    if (project.keys.len() + project.revoked.len()) as i64 >= KEYS_MAX {
        return Err(ProjectError::Full(KEYS_MAX));
    }
    insert_key(connection, project.id.0 as i64, Made::Page, now_ms)
}

/// Ends a key.
pub(crate) fn revoke_key(
    connection: &Connection,
    project: &Project,
    key: &Key,
    now_ms: i64,
) -> Result<(), ProjectError> {
    let known = project.keys.iter().find(|known| known.key == *key).ok_or(ProjectError::Unknown)?;
    if known.made == Made::File {
        return Err(ProjectError::Fixed);
    }
    if project.keys.len() == 1 {
        return Err(ProjectError::LastKey);
    }
    let sql = "UPDATE project_key SET revoked_ms = ?2 WHERE key = ?1";
    connection.execute(sql, params![key.to_string(), now_ms])?;
    Ok(())
}
