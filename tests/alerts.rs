//! Alerts: from what is measured to the message, through every end of the process.

pub(crate) mod amtool;
pub(crate) mod catcher;
pub(crate) mod crash;
pub(crate) mod detection;
pub(crate) mod faults;
pub(crate) mod generator;
pub(crate) mod parts;
pub(crate) mod receivers;
pub(crate) mod source;

/// The tests of all modules.
pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
    let trials = [
        detection::trials(),
        crash::trials(),
        generator::trials(),
        faults::trials(),
        receivers::trials(),
        amtool::trials(),
        source::trials(),
    ];
    trials.into_iter().flatten().collect()
}
