//! A job that fails to run makes an event, and so an issue; one that runs again resolves it.

use ::event::value::Pair;
use ::event::{Event, EventId, Exception, Level, Rules, group};
use model::Timestamp;

use super::batch::Batch;
use super::{Received, WorkError};
use crate::activity::{self, What};
use crate::body;
use crate::database::Document;
use crate::digest::Digest;
use crate::life::{Resolution, Status};
use crate::monitors::{self, Change, Turn};

impl Batch<'_> {
    pub(super) fn monitors_turned(&mut self, turns: Vec<Turn>, now_ms: i64) -> Result<(), WorkError> {
        for turn in turns {
            match &turn.change {
                Change::Failed { title, message, .. } => {
                    let event = event_of(&turn, title, message, now_ms);
                    let issue =
                        self.own_event(Received { project: turn.project, received_ms: now_ms }, &event)?;
                    monitors::opened(self.transaction, turn.monitor, &turn.environment, issue)?;
                }
                Change::Recovered { issue: Some(issue) } => self.recovered(*issue, now_ms)?,
                Change::Recovered { issue: None } => {}
            }
        }
        Ok(())
    }

    /// Works in an event of Porthole's own. Gives its issue.
    fn own_event(&mut self, received: Received, event: &Event) -> Result<i64, WorkError> {
        let grouping = group(event, &Rules::default());
        let digest = Digest::of(event, &grouping, None);
        let json = serde_json::to_vec(&Document { event, grouping: &grouping }).map_err(std::io::Error::from);
        let data = json.and_then(|json| body::pack(&json)).map_err(WorkError::Pack)?;
        self.event(received, &digest, &data)?;
        let fingerprint = self.fingerprint_of(received, &digest)?;
        Ok(self.fingerprint(fingerprint)?.issue)
    }

    fn recovered(&mut self, issue: i64, now_ms: i64) -> Result<(), WorkError> {
        let sql = "SELECT 1 FROM issue WHERE id = ?1 AND status = 'unresolved'";
        if !self.transaction.prepare_cached(sql)?.exists([issue])? {
            return Ok(());
        }
        let state = self.issue(issue)?;
        state.status = Status::Resolved(Resolution::Now);
        state.since_ms = now_ms;
        let what = What::Resolved { how: Resolution::Now };
        activity::write(self.transaction, issue, now_ms, None, &what)?;
        Ok(())
    }
}

fn event_of(turn: &Turn, title: &str, message: &str, now_ms: i64) -> Event {
    let tag = |name: &str, value: &str| -> Pair<String> { (name.to_owned(), value.to_owned()) };
    Event {
        id: own_id(turn, now_ms),
        received: Timestamp::from_millis(now_ms),
        timestamp: Timestamp::from_millis(turn.at_ms.min(now_ms)),
        level: Level::Error,
        platform: "other".to_owned(),
        logger: Some("porthole.monitors".to_owned()),
        transaction: Some(turn.slug.clone()),
        release: turn.release.clone(),
        environment: Some(turn.environment.clone()),
        exceptions: vec![Exception {
            ty: Some(title.to_owned()),
            value: Some(message.to_owned()),
            ..Exception::default()
        }],
        tags: vec![tag("monitor.slug", &turn.slug)],
        fingerprint: vec!["porthole.monitor".to_owned(), turn.slug.clone(), turn.environment.clone()],
        ..Event::default()
    }
}

/// The same failure worked in again is the same event.
fn own_id(turn: &Turn, now_ms: i64) -> EventId {
    let of = |salt: &str| {
        let text = format!("{salt} {} {} {} {now_ms}", turn.project, turn.monitor, turn.environment);
        store::checksum(text.as_bytes()).to_be_bytes()
    };
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&of("monitor"));
    bytes[8..].copy_from_slice(&of("failed"));
    EventId(bytes)
}
