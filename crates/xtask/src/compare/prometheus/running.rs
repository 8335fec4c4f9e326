//! A Prometheus of our own: one process, everything in one folder.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::below;
use crate::load::http::Client;

const PATIENCE: Duration = Duration::from_secs(60);

/// A running Prometheus; it ends with this value.
pub(super) struct Prometheus {
    process: Child,
    /// Where it answers.
    pub(super) address: SocketAddr,
}

impl Prometheus {
    /// Starts the binary with its data in `folder`, and waits until it is ready.
    pub(super) fn start(binary: &Path, folder: &Path, target: SocketAddr) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        fs::write(folder.join("prometheus.yml"), configuration(target))?;
        let log = File::create(folder.join("prometheus.log"))?;
        let process = Command::new(binary)
            .arg(format!("--config.file={}", below(folder, "prometheus.yml")))
            .arg(format!("--storage.tsdb.path={}", below(folder, "data")))
            .arg(format!("--web.listen-address={address}"))
            .arg("--web.enable-remote-write-receiver")
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} (Debian's package is `prometheus`)", binary.display()))?;
        let mut prometheus = Self { process, address };
        prometheus.wait_until_ready().with_context(|| format!("see {}", below(folder, "prometheus.log")))?;
        Ok(prometheus)
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

fn configuration(target: SocketAddr) -> String {
    format!(
        "scrape_configs:\n  - job_name: scraped\n    scrape_interval: 1s\n    scrape_timeout: 1s\n    \
         static_configs: [{{targets: ['{target}']}}]\n"
    )
}
