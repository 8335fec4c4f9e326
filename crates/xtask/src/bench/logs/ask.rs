//! Asking: warm, cold, and many at once.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::queries::Query;
use crate::load::appliance::{Appliance, Site};
use crate::load::http::Client;
use crate::process;

/// A question is asked at least so often, …
const RUNS_MIN: usize = 5;
/// … and on until that much time has passed, since CPU time is counted in hundredths of a second, …
const SPAN: Duration = Duration::from_millis(500);
/// … but not more often than this.
const RUNS_MAX: usize = 200;

/// What a question took.
pub(super) struct Taken {
    pub(super) median: Duration,
    pub(super) least: Duration,
    pub(super) most: Duration,
    /// CPU time of the server for one answer.
    pub(super) cpu: Duration,
    /// Why the answer is wrong.
    pub(super) wrong: Option<String>,
}

/// Asks until the times can be believed; the first answer is checked and does not count.
pub(super) fn warm(appliance: &Appliance, query: &Query) -> Result<Taken> {
    let mut client = Client::connect(appliance.address())?;
    let wrong = query.right.check(&client.get(&query.path)?).err().map(|error| error.to_string());
    let before = process::cpu_time(appliance.pid())?;
    let begun = Instant::now();
    let mut times = Vec::new();
    while times.len() < RUNS_MIN || (begun.elapsed() < SPAN && times.len() < RUNS_MAX) {
        let asked = Instant::now();
        client.get(&query.path)?;
        times.push(asked.elapsed());
    }
    let cpu = (process::cpu_time(appliance.pid())? - before) / u32::try_from(times.len())?;
    times.sort();
    let (least, most) = (times[0], times[times.len() - 1]);
    Ok(Taken { median: times[times.len() / 2], least, most, cpu, wrong })
}

/// Asks once after a start with nothing of the data in memory.
pub(super) fn cold(site: &Site, query: &Query) -> Result<Duration> {
    forget(&site.folder.join("data"))?;
    let appliance = Appliance::start(site)?;
    let mut client = Client::connect(appliance.address())?;
    let asked = Instant::now();
    client.get(&query.path)?;
    let taken = asked.elapsed();
    appliance.stop()?;
    Ok(taken)
}

/// Has the kernel drop what it holds of all files below the folder.
fn forget(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            forget(&path)?;
        } else if path.is_file() {
            // dd's own way of saying it: nothing is written, what is dirty is synced first.
            let file = format!("of={}", path.display());
            let advice = ["oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"];
            let done = Command::new("dd").arg("if=/dev/null").arg(file).args(advice).status()?;
            if !done.success() {
                bail!("dd could not drop {}", path.display());
            }
        }
    }
    Ok(())
}

/// What many questions at once took.
pub(super) struct Crowd {
    /// Until the last was answered.
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
    /// The most memory that the server held.
    pub(super) peak_rss: u64,
    /// Those that were not answered with 200.
    pub(super) refused: Vec<String>,
}

/// Asks all at once, each over a connection of its own.
pub(super) fn at_once(appliance: &Appliance, paths: &[String]) -> Result<Crowd> {
    process::forget_peak(appliance.pid())?;
    let before = process::cpu_time(appliance.pid())?;
    let ready = Barrier::new(paths.len());
    let begun = Instant::now();
    let answers: Vec<Result<Option<String>>> = thread::scope(|scope| {
        let asking: Vec<_> =
            paths.iter().map(|path| scope.spawn(|| refusal(appliance, path, &ready))).collect();
        asking.into_iter().map(|one| one.join().expect("nobody who asks panics")).collect()
    });
    Ok(Crowd {
        wall: begun.elapsed(),
        cpu: process::cpu_time(appliance.pid())? - before,
        peak_rss: process::peak_rss(appliance.pid())?,
        refused: answers.into_iter().filter_map(Result::transpose).collect::<Result<_>>()?,
    })
}

fn refusal(appliance: &Appliance, path: &str, ready: &Barrier) -> Result<Option<String>> {
    let client = Client::connect(appliance.address());
    ready.wait();
    let answer = client?.get(path)?;
    Ok((answer.status != 200).then(|| format!("{}: {}", answer.status, answer.text().trim())))
}
