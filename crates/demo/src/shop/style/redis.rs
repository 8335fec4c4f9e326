//! Redis' log.

use super::{Script, Stamp};
use crate::engine::Stream::Stdout;

pub(crate) const BOOT: Script = &[
    (5, Stdout, |at| line(at, '*', "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo")),
    (6, Stdout, |at| {
        line(at, '*', "Redis version=7.4.1, bits=64, commit=00000000, modified=0, pid=1, just started")
    }),
    (30, Stdout, |at| line(at, '*', "Ready to accept connections tcp")),
];

pub(crate) const SNAPSHOT: Script = &[
    (0, Stdout, |at| line(at, '*', "100 changes in 300 seconds. Saving...")),
    (4, Stdout, |at| line(at, '*', "Background saving started by pid 2107")),
    (61, Stdout, |at| line(at, '*', "DB saved on disk")),
    (104, Stdout, |at| line(at, '*', "Background saving terminated with success")),
];

/// `1:M 22 Nov 2026 14:03:59.123 * …`
fn line(at: &Stamp, mark: char, text: &str) -> String {
    format!("1:M {} {mark} {text}", at.redis())
}
