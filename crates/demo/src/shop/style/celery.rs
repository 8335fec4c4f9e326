//! Celery's text log, of workers and of the beat.

use super::{Script, Stamp};
use crate::engine::Stream::Stderr;

pub(crate) const BOOT: Script = &[
    (1_400, Stderr, |at| line(at, "INFO", "MainProcess", "Connected to redis://redis:6379/0")),
    (1_420, Stderr, |at| line(at, "INFO", "MainProcess", "mingle: searching for neighbors")),
    (2_150, Stderr, |at| line(at, "INFO", "MainProcess", "mingle: sync complete")),
    (2_190, Stderr, |at| line(at, "INFO", "MainProcess", "celery@worker ready.")),
];

pub(crate) const STOP: Script = &[(10, Stderr, |_| "\nworker: Warm shutdown (MainProcess)".to_owned())];

pub(crate) const BEAT_BOOT: Script = &[
    (1_100, Stderr, |at| line(at, "INFO", "MainProcess", "beat: Starting...")),
    (1_110, Stderr, |_| "celery beat v5.4.0 (opalescent) is starting.".to_owned()),
];

pub(crate) const BEAT_STOP: Script =
    &[(10, Stderr, |at| line(at, "INFO", "MainProcess", "beat: Shutting down..."))];

/// `[2026-11-22 14:03:59,123: INFO/MainProcess] …`
pub(crate) fn line(at: &Stamp, level: &str, process: &str, text: &str) -> String {
    format!("[{}: {level}/{process}] {text}", at.python())
}
