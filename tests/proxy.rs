//! The proxy in front of real containers and real applications.

mod acme;
mod client;
mod django;
mod middlewares;
mod migration;
mod page;
pub(crate) mod parts;
mod pebble;
mod plane;
mod tls;

/// The tests of the modules below.
pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
    [
        plane::trials(),
        django::trials(),
        middlewares::trials(),
        migration::trials(),
        page::trials(),
        acme::trials(),
        tls::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
