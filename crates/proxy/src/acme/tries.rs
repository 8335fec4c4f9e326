//! What was tried when: how a try that begins, succeeds or fails changes when there is another.

use std::time::Duration;

use model::Timestamp;

use super::due::Due;
use super::names::Set;
use super::policy::{ca_retry, name_retry};
use super::stored::{Tries, Try};

const HOUR: Duration = Duration::from_secs(3600);
/// What was tried for a name that nobody wants any more is forgotten so long after its next try would have been.
const REMEMBERED: Duration = Duration::from_secs(7 * 86_400);

/// A beginning where it is not known what was tried before.
pub(super) fn all_paused<'a>(resolvers: impl Iterator<Item = &'a String>, now: Timestamp) -> Tries {
    let what = Some("what was tried before is not known: its file was damaged".to_owned());
    let paused = Try { failures: 1, next: now.plus(HOUR), at: now, what };
    Tries { cas: resolvers.map(|name| (name.clone(), paused.clone())).collect(), ..Tries::default() }
}

/// Counts `order` as failed for all its names, until more is known.
pub(super) fn begun(tries: &mut Tries, order: &Due, now: Timestamp) {
    let of = tries.names.entry(order.resolver.clone()).or_default();
    for name in &order.names {
        let failures = of.get(name).map_or(0, |tried| tried.failures).saturating_add(1);
        let next = name_retry(failures, now, None);
        of.insert(name.clone(), Try { failures, next, at: now, what: None });
    }
}

/// Forgets all failures of `order`'s names, and of its CA.
pub(super) fn succeeded(tries: &mut Tries, order: &Due) {
    if let Some(of) = tries.names.get_mut(&order.resolver) {
        of.retain(|name, _| !order.names.contains(name));
    }
    tries.names.retain(|_, of| !of.is_empty());
    tries.cas.remove(&order.resolver);
}

/// Undoes [`begun`]: the failure was none of the names'.
pub(super) fn taken_back(tries: &mut Tries, order: &Due, before: &Tries) {
    for name in &order.names {
        take_back(tries, &order.resolver, name, before);
    }
}

fn take_back(tries: &mut Tries, resolver: &str, name: &str, before: &Tries) {
    let Some(of) = tries.names.get_mut(resolver) else { return };
    match before.names.get(resolver).and_then(|before| before.get(name)) {
        Some(before) => of.insert(name.to_owned(), before.clone()),
        None => of.remove(name),
    };
    tries.names.retain(|_, of| !of.is_empty());
}

/// Keeps that `failed` of `order`'s names failed at `now`; the others were not to blame.
pub(super) fn names_failed(
    tries: &mut Tries,
    order: &Due,
    before: &Tries,
    failed: &[String],
    what: &str,
    retry_after: Option<Timestamp>,
    now: Timestamp,
) {
    for name in &order.names {
        if !failed.contains(name) {
            take_back(tries, &order.resolver, name, before);
            continue;
        }
        let of = tries.names.entry(order.resolver.clone()).or_default();
        let failures = of.get(name).map_or(1, |tried| tried.failures);
        let next = name_retry(failures, now, retry_after);
        of.insert(name.clone(), Try { failures, next, at: now, what: Some(what.to_owned()) });
    }
    tries.cas.remove(&order.resolver); // It was there to say so.
}

/// Keeps that a CA failed at `now`, in a try that began at `began`. Of several at once only the first counts.
pub(super) fn ca_failed(
    tries: &mut Tries,
    resolver: &str,
    what: &str,
    retry_after: Option<Timestamp>,
    began: Timestamp,
    now: Timestamp,
) {
    let last = tries.cas.get(resolver);
    let again = last.is_some_and(|last| last.at > began);
    let failures = last.map_or(0, |last| last.failures) + u32::from(!again);
    let next = ca_retry(failures.max(1), now, retry_after);
    tries.cas.insert(resolver.to_owned(), Try { failures, next, at: now, what: Some(what.to_owned()) });
}

/// Forgets what was tried for names that nobody wants any more, when nothing could come of remembering it.
pub(super) fn forget(tries: &mut Tries, sets: &[Set], now: Timestamp) {
    for (resolver, of) in &mut tries.names {
        of.retain(|name, tried| {
            let wanted = sets.iter().any(|set| set.resolver == *resolver && set.names.contains(name));
            wanted || now < tried.next.plus(REMEMBERED)
        });
    }
    tries.names.retain(|_, of| !of.is_empty());
}
