//! `porthole serve`.

use std::process::ExitCode;

use anyhow::bail;

use crate::appliance::Appliance;
use crate::arguments::Place;
use crate::configuration::Configuration;
use crate::data_dir::DataDir;

pub(super) async fn run(place: &Place) -> anyhow::Result<ExitCode> {
    let configuration = accept(Configuration::load(place.config.as_deref())?)?;
    let data = DataDir::open(&place.data)?;
    let appliance = Appliance::build(configuration, data).await?;
    Box::pin(appliance.run()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Tells all faults at once and gives up on any.
pub(crate) fn accept(read: Result<Configuration, Vec<settings::Fault>>) -> anyhow::Result<Configuration> {
    match read {
        Ok(configuration) => Ok(configuration),
        Err(faults) => {
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("the settings have faults:\n{}", told.join("\n"))
        }
    }
}
