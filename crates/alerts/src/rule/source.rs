//! What a rule looks at.

/// What a rule looks at. Exactly one of these.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// PromQL: each series of the answer is an alert.
    Promql(String),
    /// LogQL that gives numbers: likewise.
    Logql(String),
    /// What happens to issues: each issue is an alert.
    Issue(IssueRule),
    /// A probe of this name, which fails.
    Probe(String),
    /// What Porthole knows of its own alerting.
    Porthole(OwnRule),
}

/// What Porthole knows of its own alerting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnRule {
    /// Rules that cannot be evaluated: each is an alert.
    Rules,
}

/// What happens to issues.
#[derive(Clone, Debug, PartialEq)]
pub enum IssueRule {
    /// An error that was never seen before.
    New,
    /// A resolved issue came again.
    Regressed,
    /// An issue comes far more often than it did.
    Escalating,
    /// A release has more errors than these.
    Rate {
        /// More events than these within the window.
        above: f64,
        /// How long the window is.
        within_ms: i64,
    },
}

impl Source {
    /// The key that it is written with.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Promql(_) => "expr",
            Self::Logql(_) => "logql",
            Self::Issue(_) => "issue",
            Self::Probe(_) => "probe",
            Self::Porthole(_) => "porthole",
        }
    }
}
