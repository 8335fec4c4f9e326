//! The Loki API, used well and badly.

mod api;
mod hostile;

/// The tests of the modules below.
pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
    api::trials().into_iter().chain(hostile::trials()).collect()
}
