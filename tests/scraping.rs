//! What programs tell of themselves is scraped, and what Porthole reads of the machine: real programs, real containers.

mod containers;
mod crash;
mod host;
mod parts;
mod rude;

/// The tests of the modules below.
pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
    [containers::trials(), crash::trials(), host::trials(), rude::trials()].into_iter().flatten().collect()
}
