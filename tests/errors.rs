//! Errors: Sentry's own SDKs send to the appliance with only the DSN changed, and whatever else is sent hurts nobody.

mod ask;
mod beside;
mod hostile;
mod javascript;
mod load;
pub(crate) mod parts;
mod python;

/// The tests of the modules below.
pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
    [python::trials(), javascript::trials(), beside::trials(), hostile::trials(), load::trials()]
        .into_iter()
        .flatten()
        .collect()
}
