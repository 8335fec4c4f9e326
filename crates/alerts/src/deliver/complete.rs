//! What is found out just before a message is sent: what was seen around the moment, where to look, and the link by which
//! this one receiver may acknowledge.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use model::{Labels, Timestamp};
use store::Clock;

use super::Complete;
use crate::keep::Keep;
use crate::message::{self, Acknowledge, Evidence, Link, Message};
use crate::senses::{Asked, Senses};

/// What is not found by then is left out: a message that comes late helps nobody.
const LOOK_MAX: Duration = Duration::from_millis(1500);
const LINES_MAX: usize = 3;

/// Completes messages of `alerts.db` with what the engines know.
pub(crate) struct Completion {
    keep: Keep,
    senses: Arc<dyn Senses>,
    /// Without a slash at its end; empty: no page can be linked.
    public_url: RwLock<String>,
    clock: Clock,
}

impl Completion {
    /// Links go to `public_url`; without one there are none.
    pub(crate) fn new(keep: Keep, senses: Arc<dyn Senses>, public_url: &str, clock: Clock) -> Self {
        let completion = Self { keep, senses, public_url: RwLock::default(), clock };
        completion.set_public_url(public_url);
        completion
    }

    /// Links go there from now on.
    pub(crate) fn set_public_url(&self, public_url: &str) {
        let text = public_url.trim_end_matches('/').to_owned();
        *self.public_url.write().unwrap_or_else(PoisonError::into_inner) = text;
    }

    fn public_url(&self) -> String {
        self.public_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn completed(&self, message: &Message, receiver: &str) -> Message {
        let mut message = message.clone();
        // It may have been completed before: for another receiver, or before the process ended.
        message.links.clear();
        let base = self.public_url();
        // The labels of the first alert are those of the one that speaks for all.
        let labels = message.alerts.first().map(|alert| labels(&alert.labels)).unwrap_or_default();
        let at = Timestamp::from_millis(message.since_ms);
        if let Ok(seen) = tokio::time::timeout(LOOK_MAX, self.senses.evidence(&labels, at)).await {
            message.links.extend(links(&base, &seen.links));
            message.evidence = evidence(&base, &seen);
            self.keep_seen(&message, seen).await;
        }
        if base.is_empty() {
            return message;
        }
        if let Some(alert) = message.alerts.first() {
            let url = format!("{base}/alerts/{}", alert.fingerprint);
            message.links.insert(0, Link { text: "Alert".to_owned(), url });
        }
        if message.is_incident() && !message.is_resolved() {
            let token = self.keep.link(&message.incident, receiver, self.clock.now().millis());
            let page_url = format!("{base}/ack/{token}");
            message.acknowledge =
                Some(Acknowledge { page_url, call_url: format!("{base}/hooks/twilio/{token}") });
        }
        message
    }

    /// The page shows the same as the message.
    async fn keep_seen(&self, message: &Message, seen: api::Evidence) {
        let (keep, incident) = (self.keep.clone(), message.incident.clone());
        let kept = tokio::task::spawn_blocking(move || keep.set_evidence(&incident, seen)).await;
        if let Err(error) = kept {
            tracing::error!(%error, "what was seen around an alert could not be kept");
        }
    }
}

impl Complete for Completion {
    fn complete<'a>(&'a self, message: &'a Message, receiver: &'a str) -> Asked<'a, Message> {
        Box::pin(self.completed(message, receiver))
    }
}

fn labels(map: &BTreeMap<String, String>) -> Labels {
    Labels::from_pairs(map.iter().map(|(name, value)| (name.clone(), value.clone())))
}

fn links(base: &str, found: &[api::EvidenceLink]) -> Vec<Link> {
    let link =
        |link: &api::EvidenceLink| Some(Link { text: link.title.clone(), url: whole(base, &link.path)? });
    found.iter().filter_map(link).collect()
}

/// A path of the page as an address; `None` where the page's own address is not known.
fn whole(base: &str, path: &str) -> Option<String> {
    (!base.is_empty() && path.starts_with('/')).then(|| format!("{base}{path}"))
}

fn evidence(base: &str, seen: &api::Evidence) -> Evidence {
    let first = seen.lines.len().saturating_sub(LINES_MAX);
    let lines = seen.lines[first..].iter();
    Evidence {
        lines: lines.map(|line| message::Line { at_ms: line.at, text: line.text.clone() }).collect(),
        issue: seen.issue.as_ref().map(|issue| message::Issue {
            title: format!("{} {}", issue.short_id, issue.title).trim().to_owned(),
            events: issue.events,
            users: issue.users,
            url: whole(base, &issue.href),
        }),
        deploy: seen.deploy.as_ref().map(|deploy| message::Deploy {
            at_ms: deploy.at,
            text: match deploy.before.is_empty() {
                true => deploy.image.clone(),
                false => format!("{} → {}", deploy.before, deploy.image),
            },
            url: whole(base, &deploy.href),
        }),
        trend: seen.sparkline.clone(),
        trend_span: "before it began".to_owned(),
    }
}
