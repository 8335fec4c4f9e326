//! What the Prometheus beside us is given, and what it keeps.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

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
