//! Queues of Celery and RQ on a real Redis: what Porthole stores is what Redis, Celery and RQ say.

mod celery;
mod found;
mod jobs;
pub(crate) mod parts;

/// The tests of the modules below.
pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
    [celery::trials(), found::trials(), jobs::trials()].into_iter().flatten().collect()
}
