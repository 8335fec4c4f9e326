//! How each kind of software writes its log.

pub(crate) mod celery;
pub(crate) mod console;
pub(crate) mod cron;
pub(crate) mod django;
pub(crate) mod go;
pub(crate) mod gunicorn;
pub(crate) mod java;
pub(crate) mod nginx;
pub(crate) mod node;
pub(crate) mod postgres;
pub(crate) mod python;
pub(crate) mod redis;

use super::{Member, Stamp};
use crate::engine::Stream;

/// Lines that a process always writes at some occasion: after how many milliseconds, where, and what.
pub(crate) type Script = &'static [(u64, Stream, fn(&Stamp) -> String)];

/// What a process writes when it starts.
pub(super) fn boot(member: Member) -> Script {
    match member {
        Member::Edge => nginx::BOOT,
        Member::Web1 | Member::Web2 => gunicorn::BOOT,
        Member::Worker1 | Member::Worker2 => celery::BOOT,
        Member::Beat => celery::BEAT_BOOT,
        Member::Db => postgres::BOOT,
        Member::Redis => redis::BOOT,
        Member::Mailer => node::BOOT,
        Member::Billing => go::BOOT,
        Member::Search => java::BOOT,
        Member::Cleanup | Member::Console => &[],
    }
}

/// What it writes when it is asked to stop.
pub(super) fn farewell(member: Member) -> Script {
    match member {
        Member::Web1 | Member::Web2 => gunicorn::STOP,
        Member::Worker1 | Member::Worker2 => celery::STOP,
        Member::Beat => celery::BEAT_STOP,
        Member::Mailer => node::STOP,
        Member::Billing => go::STOP,
        _ => &[],
    }
}
