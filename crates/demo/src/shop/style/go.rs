//! The billing service: Go's `slog`, in logfmt.

use super::{Script, Stamp};
use crate::engine::Stream::Stderr;

pub(crate) const BOOT: Script = &[
    (40, Stderr, |at| line(at, "INFO", "configuration read", "provider=api.payments.example timeout=10s")),
    (90, Stderr, |at| line(at, "INFO", "listening", "addr=:9000")),
];

pub(crate) const STOP: Script = &[
    (3, Stderr, |at| line(at, "INFO", "shutting down", "signal=terminated")),
    (180, Stderr, |at| line(at, "INFO", "connections drained", "open=0")),
];

/// `time=2026-11-22T14:03:59.123Z level=INFO msg="…" …`
pub(crate) fn line(at: &Stamp, level: &str, message: &str, fields: &str) -> String {
    format!("time={} level={level} msg=\"{message}\" {fields}", at.iso())
}
