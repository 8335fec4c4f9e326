//! Why something that came was not taken.

/// What quotas and rate limits are kept apart by, in Sentry's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Errors and messages.
    Error,
    /// Transactions and spans.
    Transaction,
    /// Check-ins.
    Monitor,
    /// Sessions.
    Session,
    /// What users write.
    Feedback,
    /// Files.
    Attachment,
    /// Log lines.
    Log,
    /// Anything else: client reports, what is not known.
    Default,
}

impl Category {
    /// Sentry's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Transaction => "transaction",
            Self::Monitor => "monitor",
            Self::Session => "session",
            Self::Feedback => "feedback",
            Self::Attachment => "attachment",
            Self::Log => "log_item",
            Self::Default => "default",
        }
    }
}

/// Why it was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// There is no such project with such a key.
    UnknownKey,
    /// The project's limit of this minute is reached.
    RateLimit,
    /// Far more than is usual for the project.
    Spike,
    /// More is on its way than can be stored soon.
    Busy,
    /// The disk does not take it.
    Disk,
    /// The appliance is ending.
    Closing,
    /// It is larger than allowed.
    TooLarge,
    /// It cannot be read.
    Malformed,
    /// Nothing can be done with it here.
    Unsupported,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::UnknownKey,
        Self::RateLimit,
        Self::Spike,
        Self::Busy,
        Self::Disk,
        Self::Closing,
        Self::TooLarge,
        Self::Malformed,
        Self::Unsupported,
    ];

    /// The word for it in counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown_key",
            Self::RateLimit => "rate_limit",
            Self::Spike => "spike",
            Self::Busy => "busy",
            Self::Disk => "disk",
            Self::Closing => "closing",
            Self::TooLarge => "too_large",
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
        }
    }

    /// The same in words for people.
    pub const fn text(self) -> &'static str {
        match self {
            Self::UnknownKey => "no project has this key",
            Self::RateLimit => "the project's limit of this minute is reached",
            Self::Spike => "far more than is usual for the project",
            Self::Busy => "more is on its way than can be stored soon",
            Self::Disk => "the disk does not take it",
            Self::Closing => "Porthole is ending",
            Self::TooLarge => "it is larger than allowed",
            Self::Malformed => "it cannot be read",
            Self::Unsupported => "Porthole does not keep this kind",
        }
    }
}

/// Nothing of a delivery was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", reason.text())]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// When it may be tried again, in seconds; 0 where that would not help.
    pub retry_after_s: u32,
    /// What it is about; empty means everything.
    pub categories: Vec<Category>,
}

impl Refusal {
    /// Of everything.
    pub(crate) fn of_all(reason: Reason, retry_after_s: u32) -> Self {
        Self { reason, retry_after_s, categories: Vec::new() }
    }
}

/// Some of a delivery was not taken, and more of it will not be for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimited {
    /// Of what.
    pub category: Category,
    /// For how long, in seconds.
    pub retry_after_s: u32,
    /// Why.
    pub reason: Reason,
}
