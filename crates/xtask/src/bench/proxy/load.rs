//! Requests as fast as they are answered (wrk, h2load), or so many in a second.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::peers::{LOAD_CORE, cpu_of_all};

/// Connections of HTTP/1.
const CONNECTIONS: &str = "64";
/// Connections of HTTP/2, and requests at a time on each.
const CONNECTIONS_HTTP2: &str = "8";
const STREAMS_HTTP2: &str = "8";
/// Clients of the steady load.
const STEADY_CLIENTS: u32 = 32;

/// What is asked for.
pub(super) struct Load {
    pub(super) url: String,
    pub(super) http2: bool,
    pub(super) closes: bool,
}

/// What it cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spent {
    pub(super) requests: u64,
    pub(super) cpu: Duration,
    time: Duration,
}

impl Spent {
    pub(super) fn per_second(&self) -> f64 {
        self.requests as f64 / self.time.as_secs_f64()
    }

    /// Seconds of CPU for each request.
    pub(super) fn each(&self) -> f64 {
        self.cpu.as_secs_f64() / self.requests.max(1) as f64
    }
}

impl Load {
    /// Asks for so long; counts what process `pid` and its children spend.
    pub(super) fn run(&self, pid: u32, time: Duration) -> Result<Spent> {
        let before = cpu_of_all(pid)?;
        let text = if self.http2 { self.h2load(time)? } else { self.wrk(time)? };
        let cpu = cpu_of_all(pid)?.saturating_sub(before);
        let requests = if self.http2 { succeeded(&text) } else { answered(&text) };
        let requests = requests.with_context(|| format!("no figures in\n{text}"))?;
        Ok(Spent { requests, cpu, time })
    }

    fn wrk(&self, time: Duration) -> Result<String> {
        let mut command = on_load_core("wrk");
        command.args(["-t1", "-c", CONNECTIONS, "-d", &format!("{}s", time.as_secs())]);
        if self.closes {
            command.args(["-H", "Connection: close"]);
        }
        let text = output(command.arg(&self.url))?;
        if text.contains("Non-2xx") {
            bail!("{} is not answered well:\n{text}", self.url);
        }
        Ok(text)
    }

    fn h2load(&self, time: Duration) -> Result<String> {
        let mut command = on_load_core("h2load");
        command.args(["-t1", "-c", CONNECTIONS_HTTP2, "-m", STREAMS_HTTP2]);
        output(command.args(["-D", &time.as_secs().to_string(), &self.url]))
    }
}

fn on_load_core(program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", LOAD_CORE, program]);
    command
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().context("taskset")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{command:?}: {}\n{text}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(text)
}

/// wrk: `  226188 requests in 5.00s, 272.84MB read`
fn answered(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.trim().split_once(" requests in ")?.0.parse().ok())
}

/// h2load: `requests: 1000 total, 1000 started, 1000 done, 1000 succeeded, 0 failed, …`
fn succeeded(text: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with("requests: "))?;
    let part = line.split(", ").find_map(|part| part.strip_suffix(" succeeded"))?;
    part.parse().ok()
}

/// How long all but the slowest hundredth take, at so many requests in a second.
pub(super) fn p99_at(base: &str, per_second: f64, time: Duration, folder: &Path) -> Result<Duration> {
    let log = folder.join("latencies");
    let _ = fs::remove_file(&log);
    let each = (per_second / f64::from(STEADY_CLIENTS)).max(1.0).round();
    let mut command = on_load_core("h2load");
    command.args(["--h1", "-t1", "-c", &STEADY_CLIENTS.to_string(), "--rps", &each.to_string()]);
    command.args(["-D", &time.as_secs().to_string(), "--log-file"]).arg(&log);
    output(command.arg(format!("{base}/small")))?;
    let text = fs::read_to_string(&log)?;
    // Start, status, microseconds.
    let mut micros: Vec<u64> =
        text.lines().filter_map(|line| line.split('\t').nth(2)?.parse().ok()).collect();
    micros.sort_unstable();
    let p99 = micros.get(micros.len() * 99 / 100).context("h2load logged nothing")?;
    Ok(Duration::from_micros(*p99))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found() {
        assert_eq!(answered("Running 5s\n  226188 requests in 5.00s, 272.84MB read\n"), Some(226_188));
        let text = "requests: 10 total, 10 started, 10 done, 9 succeeded, 1 failed, 0 errored, 0 timeout\n";
        assert_eq!(succeeded(text), Some(9));
    }
}
