//! PostgreSQL's log.

use std::time::Duration;

use super::{Script, Stamp};
use crate::engine::Stream::Stderr;

pub(crate) const BOOT: Script = &[
    (30, Stderr, |at| line(at, "LOG", "starting PostgreSQL 16.6 on x86_64-pc-linux-musl")),
    (31, Stderr, |at| line(at, "LOG", "listening on IPv4 address \"0.0.0.0\", port 5432")),
    (90, Stderr, |at| line(at, "LOG", "database system is ready to accept connections")),
];

pub(crate) const CHECKPOINT: Script = &[
    (0, Stderr, |at| line(at, "LOG", "checkpoint starting: time")),
    (27_100, Stderr, |at| {
        line(
            at,
            "LOG",
            "checkpoint complete: wrote 271 buffers (1.7%); 0 WAL file(s) added, 0 removed, 0 recycled; \
             write=27.048 s, sync=0.011 s, total=27.074 s; sync files=38, longest=0.004 s",
        )
    }),
];

pub(crate) const VACUUM: Script = &[(700, Stderr, |at| {
    line(
        at,
        "LOG",
        "automatic vacuum of table \"shop.public.django_session\": index scans: 0\n\
         \tpages: 0 removed, 214 remain, 32 scanned (14.95% of total)\n\
         \ttuples: 118 removed, 2641 remain, 0 are dead but not yet removable",
    )
})];

/// `2026-11-22 14:03:59.123 UTC [71] LOG:  …`
pub(crate) fn line(at: &Stamp, level: &str, text: &str) -> String {
    format!("{} UTC [71] {level}:  {text}", at.spaced())
}

/// A statement that took longer than `log_min_duration_statement`.
pub(crate) fn slow(at: &Stamp, took: Duration) -> String {
    let statement = "SELECT p.id, p.name, count(o.id) FROM product p JOIN order_line o ON o.product_id = p.id GROUP BY 1, 2";
    line(at, "LOG", &format!("duration: {:.3} ms  statement: {statement}", took.as_secs_f64() * 1000.0))
}
