//! Items that are no events are worked in.

use event::items::{CheckIn, ClientReport, Feedback, Sessions, SpanContainer, Transaction};
use rusqlite::params;

use super::batch::Batch;
use super::{Received, WorkError};
use crate::pack::AttachmentMeta;
use crate::refusal::Category;
use crate::{monitors, performance, releases};

impl Batch<'_> {
    pub(super) fn transaction(
        &mut self,
        received: Received,
        transaction: &Transaction,
    ) -> Result<(), WorkError> {
        if self.is_known(received, transaction.id)? {
            self.done.duplicates += 1;
            return Ok(());
        }
        self.remember(received, transaction.id)?;
        performance::apply(self.transaction, &received, transaction)?;
        self.accepted(received, Category::Transaction, 0);
        Ok(())
    }

    pub(super) fn spans(&mut self, received: Received, spans: SpanContainer) -> Result<(), WorkError> {
        performance::apply_spans(self.transaction, &received, spans)?;
        self.accepted(received, Category::Transaction, 0);
        Ok(())
    }

    pub(super) fn check_in(&mut self, received: Received, check_in: &CheckIn) -> Result<(), WorkError> {
        let turns = monitors::apply(self.transaction, &received, check_in)?;
        self.monitors_turned(turns, received.received_ms)?;
        self.accepted(received, Category::Monitor, 0);
        Ok(())
    }

    pub(super) fn sessions(&mut self, received: Received, sessions: &Sessions) -> Result<(), WorkError> {
        releases::apply_sessions(self.transaction, &received, sessions)?;
        self.accepted(received, Category::Session, 0);
        Ok(())
    }

    /// What an SDK says that it did not send.
    pub(super) fn client_report(&mut self, received: Received, report: &ClientReport) {
        for discarded in &report.discarded {
            let kind = known(&discarded.category, &KINDS);
            let reason = format!("sdk:{}", known(&discarded.reason, &REASONS));
            self.outcome(received, kind, &reason, discarded.quantity, 0);
        }
    }

    pub(super) fn feedback(&mut self, received: Received, feedback: &Feedback) -> Result<(), WorkError> {
        if !feedback.id.is_nil() {
            if self.is_known(received, feedback.id)? {
                self.done.duplicates += 1;
                return Ok(());
            }
            self.remember(received, feedback.id)?;
        }
        let sql = "INSERT INTO feedback (project, event, at_ms, data) VALUES (?1, ?2, ?3, ?4)";
        let event = feedback.event.map(|event| event.0);
        let json = serde_json::to_string(feedback).unwrap_or_default();
        let values = params![received.project.0 as i64, event, feedback.timestamp.millis(), json];
        self.transaction.prepare_cached(sql)?.execute(values)?;
        self.accepted(received, Category::Feedback, json.len());
        Ok(())
    }

    pub(super) fn attachment(&mut self, received: Received, meta: &AttachmentMeta) -> Result<(), WorkError> {
        if self.has_attachment(received, meta)? {
            self.done.files.push(meta.file.clone());
            return Ok(());
        }
        let sql = "INSERT INTO attachment (project, event, name, content_type, bytes, file, received_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.transaction.prepare_cached(sql)?.execute(params![
            received.project.0 as i64,
            meta.event.0,
            meta.about.filename,
            meta.about.content_type,
            meta.bytes as i64,
            meta.file,
            received.received_ms
        ])?;
        self.accepted(received, Category::Attachment, meta.bytes as usize);
        Ok(())
    }
}

/// What SDKs name as what they did not send.
const KINDS: [&str; 19] = [
    "attachment",
    "default",
    "error",
    "feedback",
    "internal",
    "log_byte",
    "log_item",
    "metric_bucket",
    "monitor",
    "profile",
    "profile_chunk",
    "profile_chunk_ui",
    "profile_duration",
    "replay",
    "security",
    "session",
    "span",
    "trace_metric",
    "transaction",
];

/// And as the reason why.
const REASONS: [&str; 17] = [
    "backpressure",
    "before_send",
    "buffer_overflow",
    "cache_overflow",
    "event_processor",
    "ignored",
    "ignored_spans",
    "insufficient_data",
    "internal_sdk_error",
    "invalid",
    "network_error",
    "no_parent_span",
    "queue_overflow",
    "ratelimit_backoff",
    "sample_rate",
    "send_error",
    "too_big",
];

impl Batch<'_> {
    /// Whether it came before, with the same envelope.
    fn has_attachment(&self, received: Received, meta: &AttachmentMeta) -> rusqlite::Result<bool> {
        let sql = "SELECT 1 FROM attachment WHERE event = ?1 AND project = ?2 AND name = ?3 AND bytes = ?4";
        let project = received.project.0 as i64;
        let values = params![meta.event.0, project, meta.about.filename, meta.bytes as i64];
        self.transaction.prepare_cached(sql)?.exists(values)
    }
}

/// Words of an SDK become names of counters, so only those that are known: anybody may send any.
fn known<'k>(word: &str, words: &[&'k str]) -> &'k str {
    words.iter().copied().find(|known| *known == word).unwrap_or("other")
}
