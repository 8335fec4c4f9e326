//! The Loki API, used well and badly.

mod api;
mod deletion;
mod drilldown;
mod hostile;
mod limits;
mod logql;

/// The tests of the modules below.
pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
    [
        api::trials(),
        deletion::trials(),
        drilldown::trials(),
        hostile::trials(),
        limits::trials(),
        logql::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
