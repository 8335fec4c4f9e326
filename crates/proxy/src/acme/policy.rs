//! When a CA is asked: pure rules over instants.

use std::time::Duration;

use model::Timestamp;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// How long a name waits after its first, second … failure.
const NAME_WAITS: [Duration; 6] = [
    MINUTE,
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    HOUR,
    Duration::from_secs(6 * 3600),
    DAY,
];
/// How long nobody asks a CA after its first, second … failure that was about no name.
const CA_WAITS: [Duration; 5] =
    [Duration::from_secs(10), MINUTE, Duration::from_secs(5 * 60), Duration::from_secs(15 * 60), HOUR];

/// No CA's "retry after" is believed beyond this.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(8 * 86_400);

/// Certificates that hold for less are renewed at half their life, others at two thirds.
const SHORT_LIFE: Duration = Duration::from_secs(10 * 86_400);

/// How often a CA is asked about a certificate when it does not say, and at least and at most.
pub(super) const INFO_USUAL: Duration = Duration::from_secs(6 * 3600);
const INFO_MIN: Duration = MINUTE;

/// A CA's suggestion when to renew a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// When a name is tried again that has failed `failures` times, the last of them at `now`.
pub(super) fn name_retry(failures: u32, now: Timestamp, retry_after: Option<Timestamp>) -> Timestamp {
    later(now, wait(&NAME_WAITS, failures), retry_after)
}

/// When a CA is asked again that has failed `failures` times, the last of them at `now`.
pub(super) fn ca_retry(failures: u32, now: Timestamp, retry_after: Option<Timestamp>) -> Timestamp {
    later(now, wait(&CA_WAITS, failures), retry_after)
}

fn wait(waits: &[Duration], failures: u32) -> Duration {
    let index = (failures as usize).saturating_sub(1).min(waits.len() - 1);
    waits[index]
}

fn later(now: Timestamp, wait: Duration, retry_after: Option<Timestamp>) -> Timestamp {
    let asked = retry_after.unwrap_or(now).min(now.plus(RETRY_AFTER_MAX));
    now.plus(wait).max(asked)
}

/// From when a certificate is to be renewed: at a point in the window that the CA suggests, else at two thirds of its
/// life, or half of it if that is short. `point` is from 0 to 1, and the same each time it is asked for one certificate.
pub(super) fn renew_at(
    not_before: Timestamp,
    not_after: Timestamp,
    window: Option<Window>,
    point: f64,
) -> Timestamp {
    let life = not_after.since(not_before);
    if let Some(Window { start, end }) = window {
        // A window that begins when it is too late is no help.
        return start.plus(end.since(start).mul_f64(point)).min(not_after.minus(life / 10));
    }
    let share = if life < SHORT_LIFE { life / 2 } else { life / 3 * 2 };
    not_before.plus(share)
}

/// Where in its window the certificate with `serial` is renewed: certificates spread over all of it.
pub(super) fn point(serial: &[u8]) -> f64 {
    // FNV-1a: nothing is secret about it.
    let hash = serial.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

/// When the CA is asked about a certificate again.
pub(super) fn next_look(now: Timestamp, retry_after: Option<Timestamp>) -> Timestamp {
    let asked = retry_after.unwrap_or_else(|| now.plus(INFO_USUAL));
    asked.clamp(now.plus(INFO_MIN), now.plus(DAY))
}

/// Finds the instant in a CA's `retry after 2026-11-23 14:03:59 UTC`.
pub(super) fn told_instant(text: &str) -> Option<Timestamp> {
    let (_, rest) = text.split_once("retry after ")?;
    let date = rest.get(..10)?;
    let time = rest.get(11..19)?;
    Timestamp::parse_rfc3339(&format!("{date}T{time}Z")).ok()
}
