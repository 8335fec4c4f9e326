//! `cargo xtask bench metrics`: the store of metrics, with a Prometheus beside it where there is one.
//!
//! Both scrape the same targets for some minutes. Then both get the same day of samples and are asked the same questions;
//! every answer of ours is compared with Prometheus's. The run fails if one differs, never because something took long.

mod ask;
mod day;
mod peer;
mod served;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use self::day::Day;
use self::served::Served;
use super::measure::{machine, while_watching};
use super::table::{Table, megabytes};
use crate::load::appliance::{Appliance, Site};
use crate::load::http::Client;
use crate::process::{self, Memory};
use crate::prometheus::Prometheus;
use crate::{image, project};

/// Targets, series of each, and how often they are scraped.
const TARGETS: usize = 10;
const SERIES_EACH: usize = 10_000;
const INTERVAL: Duration = Duration::from_secs(5);

/// Scrapes of this time do not count: names are seen for the first time.
const WARM_UP: Duration = Duration::from_secs(30);

/// The day that is asked for lies back.
const KEEP: &str = "--storage.tsdb.retention.time=30d";

/// How long may be waited until the day is merged.
const PATIENCE: Duration = Duration::from_secs(600);

/// What is measured.
pub(super) struct Wish {
    /// How long both scrape.
    pub(super) seconds: u64,
    /// The seed of the day's samples.
    pub(super) seed: u64,
    /// Instead of what is built from this checkout.
    pub(super) binary: Option<PathBuf>,
}

/// Measures everything and prints the tables.
pub(super) fn measure(wish: &Wish) -> Result<()> {
    let binary = match &wish.binary {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => image::build_binary()?,
    };
    let prometheus = process::which("prometheus").filter(|_| process::which("promtool").is_some());
    if prometheus.is_none() {
        eprintln!(
            "there is no prometheus here (Debian's package has that name): nothing beside us is measured"
        );
    }
    let folder = project::scratch().join("bench-metrics");
    let mut costs =
        Table::new(&["what", "figure", "budget", "later", "Prometheus beside it", "VictoriaMetrics"]);
    scraped(&binary, prometheus.as_deref(), &folder, wish.seconds, &mut costs)?;
    let mut times = Table::new(&[
        "query",
        "warm [least, most]",
        "CPU",
        "budget",
        "later",
        "Prometheus beside it",
        "VictoriaMetrics",
    ]);
    let wrong = a_day(&binary, prometheus.as_deref(), &folder, wish.seed, &mut costs, &mut times)?;
    fs::remove_dir_all(&folder)?;

    println!("\n{costs}\n{times}");
    println!("`cargo xtask bench metrics --seconds {} --seed {}`, {}", wish.seconds, wish.seed, machine());
    if !wrong.is_empty() {
        bail!("answers that differ from Prometheus's:\n{}", wrong.join("\n"));
    }
    Ok(())
}

/// Both scrape the same targets at the same time.
fn scraped(
    binary: &Path,
    prometheus: Option<&Path>,
    folder: &Path,
    seconds: u64,
    costs: &mut Table,
) -> Result<()> {
    let site = Site::fresh(binary, folder)?;
    let ours = Served::start(SERIES_EACH)?;
    fs::write(site.folder.join("porthole.toml"), settings(Some(ours.address)))?;
    let appliance = Appliance::start(&site)?;
    let theirs = Served::start(SERIES_EACH)?;
    let folder = folder.join("prometheus");
    let beside = prometheus
        .map(|program| {
            Prometheus::start(program, &folder, &peer::scraping(theirs.address, TARGETS, INTERVAL), KEEP)
        })
        .transpose()?;
    eprintln!("scraping {} series for {seconds} s", TARGETS * SERIES_EACH);
    thread::sleep(WARM_UP);
    let begun = Scraping::begin(appliance.pid(), &ours)?;
    let their_begin = beside.as_ref().map(|beside| Scraping::begin(beside.pid(), &theirs)).transpose()?;
    let most = while_watching(appliance.pid(), || {
        thread::sleep(Duration::from_secs(seconds));
        Ok(())
    })?;
    let (cpu, now) = begun.end(&ours)?;
    let their = their_begin.map(|begun| begun.end(&theirs)).transpose()?;
    let told = |of: fn(&(f64, Memory)) -> String| their.as_ref().map(of).unwrap_or_default();
    let rows = [
        [
            "scrape, CPU seconds per million samples".to_owned(),
            format!("{cpu:.3}"),
            "0.6".into(),
            "0.2".into(),
            told(|(cpu, _)| format!("{cpu:.3}")),
            "2.22".into(),
        ],
        [
            format!("RSS at {} active series: at the end / most", TARGETS * SERIES_EACH),
            format!("{} / {}", megabytes(now.rss), megabytes(most.rss)),
            "120 MB".into(),
            "60 MB".into(),
            told(|(_, memory)| megabytes(memory.rss)),
            "88 MB".into(),
        ],
    ];
    rows.into_iter().for_each(|row| costs.cells(row));
    appliance.stop()
}

/// A stretch of scraping.
struct Scraping {
    pid: u32,
    cpu: Duration,
    scrapes: u64,
}

