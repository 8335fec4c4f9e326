//! `porthole demo`: the appliance on a throw-away directory, fed by a simulated shop through the front doors.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::ExitCode;

use anyhow::Context;

use super::serve::accept;
use crate::appliance::Appliance;
use crate::configuration::{Configuration, DEMO_KEY, DEMO_PROJECT};
use crate::data_dir::DataDir;

/// Where the shop's front door is, unless somebody else is there already.
const FRONT_DOOR: u16 = 4180;

pub(super) async fn run(seed: u64) -> anyhow::Result<ExitCode> {
    let place = tempfile::Builder::new()
        .prefix("porthole-demo-")
        .tempdir()
        .context("making a throw-away directory")?;
    let shop = demo::Shop::start(place.path(), seed).await?;
    let configuration = accept(Configuration::for_demo(&shop.docker_host(), front_door()?))?;
    let data = DataDir::open(&place.path().join("data"))?;
    tracing::info!("a simulated shop runs; everything it makes is thrown away at the end");
    let appliance = Appliance::build(configuration, data).await?;
    shop.report_to(demo::Destination {
        address: appliance.address()?,
        project: DEMO_PROJECT,
        key: DEMO_KEY.to_owned(),
    });
    if let Some(address) = appliance.entrypoint() {
        tracing::info!("the shop is behind the proxy: http://shop.localhost:{}", address.port());
        shop.visit_through(address);
    }
    let ended = Box::pin(appliance.run()).await;
    shop.stop().await;
    ended.map(|()| ExitCode::SUCCESS)
}

fn front_door() -> anyhow::Result<SocketAddr> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, FRONT_DOOR))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .context("finding a port for the shop")?;
    Ok(bound.local_addr()?)
}
