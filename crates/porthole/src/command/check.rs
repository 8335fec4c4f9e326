//! `porthole check`: every fault of the settings, and of the dynamic files that they name, one per line.

use std::process::ExitCode;

use super::say;
use crate::arguments::Place;
use crate::configuration::Configuration;

pub(super) fn run(place: &Place) -> anyhow::Result<ExitCode> {
    let configuration = match Configuration::load(place.config.as_deref())? {
        Ok(configuration) => configuration,
        Err(faults) => {
            for fault in faults {
                say(fault);
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let findings = proxy::check_files(&configuration.proxy);
    for finding in &findings {
        say(format_args!("{}: {finding}", finding.severity.word()));
    }
    for warning in &configuration.alerts.warnings {
        say(format_args!("warning: {warning}"));
    }
    // What works otherwise than its author may think is told, and is no fault.
    if findings.iter().any(|finding| finding.severity == route::finding::Severity::Error) {
        return Ok(ExitCode::FAILURE);
    }
    match &configuration.file {
        Some(file) => say(format_args!("{}: no faults", file.display())),
        None => say("no settings file; everything has its default"),
    }
    Ok(ExitCode::SUCCESS)
}
