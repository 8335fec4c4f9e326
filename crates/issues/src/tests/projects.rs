//! Projects of the settings, of the page, and the one that is there while no other is.

use event::{Key, ProjectId};

use super::ground::{Ground, START_MS};
use crate::config::{Config, ProjectConfig};
use crate::limits::Limits;
use crate::project::Made;
use crate::projects::{self, ProjectError};
use crate::refusal::Reason;

fn project(name: &str, key: Option<&str>, id: Option<u64>) -> ProjectConfig {
    let key = key.map(|key| key.parse().unwrap());
    ProjectConfig { name: name.into(), service: None, key, id: id.map(ProjectId), line: None }
}

const KEY: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";

fn names(ground: &Ground) -> Vec<(u64, String)> {
    ground.issues.projects().iter().map(|project| (project.id.0, project.name.clone())).collect()
}

fn with(ground: Ground, projects: Vec<ProjectConfig>) -> Ground {
    let Ground { directory, now_ms, config, .. } = ground;
    Ground::at(directory, now_ms, Config { projects, ..config }, Limits::default())
}

#[test]
fn numbers_and_keys_are_remembered() {
    let ground = Ground::new();
    assert_eq!(names(&ground), [(1, "default".into())]);
    let default_key = ground.project().keys[0].key;
    assert_eq!(ground.issues.project(ProjectId(1), &default_key).unwrap().made, Made::Default);
    let wrong: Key = KEY.parse().unwrap();
    for id in [1, 2] {
        let refusal = ground.issues.project(ProjectId(id), &wrong).unwrap_err();
        assert_eq!((refusal.reason, refusal.retry_after_s), (Reason::UnknownKey, 0));
    }
    let ground = with(ground, vec![project("shop", Some(KEY), None), project("worker", None, Some(70))]);
    assert_eq!(names(&ground), [(2, "shop".into()), (70, "worker".into())]);
    assert!(ground.issues.project(ProjectId(1), &default_key).is_err());
    let worker = ground.issues.project_named("worker").unwrap().keys[0].key;
    // Another key, another order, another number: the number stays, and the key that was written is no longer valid.
    let ground = with(ground, vec![project("worker", None, None), project("shop", Some(OTHER), Some(9))]);
    assert_eq!(names(&ground), [(2, "shop".into()), (70, "worker".into())]);
    assert_eq!(ground.issues.project_named("worker").unwrap().keys[0].key, worker);
    let shop = ground.issues.project_named("shop").unwrap();
    assert_eq!(shop.keys.iter().map(|key| key.key.to_string()).collect::<Vec<_>>(), [OTHER]);
    assert_eq!(shop.revoked.len(), 1);
    let ground = with(ground, vec![]);
    assert_eq!(names(&ground), [(1, "default".into())]);
    assert_eq!(ground.project().keys[0].key, default_key);
}

#[test]
fn projects_are_made_and_keys_rotated_on_the_page() {
    let ground = with(Ground::new(), vec![project("shop", Some(KEY), None)]);
    let connection = &ground.storage.connection;
    let load = || ground.storage.settle_projects().map(|()| ground.issues.projects()).unwrap();
    let make = |name| projects::create(connection, name, Some("web"), START_MS);
    let id = make("blog").unwrap();
    assert!(matches!(make("blog").unwrap_err(), ProjectError::Taken(_)));
    assert!(matches!(make("Blog!").unwrap_err(), ProjectError::Name { .. }));
    let blog = load().into_iter().find(|project| project.id == id).unwrap();
    assert_eq!((blog.made, blog.service(), blog.keys.len()), (Made::Page, "web", 1));
    let old = blog.keys[0].key;
    assert!(matches!(
        projects::revoke_key(connection, &blog, &old, START_MS).unwrap_err(),
        ProjectError::LastKey
    ));
    let new = projects::add_key(connection, &blog, START_MS + 1).unwrap();
    let blog = load().into_iter().find(|project| project.id == id).unwrap();
    assert_eq!(blog.keys.iter().map(|key| key.key).collect::<Vec<_>>(), [new, old], "both are valid");
    projects::revoke_key(connection, &blog, &old, START_MS + 2).unwrap();
    load();
    assert!(ground.issues.project(id, &old).is_err() && ground.issues.project(id, &new).is_ok());
    projects::change(connection, &blog, "journal", None).unwrap();
    let renamed = load().into_iter().find(|project| project.id == id).unwrap();
    assert_eq!((renamed.name.as_str(), renamed.service()), ("journal", "journal"));
    let shop = ground.issues.project_named("shop").unwrap();
    for refused in [
        projects::change(connection, &shop, "x", None),
        projects::remove(connection, &shop, START_MS),
        projects::revoke_key(connection, &shop, &shop.keys[0].key, START_MS),
    ] {
        assert!(matches!(refused.unwrap_err(), ProjectError::Fixed));
    }
    projects::remove(connection, &renamed, START_MS).unwrap();
    assert_eq!(load().len(), 1);
    // Made anew it has its number again, and none of its keys.
    assert_eq!(make("journal").unwrap(), id);
    load();
    assert!(ground.issues.project(id, &new).is_err());
    assert_eq!(ground.issues.project_named("journal").unwrap().keys.len(), 1);
}
