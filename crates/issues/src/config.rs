//! `[issues]` of the settings.

mod project;

use std::time::Duration;

use event::{Rules, ScrubConfig, Scrubber};
use settings::{ByteSize, Section};

pub use project::ProjectConfig;

const DAY: Duration = Duration::from_secs(86_400);

/// Less would not hold a day of a program that fails.
const MAX_SIZE_MIN: ByteSize = ByteSize(50 << 20);

/// Larger attachments would take the memory that intake has.
const ATTACHMENT_MAX: ByteSize = ByteSize(50 << 20);

/// What is kept of events and issues, and what is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Events that are older are deleted; so are issues of which none came for so long.
    pub retention: Duration,
    /// What events and issues together may take on disk, without attachments.
    pub max_size: ByteSize,
    /// An attachment that is larger is refused.
    pub attachment_max_size: ByteSize,
    /// What attachments together may take on disk.
    pub attachments_max_size: ByteSize,
    /// What is taken of each project.
    pub quotas: Quotas,
    /// Of one group of events so many within an hour are kept whole, of more fewer and fewer; all are counted.
    pub sample_after: u64,
    /// The user's own rules of grouping, a line each; see [`event::Rules`].
    pub grouping: String,
    /// The projects that the file names.
    pub projects: Vec<ProjectConfig>,
    /// `[identity] environment`: of log lines that do not say theirs.
    pub environment: String,
    /// What is masked in what SDKs send.
    pub mask: MaskConfig,
}

/// What is taken of a project in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Errors and messages.
    pub errors_per_minute: u64,
    /// Transactions; a container of spans counts as one.
    pub transactions_per_minute: u64,
    /// Issues; events of others are counted in one issue for all of them.
    pub new_issues_per_minute: u64,
    /// An hour with so many times the events of a usual hour is a spike; 0: nothing is.
    pub spike_factor: u64,
}

/// `[issues.mask]`: what is masked in what SDKs send, beyond secrets, which always are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskConfig {
    /// Whether anything is.
    pub enabled: bool,
    /// Keys that are not looked at: `auth_method`.
    pub safe_keys: Vec<String>,
    /// Whether the addresses of users are masked too.
    pub ip_addresses: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            retention: 90 * DAY,
            max_size: ByteSize(5 << 30),
            attachment_max_size: ByteSize(10 << 20),
            attachments_max_size: ByteSize(1 << 30),
            quotas: Quotas::default(),
            sample_after: 100,
            grouping: String::new(),
            projects: Vec::new(),
            environment: "production".to_owned(),
            mask: MaskConfig::default(),
        }
    }
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            errors_per_minute: 30_000,
            transactions_per_minute: 60_000,
            new_issues_per_minute: 100,
            spike_factor: 20,
        }
    }
}

impl Default for MaskConfig {
    fn default() -> Self {
        Self { enabled: true, safe_keys: Vec::new(), ip_addresses: false }
    }
}

impl Config {
    /// Reads `[issues]` below `root`; what is faulty is recorded there and counts as not written.
    pub fn read(root: &Section<'_>) -> Self {
        let issues = root.section("issues");
        let usual = Self::default();
        Self {
            retention: retention(&issues).unwrap_or(usual.retention),
            max_size: max_size(&issues).unwrap_or(usual.max_size),
            attachment_max_size: attachment(&issues).unwrap_or(usual.attachment_max_size),
            attachments_max_size: issues.size("attachments_max_size").unwrap_or(usual.attachments_max_size),
            quotas: Quotas::read(&issues),
            sample_after: count(&issues, "sample_after", 1).unwrap_or(usual.sample_after),
            grouping: issues.with("grouping", check_rules).unwrap_or(usual.grouping),
            projects: project::read(&issues),
            environment: root.section("identity").string("environment").unwrap_or(usual.environment),
            mask: MaskConfig::read(&issues.section("mask")),
        }
    }
}

impl Config {
    /// What masks what SDKs send.
    pub(crate) fn scrubber(&self) -> Scrubber {
        let MaskConfig { enabled, safe_keys, ip_addresses } = self.mask.clone();
        match enabled {
            true => {
                Scrubber::new(ScrubConfig { safe_keys, addresses: ip_addresses, ..ScrubConfig::default() })
            }
            false => Scrubber::off(),
        }
    }

    /// The rules of grouping.
    pub(crate) fn rules(&self) -> Rules {
        Rules::parse(&self.grouping).unwrap_or_default()
    }
}

impl Quotas {
    fn read(issues: &Section<'_>) -> Self {
        let usual = Self::default();
        Self {
            errors_per_minute: count(issues, "errors_per_minute", 1).unwrap_or(usual.errors_per_minute),
            transactions_per_minute: count(issues, "transactions_per_minute", 1)
                .unwrap_or(usual.transactions_per_minute),
            new_issues_per_minute: count(issues, "new_issues_per_minute", 1)
                .unwrap_or(usual.new_issues_per_minute),
            spike_factor: count(issues, "spike_factor", 0).unwrap_or(usual.spike_factor),
        }
    }
}

impl MaskConfig {
    fn read(mask: &Section<'_>) -> Self {
        let usual = Self::default();
        Self {
            enabled: mask.boolean("enabled").unwrap_or(usual.enabled),
            safe_keys: mask.strings("safe_keys").unwrap_or(usual.safe_keys),
            ip_addresses: mask.boolean("ip_addresses").unwrap_or(usual.ip_addresses),
        }
    }
}

fn retention(issues: &Section<'_>) -> Option<Duration> {
    let duration = issues.duration("retention")?;
    if duration < DAY {
        issues.fault("retention", "nobody would have seen them", "write 1d or more");
        return None;
    }
    Some(duration)
}

fn max_size(issues: &Section<'_>) -> Option<ByteSize> {
    let size = issues.size("max_size")?;
    if size < MAX_SIZE_MIN {
        issues.fault("max_size", "too little to keep events in", "write 50MiB or more");
        return None;
    }
    Some(size)
}

fn attachment(issues: &Section<'_>) -> Option<ByteSize> {
    let size = issues.size("attachment_max_size")?;
    if size > ATTACHMENT_MAX {
        issues.fault("attachment_max_size", "too much to be taken at once", "write 50MiB or less");
        return None;
    }
    Some(size)
}

fn check_rules(text: &str) -> Result<String, String> {
    Rules::parse(text).map(|_| text.to_owned()).map_err(|faults| {
        let faults: Vec<String> =
            faults.iter().map(|fault| format!("line {}: {}", fault.line, fault.what)).collect();
        faults.join("; ")
    })
}

fn count(issues: &Section<'_>, key: &str, min: i64) -> Option<u64> {
    issues.integer(key, min..=i64::MAX).map(i64::unsigned_abs)
}

#[cfg(test)]
mod tests;
