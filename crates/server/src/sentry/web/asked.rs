//! What requests of the web API name: the organisation, a project, an issue; their query; their body.

use std::collections::HashMap;
use std::sync::Arc;

use ::issues::{Issue, Issues, Project};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use http::StatusCode;
use http::request::Parts;
use serde_json::Value;

use super::{ORGANIZATION, Web};
use crate::body;
use crate::fault::Fault;
use crate::sentry::SentryFault;

/// What is told of releases and issues is short; commits of a release may be many.
const BODY_BYTES_MAX: usize = 4 << 20;
const LIMIT_USUAL: usize = 25;
const LIMIT_MAX: usize = 100;

/// The variable parts of the path and the query.
pub(super) struct Asked {
    parts: HashMap<String, String>,
    query: Vec<(String, String)>,
    /// The path, for links to the next page.
    pub(super) path: String,
}

impl FromRequestParts<Web> for Asked {
    type Rejection = SentryFault;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, SentryFault> {
        let named = Path::<HashMap<String, String>>::from_request_parts(parts, web).await;
        let Path(named) = named.map_err(|error| SentryFault::bad_request(error.body_text()))?;
        if let Some(organization) = named.get("org").filter(|name| *name != ORGANIZATION) {
            let name: String = organization.chars().take(60).collect();
            let detail = format!("there is no organization `{name}` here; the only one is `{ORGANIZATION}`");
            return Err(SentryFault::new(StatusCode::NOT_FOUND, detail));
        }
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query = query.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Ok(Self { parts: named, query, path: parts.uri.path().to_owned() })
    }
}

impl Asked {
    /// A part of the path, decoded.
    pub(super) fn part(&self, name: &str) -> &str {
        self.parts.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The first value of a parameter; an empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut of_name = self.query.iter().filter(|(known, value)| known == name && !value.is_empty());
        of_name.next().map(|(_, value)| value.as_str())
    }

    /// All values of a parameter.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let of_name = self.query.iter().filter(move |(known, value)| known == name && !value.is_empty());
        of_name.map(|(_, value)| value.as_str())
    }

    /// How long a page is to be.
    pub(super) fn limit(&self) -> usize {
        let asked = self.get("limit").or_else(|| self.get("per_page"));
        asked.and_then(|text| text.parse().ok()).unwrap_or(LIMIT_USUAL).clamp(1, LIMIT_MAX)
    }

    /// The query with another cursor.
    pub(super) fn with_cursor(&self, cursor: &str) -> String {
        let others = self.query.iter().filter(|(name, _)| name != "cursor");
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(others).append_pair("cursor", cursor).finish()
    }

    /// The project that the path or the query names; `None`: all of them.
    pub(super) fn project(&self, issues: &Issues) -> Result<Option<Arc<Project>>, SentryFault> {
        let of_path = self.parts.get("project").map(String::as_str);
        let mut of_query = self.all("project");
        // Several, or -1, stand for all.
        let of_query = of_query.next().filter(|name| *name != "-1" && of_query.next().is_none());
        let Some(name) = of_path.or(of_query) else { return Ok(None) };
        let by_number = || issues.project_of(name.parse().ok()?);
        match issues.project_named(name).or_else(by_number) {
            Some(project) => Ok(Some(project)),
            None => {
                let name: String = name.chars().take(60).collect();
                Err(not_found(format!("there is no project `{name}` here")))
            }
        }
    }

    /// The issue that the path names: by its number, or as people call it.
    pub(super) fn issue(&self, issues: &Issues) -> Result<Issue, Fault> {
        let name = self.part("issue");
        let found = match name.parse() {
            Ok(id) => issues.issue(id)?,
            Err(_) => issues.issue_called(name)?,
        };
        found.ok_or_else(|| Fault::new(StatusCode::NOT_FOUND, "there is no such issue here"))
    }
}

pub(super) fn not_found(detail: impl Into<String>) -> SentryFault {
    SentryFault::new(StatusCode::NOT_FOUND, detail)
}

/// A body of JSON, whatever it is called; an empty one is an empty object.
pub(super) struct JsonBody(pub(super) Value);

impl FromRequest<Web> for JsonBody {
    type Rejection = SentryFault;

    async fn from_request(request: Request, _: &Web) -> Result<Self, SentryFault> {
        let (head, body) = request.into_parts();
        let bytes = body::read(&head.headers, body, BODY_BYTES_MAX).await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(Value::Object(serde_json::Map::new())));
        }
        let json = serde_json::from_slice(&bytes);
        json.map(Self).map_err(|error| SentryFault::bad_request(format!("the body is no JSON: {error}")))
    }
}

/// A text member of a body; an empty one counts as absent.
pub(super) fn text<'v>(body: &'v Value, name: &str) -> Option<&'v str> {
    body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A time member of a body, in milliseconds since the epoch.
pub(super) fn time(body: &Value, name: &str) -> Result<Option<i64>, SentryFault> {
    let Some(text) = text(body, name) else { return Ok(None) };
    match model::Timestamp::parse_rfc3339(text) {
        Ok(at) => Ok(Some(at.millis())),
        Err(error) => Err(SentryFault::bad_request(format!("{name}: {error}"))),
    }
}
