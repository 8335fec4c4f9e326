//! `porthole healthcheck`: Docker's HEALTHCHECK in an image without a shell.

use std::process::ExitCode;

use crate::arguments::Place;
use crate::control::Client;

pub(super) async fn run(place: &Place) -> anyhow::Result<ExitCode> {
    Client::of_running(&place.data).await?.ready().await?;
    Ok(ExitCode::SUCCESS)
}
