//! A Loki of our own: one process, everything in one folder.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::load::http::Client;

/// It waits for half a minute before it says that it is ready.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running Loki; it ends with this value.
pub(super) struct Loki {
    process: Child,
    /// Where it answers.
    pub(super) address: SocketAddr,
}

impl Loki {
    /// Starts the binary with its data in `folder`, and waits until it is ready.
    pub(super) fn start(binary: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let (http, grpc) = (free_address()?, free_address()?);
        let config = folder.join("loki.yaml");
        fs::write(&config, configuration(folder, http, grpc))?;
        let log = File::create(folder.join("loki.log"))?;
        let process = Command::new(binary)
            .arg(format!("-config.file={}", config.display()))
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| binary.display().to_string())?;
        let mut loki = Self { process, address: http };
        loki.wait_until_ready().with_context(|| format!("see {}", folder.join("loki.log").display()))?;
        Ok(loki)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let answer = Client::connect(self.address).and_then(|mut client| client.get("/ready"));
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("Loki ended before it was ready: {status}");
            }
            thread::sleep(Duration::from_millis(200));
        }
        bail!("Loki was not ready within {PATIENCE:?}")
    }
}

impl Drop for Loki {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn configuration(folder: &Path, http: SocketAddr, grpc: SocketAddr) -> String {
    let folder = folder.display();
    format!(
        "auth_enabled: false
server: {{http_listen_address: 127.0.0.1, http_listen_port: {}, grpc_listen_address: 127.0.0.1, grpc_listen_port: {}, log_level: warn}}
common:
  path_prefix: {folder}/data
  replication_factor: 1
  instance_addr: 127.0.0.1
  ring: {{kvstore: {{store: inmemory}}}}
  storage: {{filesystem: {{chunks_directory: {folder}/data/chunks, rules_directory: {folder}/data/rules}}}}
schema_config:
  configs:
    - {{from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {{prefix: index_, period: 24h}}}}
limits_config: {{volume_enabled: true, allow_structured_metadata: true, discover_log_levels: true, reject_old_samples: false}}
analytics: {{reporting_enabled: false}}
",
        http.port(),
        grpc.port()
    )
}
