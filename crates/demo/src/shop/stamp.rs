//! One instant in the forms that logs write it.

use model::Timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// An instant in UTC, to be written. Holds `2026-11-22T14:03:59.123456789Z` and cuts pieces off it.
pub(crate) struct Stamp(String);

impl Stamp {
    pub(crate) fn of(at: Timestamp) -> Self {
        Self(at.to_string())
    }

    /// `2026-11-22T14:03:59.123Z`
    pub(crate) fn iso(&self) -> String {
        format!("{}Z", &self.0[..23])
    }

    /// `2026-11-22 14:03:59.123`
    pub(crate) fn spaced(&self) -> String {
        format!("{} {}", self.day(), self.clock_millis())
    }

    /// `2026-11-22 14:03:59,123`: Python's way.
    pub(crate) fn python(&self) -> String {
        self.spaced().replace('.', ",")
    }

    /// `2026-11-22 14:03:59 +0000`: gunicorn's way.
    pub(crate) fn gunicorn(&self) -> String {
        format!("{} {} +0000", self.day(), self.clock())
    }

    /// `22/Nov/2026:14:03:59 +0000`: the way of access logs.
    pub(crate) fn common_log(&self) -> String {
        format!("{}/{}/{}:{} +0000", &self.0[8..10], self.month(), &self.0[..4], self.clock())
    }

    /// `2026/11/22 14:03:59`: nginx's error log.
    pub(crate) fn slashed(&self) -> String {
        format!("{} {}", self.day().replace('-', "/"), self.clock())
    }

    /// `22 Nov 2026 14:03:59.123`: Redis.
    pub(crate) fn redis(&self) -> String {
        format!("{} {} {} {}", &self.0[8..10], self.month(), &self.0[..4], self.clock_millis())
    }

    /// `14:03:59`
    pub(crate) fn clock(&self) -> &str {
        &self.0[11..19]
    }

    fn clock_millis(&self) -> &str {
        &self.0[11..23]
    }

    fn day(&self) -> &str {
        &self.0[..10]
    }

    fn month(&self) -> &'static str {
        let number: usize = self.0[5..7].parse().unwrap_or(1);
        MONTHS[(number - 1) % 12]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form() {
        let stamp = Stamp::of(Timestamp::parse_rfc3339("2026-11-22T14:03:59.123456789Z").expect("a time"));
        assert_eq!(stamp.iso(), "2026-11-22T14:03:59.123Z");
        assert_eq!(stamp.python(), "2026-11-22 14:03:59,123");
        assert_eq!(stamp.gunicorn(), "2026-11-22 14:03:59 +0000");
        assert_eq!(stamp.common_log(), "22/Nov/2026:14:03:59 +0000");
        assert_eq!(stamp.slashed(), "2026/11/22 14:03:59");
        assert_eq!(stamp.redis(), "22 Nov 2026 14:03:59.123");
        assert_eq!(stamp.clock(), "14:03:59");
    }
}
