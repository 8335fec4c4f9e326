//! How the figures are taken.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::load::appliance::{Appliance, Site};
use crate::process::{self, Memory};

/// Starts of which the middle one counts.
const STARTS: usize = 5;

/// The middle one of several starts.
pub(super) fn middle_start(site: &Site) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let appliance = Appliance::start(site)?;
        times.push(appliance.ready_after());
        appliance.stop()?;
    }
    times.sort();
    Ok(times[STARTS / 2])
}

/// Does the work, and tells the most memory that the process held meanwhile.
pub(super) fn while_watching(pid: u32, work: impl FnOnce() -> Result<()>) -> Result<Memory> {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| most_memory(pid, &done));
        let outcome = work();
        done.store(true, Ordering::Relaxed);
        let most = watcher.join().expect("the watcher does not panic")?;
        outcome.map(|()| most)
    })
}

fn most_memory(pid: u32, done: &AtomicBool) -> Result<Memory> {
    let mut most = process::memory(pid)?;
    while !done.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(200));
        let now = process::memory(pid)?;
        most = Memory { rss: most.rss.max(now.rss), pss: most.pss.max(now.pss) };
    }
    Ok(most)
}

/// The machine that the figures are of.
pub(super) fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!("{cores} cores, {}", model.map_or("unknown", |(_, name)| name))
}
