//! The Prometheus API, used well and badly.

mod clients;
mod hostile;
mod senders;

/// The tests of the modules below.
pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
    [clients::trials(), senders::trials(), hostile::trials()].into_iter().flatten().collect()
}
