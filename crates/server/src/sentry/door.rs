//! One way in for all forms: who sends, the body, what it is, and the store.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use event::{Arrival, EventId, Key, ProjectId};
use http::{HeaderMap, StatusCode};
use issues::{Category, Project, RateLimited, Reason, Refusal};

use super::Sentry;
use super::answer::{Hold, SentryFault, Taken};
use super::kinds;
use super::knock::Knock;
use super::open::{Form, Opened, Rejected, Task};
use crate::body;
use crate::fault::Fault;
use crate::intake::{Arrived, UNPACKED_BYTES_MAX};

/// So much more than it was a packed body becomes as a rule. Where it is more than that it waits for more room.
const RATIO_USUAL: usize = 16;
const UNPACKED_BYTES_USUAL: usize = 256 << 10;
/// A limit that the Python SDK is told of is short: while it lasts, the SDK makes fewer traces.
const PYTHON_HOLD_S_MAX: u64 = 60;

impl Sentry {
    /// Takes what was sent to a project. Without one, the body names it.
    pub(super) async fn receive(
        &self,
        knock: Knock,
        project: Option<ProjectId>,
        headers: &HeaderMap,
        body: Body,
        form: Form,
    ) -> Result<Taken, SentryFault> {
        let known = self.known(&knock, project)?;
        let arrived = self.intake.read(headers, body).await.map_err(|fault| {
            let bytes = body::announced(headers).unwrap_or_default();
            self.note(known.as_deref(), reason(fault.status), bytes, knock.client());
            SentryFault::from(fault)
        })?;
        let bytes = arrived.bytes.len() as u64;
        let task = self.task(&knock, project, known.clone(), form)?;
        match self.open(arrived, task).await? {
            Ok(opened) => self.store(opened).await,
            Err(Rejected { fault, reason, project }) => {
                self.note(project.or(known).as_deref(), reason, bytes, knock.client());
                Err(*fault)
            }
        }
    }

    /// The project, if something outside of the body tells its key.
    fn known(&self, knock: &Knock, project: Option<ProjectId>) -> Result<Option<Arc<Project>>, SentryFault> {
        let auth = knock.auth().map_err(|error| SentryFault::bad_request(error.to_string()))?;
        match (auth, project) {
            (Some(auth), Some(project)) => self.admit(project, &auth.key).map(Some),
            _ => Ok(None),
        }
    }

    pub(super) fn admit(&self, project: ProjectId, key: &Key) -> Result<Arc<Project>, SentryFault> {
        self.issues.project(project, key).map_err(|refusal| refused(&refusal, ""))
    }

    /// What the work off the runtime's threads needs.
    pub(super) fn task(
        &self,
        knock: &Knock,
        project: Option<ProjectId>,
        known: Option<Arc<Project>>,
        form: Form,
    ) -> Result<Task, SentryFault> {
        let arrival = Arrival {
            received: self.clock.now(),
            sent_at: None,
            event_id: None,
            spare_id: random_id()?,
            client: Some(knock.client().to_owned()).filter(|client| !client.is_empty()),
            remote: knock.remote,
            user_agent: knock.user_agent.clone(),
            sample_rate: None,
        };
        Ok(Task {
            issues: self.issues.clone(),
            content_encoding: knock.content_encoding.clone(),
            query: knock.query.clone(),
            project,
            known,
            arrival,
            form,
        })
    }

    /// Unpacks and reads a body and packs what is to be stored, in the room that bodies of its size need as a rule; if it needs more, in all of it.
    async fn open(&self, arrived: Arrived, task: Task) -> Result<Result<Opened, Rejected>, SentryFault> {
        let _turn = self.turns.clone().acquire_owned().await.expect("the semaphore is never closed");
        let task = Arc::new(task);
        let usual = arrived.bytes.len().saturating_mul(RATIO_USUAL).max(UNPACKED_BYTES_USUAL);
        let room = if task.is_packed() { usual.min(UNPACKED_BYTES_MAX) } else { UNPACKED_BYTES_MAX };
        let weight = if task.is_packed() { room } else { arrived.bytes.len() };
        let (first, again) = (task.clone(), arrived.clone());
        let work = move |bytes: Bytes| Ok::<_, Fault>(first.try_within(bytes, room));
        if let Some(opened) = self.intake.decode(arrived, weight, work).await? {
            return Ok(opened);
        }
        let work = move |bytes: Bytes| Ok::<_, Fault>(task.try_within(bytes, UNPACKED_BYTES_MAX));
        let opened = self.intake.decode(again, UNPACKED_BYTES_MAX, work).await?;
        Ok(opened.expect("nothing is tried beyond the greatest room"))
    }

