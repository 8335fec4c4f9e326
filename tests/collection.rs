//! What containers write, and programs into files, is stored: every line once, in order per stream, whatever happens
//! to the containers, the engine or Porthole in between.
//!
//! Most tests share one engine and one appliance, with containers of their own; those that stop one of the two
//! start their own.

mod crash;
mod engine;
mod files;
mod gap;
mod life;
mod lines;
mod load;
mod told;
mod tracebacks;
mod written;

/// The tests of the modules below.
pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
    [
        crash::trials(),
        engine::trials(),
        files::trials(),
        gap::trials(),
        life::trials(),
        lines::trials(),
        load::trials(),
        tracebacks::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
