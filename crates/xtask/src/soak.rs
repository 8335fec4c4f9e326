//! `cargo xtask soak`: an appliance under load for a while, killed now and then.
//!
//! Twenty containers write without a break behind an engine that outlives every kill, as Docker does. At the end
//! every line must be there once, and neither memory nor disk may have grown beyond what the lines account for.

mod check;
mod samples;

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result};
use model::Timestamp;

use crate::arguments::Arguments;
use crate::load::appliance::{Appliance, Site};
use crate::load::engine::{Engine, Feed};
use crate::load::lines::{Random, WRITERS};
use crate::{image, process, project};
use samples::Samples;

const SAMPLE_EVERY: Duration = Duration::from_secs(2);

/// Seconds from one kill to the next: anything between these two.
const KILL_AFTER_SECONDS: [u64; 2] = [10, 60];

/// `cargo xtask soak [--minutes N] [--rate N] [--binary FILE]`
pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let minutes: u64 = arguments.value("--minutes")?.unwrap_or(10);
    let rate: u64 = arguments.value("--rate")?.unwrap_or(2_000);
    let binary: Option<PathBuf> = arguments.value("--binary")?;
    arguments.finish_alone()?;
    let binary = match binary {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => image::build_binary()?,
    };
    let site = Site::fresh(&binary, &project::scratch().join("soak"))?;
    let feed = feed(minutes, rate)?;
    Engine::start(&site.docker, feed)?;
    println!("{minutes} minutes, {rate} lines a second, log: {}", site.log().display());

    let samples = live_through(&site, Duration::from_secs(minutes * 60))?;
    let appliance = Appliance::start(&site)?;
    appliance.wait_until_idle()?;
    let lines = check::every_line_once(appliance.address(), &feed)?;
    appliance.stop()?;
    samples.check(lines, site.disk_bytes()?)?;
    println!("every one of {lines} lines is there once; {samples}");
    Ok(())
}

/// Each of the containers writes its share, from now until the end.
fn feed(minutes: u64, rate: u64) -> Result<Feed> {
    let per_container =
        u32::try_from((rate / WRITERS.len() as u64).max(1)).context("that many lines a second")?;
    let begin = Timestamp::from(SystemTime::now());
    Ok(Feed {
        begin,
        step: Duration::from_secs(1) / per_container,
        lines: minutes * 60 * u64::from(per_container),
    })
}

/// One life after the other, each ended without warning, until the time is over.
fn live_through(site: &Site, span: Duration) -> Result<Samples> {
    let end = Instant::now() + span;
    let mut random = Random::new(7);
    let mut samples = Samples::default();
    while Instant::now() < end {
        let appliance = Appliance::start(site)?;
        let [least, most] = KILL_AFTER_SECONDS;
        let life = Duration::from_secs(least + random.below(most - least));
        let death = (Instant::now() + life).min(end);
        while Instant::now() < death {
            thread::sleep(SAMPLE_EVERY.min(death - Instant::now()));
            samples.add(process::memory(appliance.pid())?.rss, site.disk_bytes()?);
        }
        appliance.kill()?;
        samples.kills += 1;
        println!("kill {}: {samples}", samples.kills);
    }
    Ok(samples)
}
