//! The appliance under load: a process of its own with a data directory of its own.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::http::Client;
use crate::process;

/// How long anything may take that is waited for: a start, a stop, work that goes on behind.
const PATIENCE: Duration = Duration::from_secs(300);

/// What is run, and where. Starting it again goes on with the same data.
pub(crate) struct Site {
    /// The binary.
    pub(crate) binary: PathBuf,
    /// Everything that this appliance writes goes below.
    pub(crate) folder: PathBuf,
    /// The socket of its Docker engine.
    pub(crate) docker: PathBuf,
}

impl Site {
    /// An empty folder below the project's scratch space, and no engine at the place where it is looked for.
    pub(crate) fn fresh(binary: &Path, folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        fs::create_dir_all(folder)?;
        Ok(Self { binary: binary.to_owned(), folder: folder.to_owned(), docker: folder.join("docker.sock") })
    }

    /// Bytes that the data directory takes on the disk.
    pub(crate) fn disk_bytes(&self) -> Result<u64> {
        bytes_below(&self.folder.join("data"))
    }

    /// What the appliance said, all its lives together.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("porthole.log")
    }
}

/// A running appliance; it ends with this value.
pub(crate) struct Appliance {
    process: Child,
    address: SocketAddr,
    ready_after: Duration,
}

impl Appliance {
    /// Starts it and waits until it says that it is ready.
    pub(crate) fn start(site: &Site) -> Result<Self> {
        // A free port; that another program takes it just now is possible, and then the start fails and says so.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = File::options().create(true).append(true).open(site.log())?;
        let started = Instant::now();
        let process = Command::new(&site.binary)
            .args(["serve", "--data", "data"])
            .current_dir(&site.folder)
            .env_clear()
            .env("PORTHOLE_SERVER__LISTEN", address.to_string())
            .env("PORTHOLE_AUTH__MODE", "none")
            .env("PORTHOLE_DOCKER__HOST", format!("unix://{}", site.docker.display()))
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| site.binary.display().to_string())?;
        let mut appliance = Self { process, address, ready_after: Duration::ZERO };
        appliance.wait_until_ready(started).with_context(|| format!("see {}", site.log().display()))?;
        appliance.ready_after = started.elapsed();
        Ok(appliance)
    }

    fn wait_until_ready(&mut self, started: Instant) -> Result<()> {
        while started.elapsed() < PATIENCE {
            let answer = Client::connect(self.address).and_then(|mut client| client.get("/ready"));
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("the appliance ended before it was ready: {status}");
            }
            thread::sleep(Duration::from_millis(1));
        }
        bail!("the appliance was not ready within {PATIENCE:?}")
    }

    /// How long the start took.
    pub(crate) fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// Where it answers.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Lines that it stored since its start.
    pub(crate) fn lines_stored(&self) -> Result<u64> {
        let answer = Client::connect(self.address)?.get("/app/v1/now")?;
        if answer.status != 200 {
            bail!("`GET /app/v1/now` was answered {}: {}", answer.status, answer.text());
        }
        Ok(serde_json::from_slice::<api::Now>(&answer.body)?.intake.lines)
    }

    /// Waits until that many lines are stored.
    pub(crate) fn wait_for_lines(&self, lines: u64) -> Result<()> {
        let started = Instant::now();
        while self.lines_stored()? < lines {
            if started.elapsed() > PATIENCE {
                bail!("of {lines} lines {} were stored within {PATIENCE:?}", self.lines_stored()?);
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Waits until it does nothing any more: what was put off is done, and belongs to the work that caused it.
    pub(crate) fn wait_until_idle(&self) -> Result<()> {
        let started = Instant::now();
        let mut before = process::cpu_time(self.pid())?;
        while started.elapsed() < PATIENCE {
            thread::sleep(Duration::from_secs(3));
            let now = process::cpu_time(self.pid())?;
            if now - before <= Duration::from_millis(60) {
                return Ok(());
            }
            before = now;
        }
        bail!("the appliance was still busy after {PATIENCE:?}")
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(mut self) -> Result<()> {
        process::signal(self.pid(), "TERM")?;
        let status = self.process.wait()?;
        if !status.success() {
            bail!("the appliance did not end well: {status}");
        }
        Ok(())
    }
}

impl Drop for Appliance {
    /// Nothing that we started outlives us. It may have ended already.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn bytes_below(folder: &Path) -> Result<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let mut bytes = 0;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        // A file may go away between the two looks.
        let Ok(about) = entry.metadata() else { continue };
        bytes += if about.is_dir() { bytes_below(&entry.path())? } else { about.blocks() * 512 };
    }
    Ok(bytes)
}
