//! A Prometheus beside us: one process, everything in one folder.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::load::http::Client;

const PATIENCE: Duration = Duration::from_secs(60);

/// A running Prometheus; it ends with this value.
pub(super) struct Prometheus {
    process: Child,
    /// Where it answers.
    pub(super) address: SocketAddr,
}

impl Prometheus {
    /// Starts it with its data in the folder, and waits until it is ready.
    pub(super) fn start(program: &Path, folder: &Path, configuration: &str) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        fs::write(folder.join("prometheus.yml"), configuration)?;
        let log = File::create(folder.join("prometheus.log"))?;
        let process = Command::new(program)
            .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg("--storage.tsdb.retention.time=30d")
            .arg(format!("--web.listen-address={address}"))
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| program.display().to_string())?;
        let mut prometheus = Self { process, address };
        prometheus
            .wait_until_ready()
            .with_context(|| format!("see {}", folder.join("prometheus.log").display()))?;
        Ok(prometheus)
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.process.id()
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let answer = Client::connect(self.address).and_then(|mut client| client.get("/-/ready"));
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("Prometheus ended before it was ready: {status}");
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("Prometheus was not ready within {PATIENCE:?}")
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A configuration that scrapes so many targets of one address.
pub(super) fn scraping(address: SocketAddr, targets: usize, interval: Duration) -> String {
    let mut text = "scrape_configs:\n".to_owned();
    for number in 0..targets {
        let _ = writeln!(
            text,
            "- {{job_name: bench{number}, metrics_path: /t{number}, scrape_interval: {}s, scrape_timeout: {}s, \
             static_configs: [{{targets: ['{address}']}}]}}",
            interval.as_secs(),
            interval.as_secs()
        );
    }
    text
}

/// Makes blocks of samples in OpenMetrics' format.
pub(super) fn backfill(text: &Path, data: &Path) -> Result<()> {
    let status = Command::new("promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
        .arg(text)
        .arg(data)
        .stdout(Stdio::null())
        .status()
        .context("promtool")?;
    if !status.success() {
        bail!("promtool could not make blocks: {status}");
    }
    Ok(())
}

/// Bytes of all blocks with their indexes.
pub(super) fn bytes_of_blocks(data: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(data).with_context(|| data.display().to_string())? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { bytes_of_blocks(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}
