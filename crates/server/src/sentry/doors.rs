//! The doors of the intake, one handler for each form.

use axum::body::Body;
use axum::extract::{Path, State};
use event::{Key, ProjectId};
use http::{HeaderMap, Method, StatusCode};
use issues::{Project, Reason};

use super::Sentry;
use super::answer::{SentryFault, Taken};
use super::knock::Knock;
use super::multipart;
use super::open::Form;

type Answer = Result<Taken, SentryFault>;

/// `POST /api/{project}/envelope/`
pub(super) async fn envelope(
    State(sentry): State<Sentry>,
    Path(project): Path<String>,
    knock: Knock,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    sentry.receive(knock, Some(project_id(&project)?), &headers, body, Form::Envelope).await
}

/// `POST /api/tunnel/`: an envelope with its DSN inside, as SDKs of browsers send it past ad blockers to the page's
/// own site. Nothing is passed on: a DSN that is not one of ours is refused.
pub(super) async fn tunnel(
    State(sentry): State<Sentry>,
    knock: Knock,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    sentry.receive(knock, None, &headers, body, Form::Envelope).await
}

/// `POST /api/{project}/store/`
pub(super) async fn store(
    State(sentry): State<Sentry>,
    Path(project): Path<String>,
    knock: Knock,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    sentry.receive(knock, Some(project_id(&project)?), &headers, body, Form::Store).await
}

/// `POST /api/store/`: the key alone tells the project.
pub(super) async fn legacy_store(
    State(sentry): State<Sentry>,
    knock: Knock,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let auth = knock.auth().map_err(|error| SentryFault::bad_request(error.to_string()))?;
    let has = |project: &Project, key: &Key| project.keys.iter().any(|known| known.key == *key);
    let mut projects = sentry.issues.projects().into_iter();
    let project =
        auth.and_then(|auth| projects.find(|project| has(project, &auth.key))).ok_or_else(|| {
            SentryFault::new(StatusCode::FORBIDDEN, "no project has this key; send to /api/<project>/store/")
        })?;
    sentry.receive(knock, Some(project.id), &headers, body, Form::Store).await
}

/// `POST /api/{project}/security/`: what browsers report about the policy of a page.
pub(super) async fn security(
    State(sentry): State<Sentry>,
    Path(project): Path<String>,
    knock: Knock,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    sentry.receive(knock, Some(project_id(&project)?), &headers, body, Form::Security).await
}

/// `POST /api/{project}/nel/`: reports of network errors are not kept. Browsers are told that all is well, since they
/// would send them again.
pub(super) async fn nel(
    State(sentry): State<Sentry>,
    Path(project): Path<String>,
    knock: Knock,
    headers: HeaderMap,
) -> Answer {
    turn_down(&sentry, &project, &knock, &headers)?;
    Ok(Taken { id: None, holds: Vec::new() })
}

/// `GET|POST /api/{project}/cron/{monitor}/`: what a crontab says of its job with curl.
pub(super) async fn check_in(
    State(sentry): State<Sentry>,
    Path((project, monitor)): Path<(String, String)>,
    method: Method,
    knock: Knock,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let body = if method == Method::POST { body } else { Body::empty() };
    sentry.receive(knock, Some(project_id(&project)?), &headers, body, Form::CheckIn(monitor)).await
}

/// `GET|POST /api/{project}/cron/{monitor}/{key}/`
pub(super) async fn check_in_by_key(
    State(sentry): State<Sentry>,
    Path((project, monitor, key)): Path<(String, String, String)>,
    method: Method,
    knock: Knock,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let body = if method == Method::POST { body } else { Body::empty() };
    let knock = knock.with_key(&key);
    sentry.receive(knock, Some(project_id(&project)?), &headers, body, Form::CheckIn(monitor)).await
}

/// `POST /api/{project}/events/{event}/attachments/`: files that come after their event.
pub(super) async fn attachments(
    State(sentry): State<Sentry>,
    Path((project, event)): Path<(String, String)>,
    knock: Knock,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let event =
        event.parse().map_err(|error: event::ParseIdError| SentryFault::bad_request(error.to_string()))?;
    let Some(boundary) = multipart::boundary(&knock.content_type).map(str::to_owned) else {
        return Err(SentryFault::bad_request("send the files as multipart/form-data"));
    };
    sentry.receive(knock, Some(project_id(&project)?), &headers, body, Form::Files { event, boundary }).await
}

/// Crashes of native programs: nothing here can read them.
pub(super) async fn native(
    State(sentry): State<Sentry>,
    Path(parts): Path<Vec<String>>,
    knock: Knock,
    headers: HeaderMap,
) -> SentryFault {
    let detail = "crash dumps of native programs are not read here; send errors as events";
    not_here(&sentry, &parts, &knock, &headers, detail)
}

/// OpenTelemetry through Sentry's door.
pub(super) async fn otlp(
    State(sentry): State<Sentry>,
    Path(parts): Path<Vec<String>>,
    knock: Knock,
    headers: HeaderMap,
) -> SentryFault {
    let detail =
        "OpenTelemetry is not taken at this path; send logs to /otlp/v1/logs, and traces through the SDK";
    not_here(&sentry, &parts, &knock, &headers, detail)
}

fn not_here(
    sentry: &Sentry,
    parts: &[String],
    knock: &Knock,
    headers: &HeaderMap,
    detail: &'static str,
) -> SentryFault {
    let project = parts.first().map(String::as_str).unwrap_or_default();
    match turn_down(sentry, project, knock, headers) {
        Ok(()) => SentryFault::new(StatusCode::NOT_IMPLEMENTED, detail),
        Err(fault) => fault,
    }
}

/// Remembers for the project's page that something of a kind was sent that is not kept here.
fn turn_down(sentry: &Sentry, project: &str, knock: &Knock, headers: &HeaderMap) -> Result<(), SentryFault> {
    let project = project_id(project)?;
    let auth = knock.auth().map_err(|error| SentryFault::bad_request(error.to_string()))?;
    if let Some(auth) = auth {
        let project = sentry.admit(project, &auth.key)?;
        let bytes = crate::body::announced(headers).unwrap_or_default();
        sentry.note(Some(&project), Reason::Unsupported, bytes, knock.client());
    }
    Ok(())
}

fn project_id(text: &str) -> Result<ProjectId, SentryFault> {
    text.parse()
        .map_err(|error: event::ParseIdError| SentryFault::new(StatusCode::NOT_FOUND, error.to_string()))
}
