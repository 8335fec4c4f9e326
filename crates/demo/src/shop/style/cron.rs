//! The cron job, which logs plainly.

use super::{Script, Stamp, python};
use crate::engine::Stream::{Stderr, Stdout};

pub(crate) const SUCCESS: Script = &[
    (450, Stdout, |at| line(at, "INFO", "cleanup_sessions started")),
    (1_700, Stdout, |at| line(at, "INFO", "118 expired sessions deleted")),
    (1_705, Stdout, |at| line(at, "INFO", "cleanup_sessions finished")),
];

pub(crate) const FAILURE: Script = &[
    (450, Stdout, |at| line(at, "INFO", "cleanup_sessions started")),
    (1_800, Stderr, |_| python::LOCKED.to_owned()),
];

fn line(at: &Stamp, level: &str, text: &str) -> String {
    format!("{} {level} {text}", at.python())
}