impl Scraping {
    fn begin(pid: u32, served: &Served) -> Result<Self> {
        Ok(Self { pid, cpu: process::cpu_time(pid)?, scrapes: served.count() })
    }

    /// CPU seconds per million samples since the beginning, and the memory now.
    fn end(self, served: &Served) -> Result<(f64, Memory)> {
        let samples = (served.count() - self.scrapes) * SERIES_EACH as u64;
        if samples == 0 {
            bail!("process {} scraped nothing", self.pid);
        }
        let cpu = process::cpu_time(self.pid)? - self.cpu;
        Ok((cpu.as_secs_f64() / samples as f64 * 1e6, process::memory(self.pid)?))
    }
}

fn settings(target: Option<SocketAddr>) -> String {
    let mut text =
        "[metrics]\ncontainers = false\nqueues = false\n[metrics.host]\nenabled = false\n".to_owned();
    let targets = target.into_iter().flat_map(|target| (0..TARGETS).map(move |number| (target, number)));
    for (target, number) in targets {
        text += &format!(
            "[[metrics.scrape]]\njob = \"bench{number}\"\ngzip = false\ninterval = \"{}s\"\n\
             targets = [\"{target}\"]\npath = \"/t{number}\"\n",
            INTERVAL.as_secs()
        );
    }
    text
}

/// Both get the same day, and are asked the same.
fn a_day(
    binary: &Path,
    prometheus: Option<&Path>,
    folder: &Path,
    seed: u64,
    costs: &mut Table,
    times: &mut Table,
) -> Result<Vec<String>> {
    let day = Day::yesterday(seed)?;
    let site = Site::fresh(binary, folder)?;
    fs::write(site.folder.join("porthole.toml"), settings(None))?;
    let appliance = Appliance::start(&site)?;
    appliance.wait_until_idle()?;
    eprintln!("writing {} samples of yesterday", day.samples());
    let before = process::cpu_time(appliance.pid())?;
    let mut client = Client::connect(appliance.address())?;
    day.each_write(|body| {
        let answer = client.post("/api/v1/write", "application/x-protobuf", body)?;
        if answer.status / 100 != 2 {
            bail!("`POST /api/v1/write` was answered {}: {}", answer.status, answer.text());
        }
        Ok(())
    })?;
    let written = process::cpu_time(appliance.pid())? - before;
    let files = site.folder.join("data/metrics");
    wait_until_merged(&files, &appliance)?;
    let all = process::cpu_time(appliance.pid())? - before;
    let beside = prometheus.map(|program| beside(program, &folder.join("prometheus"), &day)).transpose()?;
    let per = |bytes: u64| format!("{:.2} B", bytes as f64 / day.samples() as f64);
    let million = |cpu: Duration| format!("{:.3}", cpu.as_secs_f64() / day.samples() as f64 * 1e6);
    let rows = [
        [
            "disk per sample, a day that is over".to_owned(),
            per(bytes_of(&files, ".db", ".rollup.db")?),
            "1.1 B".into(),
            "0.9 B".into(),
            beside.as_ref().map(|(_, bytes)| per(*bytes)).unwrap_or_default(),
            "1.06 B".into(),
        ],
        [
            "disk per sample, what is left of it rolled up".to_owned(),
            per(bytes_of(&files, ".rollup.db", "?")?),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ],
        [
            "remote_write, CPU seconds per million samples; and merged and rolled up".to_owned(),
            format!("{}; {}", million(written), million(all)),
            String::new(),
            String::new(),
            String::new(),
            "0.57 (import)".into(),
        ],
    ];
    rows.into_iter().for_each(|row| costs.cells(row));
    let peer = beside.as_ref().map(|(prometheus, _)| (prometheus.address, prometheus.pid()));
    let wrong = ask::all(&appliance, peer, &day, times)?;
    appliance.stop()?;
    Ok(wrong)
}

/// A Prometheus that has the day, and the bytes that it takes.
fn beside(program: &Path, folder: &Path, day: &Day) -> Result<(Prometheus, u64)> {
    eprintln!("giving them to Prometheus");
    fs::create_dir_all(folder)?;
    let text = folder.join("day.om");
    day.write_openmetrics(&text)?;
    let data = folder.join("data");
    peer::backfill(&text, &data)?;
    fs::remove_file(&text)?;
    let bytes = peer::bytes_of_blocks(&data)?;
    Ok((Prometheus::start(program, folder, "", KEEP)?, bytes))
}

/// A day is merged some minutes after the last sample came.
fn wait_until_merged(files: &Path, appliance: &Appliance) -> Result<()> {
    eprintln!("waiting for the day to be merged");
    let started = Instant::now();
    while bytes_of(files, ".rollup.db", "?")? == 0 {
        if started.elapsed() > PATIENCE {
            bail!("the day was not merged within {PATIENCE:?}");
        }
        thread::sleep(Duration::from_secs(1));
    }
    appliance.wait_until_idle()
}

/// Bytes of the days' or months' files: those whose names have the one end and not the other.
fn bytes_of(folder: &Path, end: &str, other: &str) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(end) && !name.ends_with(other) && name != "tail.db" {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}
