//! A Prometheus beside us, to be compared with: one process, everything in one folder.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::load::http::Client;

const PATIENCE: Duration = Duration::from_secs(60);

/// A running Prometheus; it ends with this value.
pub(crate) struct Prometheus {
    process: Child,
    /// Where it answers.
    pub(crate) address: SocketAddr,
}

impl Prometheus {
    /// Starts the program with its data in the folder and one more option, and waits until it is ready.
    pub(crate) fn start(program: &Path, folder: &Path, configuration: &str, option: &str) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        fs::write(folder.join("prometheus.yml"), configuration)?;
        let log = File::create(folder.join("prometheus.log"))?;
        let process = Command::new(program)
            .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg(option)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} (Debian's package is `prometheus`)", program.display()))?;
        let mut prometheus = Self { process, address };
        prometheus
            .wait_until_ready()
            .with_context(|| format!("see {}", folder.join("prometheus.log").display()))?;
        Ok(prometheus)
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
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
