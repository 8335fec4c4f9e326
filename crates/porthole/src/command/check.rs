//! `porthole check`: every fault of the settings, one per line.

use std::process::ExitCode;

use super::say;
use crate::arguments::Place;
use crate::configuration::Configuration;

pub(super) fn run(place: &Place) -> anyhow::Result<ExitCode> {
    let faults = match Configuration::load(place.config.as_deref())? {
        Ok(configuration) => {
            match &configuration.file {
                Some(file) => say(format_args!("{}: no faults", file.display())),
                None => say("no settings file; everything has its default"),
            }
            return Ok(ExitCode::SUCCESS);
        }
        Err(faults) => faults,
    };
    for fault in faults {
        say(fault);
    }
    Ok(ExitCode::FAILURE)
}
