//! Who asks, the one organisation, and its projects.

use ::issues::Project;
use api::{Role, TokenScope};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::answer::{Answer, iso};
use super::asked::{Asked, not_found};
use super::{ORGANIZATION, Web};
use crate::access::Who;

/// `GET /api/0/`: who asks, and what they may.
pub(super) async fn about(who: Who) -> Json<Value> {
    let (user, scopes) = match &who {
        Who::User { user, .. } => {
            (json!({ "id": user.name, "name": user.name, "email": user.name }), of_role(user.role))
        }
        Who::Token(scopes) => (Value::Null, of_scopes(scopes)),
        Who::Anyone | Who::Nobody => (Value::Null, of_role(Role::Editor)),
    };
    Json(json!({ "version": "0", "auth": { "scopes": scopes }, "user": user }))
}

const READ: [&str; 3] = ["org:read", "project:read", "event:read"];
const WRITE: [&str; 3] = ["project:releases", "event:write", "org:ci"];

fn of_role(role: Role) -> Vec<&'static str> {
    if role >= Role::Editor { [READ, WRITE].concat() } else { READ.to_vec() }
}

fn of_scopes(scopes: &[TokenScope]) -> Vec<&'static str> {
    if scopes.contains(&TokenScope::Release) { [READ, WRITE].concat() } else { READ.to_vec() }
}

fn organization() -> Value {
    json!({
        "id": "1", "slug": ORGANIZATION, "name": "Porthole", "dateCreated": iso(0),
        "status": { "id": "active", "name": "active" }, "isEarlyAdopter": false, "require2FA": false,
        "requireEmailVerification": false, "avatar": { "avatarType": "letter_avatar" }, "features": [],
        "links": { "organizationUrl": "", "regionUrl": "" },
    })
}

/// `GET /organizations/`
pub(super) async fn list() -> Json<Value> {
    Json(json!([organization()]))
}

/// `GET /organizations/{org}/`
pub(super) async fn show(_: Asked) -> Json<Value> {
    Json(organization())
}

/// A list in which nothing is.
pub(super) async fn none(_: Asked) -> Json<Value> {
    Json(json!([]))
}

/// `GET /organizations/{org}/projects/`
pub(super) async fn projects(State(web): State<Web>, asked: Asked) -> Answer {
    let rows = web.issues.projects().iter().map(|known| project_json(known)).collect();
    Ok(web.page(&asked, rows, None))
}

/// `GET /projects/`
pub(super) async fn all_projects(State(web): State<Web>, asked: Asked) -> Answer {
    let with_organization = |known: &Project| {
        let mut row = project_json(known);
        row["organization"] = organization();
        row
    };
    let rows = web.issues.projects().iter().map(|known| with_organization(known)).collect();
    Ok(web.page(&asked, rows, None))
}

/// `GET /projects/{org}/{project}/`
pub(super) async fn project(State(web): State<Web>, asked: Asked) -> Answer {
    let known = asked.project(&web.issues)?.ok_or_else(|| not_found("name a project"))?;
    let mut row = project_json(&known);
    row["organization"] = organization();
    Ok(Json(row).into_response())
}

/// A project as lists of them have it.
pub(super) fn project_json(project: &Project) -> Value {
    let made = project.keys.iter().chain(&project.revoked).map(|key| key.created_ms).min();
    json!({
        "id": project.id.to_string(), "slug": project.name, "name": project.name, "platform": null,
        "dateCreated": iso(made.unwrap_or_default()), "firstEvent": null, "isBookmarked": false, "isMember": true,
        "hasAccess": true, "isPublic": false, "features": [], "status": "active", "team": null, "teams": [],
    })
}
