//! A real Prometheus, its command-line tool, and what it sends.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost::Message;
use tempfile::TempDir;

use super::http::{Answer, Client};
use super::process::Process;
use super::{home, until};

/// How long a start may take.
const START: Duration = Duration::from_secs(60);

/// A running Prometheus; it ends with this value.
pub(crate) struct Prometheus {
    process: Process,
    _directory: TempDir,
    client: Client,
}

impl Prometheus {
    /// Starts one. `SELF` in its settings is its own address.
    pub(crate) fn start(settings: &str) -> Self {
        let directory = tempfile::Builder::new().prefix("porthole-test-prometheus-").tempdir().unwrap();
        let address = format!("127.0.0.1:{}", home::free_port());
        let config = directory.path().join("prometheus.yml");
        fs::write(&config, settings.replace("SELF", &address)).unwrap();
        let log = fs::File::create(directory.path().join("prometheus.log")).unwrap();
        let mut command = Command::new("prometheus");
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", directory.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            // What it sends before it has found its receivers is lost, and else sent again after a minute.
            .arg("--rules.alert.resend-delay=1s")
            .stdout(Stdio::null())
            .stderr(log);
        let process = Process::start(&mut command);
        let client = Client::new(format!("http://{address}"));
        until("prometheus is ready", START, || {
            let answer = client.try_send(ureq::http::Method::GET, "/-/ready", &[], Vec::new());
            answer.is_ok_and(|answer| answer.status == 200).then_some(())
        });
        Self { process, _directory: directory, client }
    }

    /// It reads its settings and rules again.
    pub(crate) fn read_again(&self) {
        self.process.signal("HUP");
    }

    /// Asks it.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

/// What `promtool` says; its end must be a good one.
pub(crate) fn promtool(arguments: &[&str]) -> String {
    let output = Command::new("promtool").args(arguments).output().unwrap();
    assert!(output.status.success(), "promtool {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Milliseconds since the epoch.
pub(crate) fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

#[derive(Clone, PartialEq, Message)]
struct WriteRequest {
    #[prost(message, repeated, tag = "1")]
    series: Vec<TimeSeries>,
}

#[derive(Clone, PartialEq, Message)]
struct TimeSeries {
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(message, repeated, tag = "2")]
    samples: Vec<Sample>,
}

#[derive(Clone, PartialEq, Message)]
struct Label {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Message)]
struct Sample {
    #[prost(double, tag = "1")]
    value: f64,
    #[prost(int64, tag = "2")]
    at_ms: i64,
}

/// A series: labels, then milliseconds and values.
pub(crate) type Series<'a> = (&'a [(&'a str, &'a str)], &'a [(i64, f64)]);

/// A body of remote_write.
pub(crate) fn body(series: &[Series<'_>]) -> Vec<u8> {
    let label = |(name, value): &(&str, &str)| Label { name: (*name).into(), value: (*value).into() };
    let sample = |(at_ms, value): &(i64, f64)| Sample { value: *value, at_ms: *at_ms };
    let series = series.iter().map(|(labels, samples)| TimeSeries {
        labels: labels.iter().map(label).collect(),
        samples: samples.iter().map(sample).collect(),
    });
    let message = WriteRequest { series: series.collect() }.encode_to_vec();
    snap::raw::Encoder::new().compress_vec(&message).unwrap()
}

/// Sends a body of remote_write.
pub(crate) fn write(client: &Client, body: Vec<u8>) -> Answer {
    client.post(
        "/api/v1/write",
        &[("content-type", "application/x-protobuf"), ("content-encoding", "snappy")],
        body,
    )
}