    /// Stores it, durably, and says what became of it.
    async fn store(&self, opened: Opened) -> Result<Taken, SentryFault> {
        let Opened { project, client, id, parcel, left } = opened;
        for left in &left {
            self.issues.refused(project.id, left.category, left.reason, left.bytes, &client);
        }
        let mut holds: Vec<Hold> = Vec::new();
        holds.extend(kinds::hold(left.iter().map(|left| left.name.as_str()), &client));
        let Some(parcel) = parcel else {
            return if left.iter().any(|left| left.reason == Reason::TooLarge) {
                let detail = "nothing of this is small enough to be taken";
                let fault = SentryFault::new(StatusCode::PAYLOAD_TOO_LARGE, detail);
                Err(left.into_iter().fold(fault, |fault, left| fault.because(left.why)))
            } else {
                Ok(Taken { id, holds })
            };
        };
        let refusal = |refusal| refused(&refusal, &client);
        let kept = self.issues.keep(parcel.map_err(refusal)?).await;
        let accepted = kept.map_err(|refusal| {
            self.note(Some(&*project), refusal.reason, 0, &client);
            refused(&refusal, &client)
        })?;
        holds.extend(accepted.limited.iter().map(|limited| hold(limited, &client)));
        Ok(Taken { id: id.or(accepted.id), holds })
    }

    /// Remembers a refusal for the project's page.
    pub(super) fn note(&self, project: Option<&Project>, reason: Reason, bytes: u64, client: &str) {
        if let Some(project) = project {
            self.issues.refused(project.id, Category::Default, reason, bytes, client);
        }
    }
}

/// What becomes of a fault of the body.
fn reason(status: StatusCode) -> Reason {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Reason::TooLarge,
        StatusCode::TOO_MANY_REQUESTS => Reason::Busy,
        _ => Reason::Malformed,
    }
}

/// A refusal of the store.
fn refused(refusal: &Refusal, client: &str) -> SentryFault {
    let status = match refusal.reason {
        Reason::UnknownKey => StatusCode::FORBIDDEN,
        Reason::RateLimit | Reason::Spike | Reason::Busy | Reason::Disk => StatusCode::TOO_MANY_REQUESTS,
        Reason::Closing => StatusCode::SERVICE_UNAVAILABLE,
        Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Reason::Malformed => StatusCode::BAD_REQUEST,
        Reason::Unsupported => StatusCode::NOT_IMPLEMENTED,
    };
    let fault = SentryFault::new(status, refusal.to_string());
    if refusal.retry_after_s == 0 {
        return fault;
    }
    let categories = refusal.categories.iter().map(|category| category.name()).collect();
    fault.holding(limit(refusal.retry_after_s, categories, refusal.reason, client))
}

fn hold(limited: &RateLimited, client: &str) -> Hold {
    limit(limited.retry_after_s, vec![limited.category.name()], limited.reason, client)
}

fn limit(seconds: u32, categories: Vec<&'static str>, reason: Reason, client: &str) -> Hold {
    let seconds = u64::from(seconds).max(1);
    let seconds = if kinds::is_python(client) { seconds.min(PYTHON_HOLD_S_MAX) } else { seconds };
    Hold { seconds, categories, scope: "project", reason: reason.name() }
}

/// For an event that has none.
fn random_id() -> Result<EventId, SentryFault> {
    let mut bytes = [0; 16];
    let filled = getrandom::fill(&mut bytes);
    filled.map_err(|error| {
        SentryFault::new(StatusCode::SERVICE_UNAVAILABLE, format!("no randomness: {error}"))
    })?;
    Ok(EventId(bytes))
}
