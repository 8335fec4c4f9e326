//! The kinds of items.

use super::Limits;

/// What an item is. Only kinds of which something is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `event`
    Event,
    /// `transaction`
    Transaction,
    /// `span`: a container of spans.
    Spans,
    /// `check_in`
    CheckIn,
    /// `session`
    Session,
    /// `sessions`
    Sessions,
    /// `client_report`
    ClientReport,
    /// `user_report`
    UserReport,
    /// `feedback`
    Feedback,
    /// `log`: a container of log lines.
    Logs,
    /// `otel_log`: one log line as OpenTelemetry writes it.
    OtelLog,
    /// `attachment`
    Attachment,
    /// `raw_security`: a browser's report, as a relay passes it on.
    Security,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Event,
        Self::Transaction,
        Self::Spans,
        Self::CheckIn,
        Self::Session,
        Self::Sessions,
        Self::ClientReport,
        Self::UserReport,
        Self::Feedback,
        Self::Logs,
        Self::OtelLog,
        Self::Attachment,
        Self::Security,
    ];

    /// The word in the item's header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Transaction => "transaction",
            Self::Spans => "span",
            Self::CheckIn => "check_in",
            Self::Session => "session",
            Self::Sessions => "sessions",
            Self::ClientReport => "client_report",
            Self::UserReport => "user_report",
            Self::Feedback => "feedback",
            Self::Logs => "log",
            Self::OtelLog => "otel_log",
            Self::Attachment => "attachment",
            Self::Security => "raw_security",
        }
    }

    /// The kind of this word.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The SDKs' word for what it counts as in rate limits and reports.
    pub const fn category(self) -> &'static str {
        match self {
            Self::Event => "error",
            Self::Transaction => "transaction",
            Self::Spans => "span",
            Self::CheckIn => "monitor",
            Self::Session | Self::Sessions => "session",
            Self::ClientReport => "internal",
            Self::UserReport => "default",
            Self::Feedback => "feedback",
            Self::Logs | Self::OtelLog => "log_item",
            Self::Attachment => "attachment",
            Self::Security => "security",
        }
    }

    pub(super) const fn bytes_max(self, limits: &Limits) -> usize {
        match self {
            Self::Event | Self::Transaction | Self::UserReport | Self::Feedback | Self::Security => {
                limits.event_bytes_max
            }
            Self::Spans | Self::Logs | Self::OtelLog => limits.container_bytes_max,
            Self::Session | Self::Sessions => limits.sessions_bytes_max,
            Self::CheckIn | Self::ClientReport => limits.report_bytes_max,
            Self::Attachment => limits.attachment_bytes_max,
        }
    }
}

/// The SDKs' word for what an item counts as, whether it is taken or not.
pub fn category_of(name: &str) -> &'static str {
    match name {
        "profile" => "profile",
        "profile_chunk" => "profile_chunk",
        "replay_event" | "replay_recording" | "replay_video" => "replay",
        "statsd" | "metric_buckets" => "metric_bucket",
        "trace_metric" => "trace_metric",
        "nel" => "security",
        _ => Kind::of(name).map_or("default", Kind::category),
    }
}
