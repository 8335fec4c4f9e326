//! The real parts: a Redis, and an environment of Python with Celery and RQ.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::harness::home::free_port;
use crate::harness::http::Client;
use crate::harness::process::Process;
use crate::harness::python::environment;
use crate::harness::{checkout, eventually};

const PACKAGES: [&str; 5] = ["celery>=5.4,<6", "redis>=5,<9", "rq>=2,<4", "packaging", "setuptools"];

/// The folder with Python's programs; made once, and kept for the next run. `None`: it cannot be made here.
pub(crate) fn python() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| environment("test-queues", &PACKAGES)).as_deref()
}

/// A Redis on the loopback, empty, that keeps nothing. Its programs live as long as it does.
pub(crate) struct Redis {
    port: u16,
    password: Option<&'static str>,
    folder: tempfile::TempDir,
    process: Process,
}

impl Redis {
    pub(crate) fn start(password: Option<&'static str>) -> Self {
        let port = free_port();
        let folder = tempfile::Builder::new().prefix("porthole-redis-").tempdir().unwrap();
        let process = server(folder.path(), port, password);
        let redis = Self { port, password, process, folder };
        redis.await_answer();
        redis
    }

    fn await_answer(&self) {
        eventually("Redis answers", || (self.cli(0, &["PING"]) == "PONG").then_some(()));
    }

    /// It goes away.
    pub(crate) fn stop(&mut self) {
        self.process.kill();
    }

    /// It is there again, and empty.
    pub(crate) fn start_again(&mut self) {
        self.process = server(self.folder.path(), self.port, self.password);
        self.await_answer();
    }

    /// What a broker's address is.
    pub(crate) fn url(&self, db: u32) -> String {
        let password = self.password.map_or(String::new(), |password| format!(":{password}@"));
        format!("redis://{password}127.0.0.1:{}/{db}", self.port)
    }

    /// The same as Porthole shows it.
    pub(crate) fn label(&self, db: u32) -> String {
        format!("redis://127.0.0.1:{}/{db}", self.port)
    }

    /// What Redis itself says.
    pub(crate) fn cli(&self, db: u32, arguments: &[&str]) -> String {
        let mut command = Command::new("redis-cli");
        command.args(["--no-auth-warning", "-p", &self.port.to_string(), "-n", &db.to_string()]);
        command.args(self.password.map(|password| ["-a", password]).iter().flatten());
        let output = command.args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// A program of the environment, in the folder of the tasks.
    pub(crate) fn program(&self, name: &str, db: u32) -> Command {
        let mut command = Command::new(python().expect("it is a part").join(name));
        command.env("BROKER", self.url(db)).env("PYTHONDONTWRITEBYTECODE", "1");
        command.current_dir(checkout().join("tests/queues")).stdin(Stdio::null());
        command
    }

    /// Starts a program whose words nobody needs, but for those that look for a fault.
    pub(crate) fn spawn(&self, mut command: Command) -> Process {
        let log = File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        Process::start(command.stdout(log.try_clone().unwrap()).stderr(log))
    }

    /// Runs a program to its good end and gives what it wrote.
    pub(crate) fn finish(&self, mut command: Command) -> String {
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {told}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn server(folder: &Path, port: u16, password: Option<&str>) -> Process {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
    command.args(password.map(|password| ["--requirepass", password]).iter().flatten());
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Process::start(&mut command)
}

impl Drop for Redis {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            eprintln!("--- what the programs said ---\n{log}");
        }
    }
}

/// The value of the one series that a query gives.
pub(crate) fn value(client: &Client, query: &str) -> Option<f64> {
    let answer = client.ask("/api/v1/query", &[("query", query)]).expect(200).json();
    let result = answer["data"]["result"].as_array().expect("a vector").clone();
    assert!(result.len() <= 1, "{query}: {answer}");
    result.first()?["value"][1].as_str()?.parse().ok()
}

/// Waits until a query gives a value.
pub(crate) fn await_value(client: &Client, query: &str, expected: f64) {
    let mut last = None;
    let start = std::time::Instant::now();
    while start.elapsed() < std::time::Duration::from_secs(60) {
        last = value(client, query);
        if last == Some(expected) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    panic!("{query} is {last:?}, and not {expected}");
}
