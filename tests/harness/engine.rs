//! A Docker engine of our own: `dockerd` with its own containerd, state and socket below a temporary directory,
//! without a bridge and without touching the machine's firewall. Gone without a trace when dropped.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::process::Process;
use super::{images, until};

/// How long the engine may take to start or to end, with all its containers.
const LIMIT: Duration = Duration::from_secs(90);

/// A real engine.
pub(crate) struct Engine {
    directory: TempDir,
    process: Option<Process>,
    /// More arguments of `dockerd`.
    arguments: &'static [&'static str],
}

impl Engine {
    /// Starts an engine that has the test image.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with more arguments for `dockerd`.
    pub(crate) fn start_with(arguments: &'static [&'static str]) -> Self {
        let mut engine = Self::prepared();
        engine.arguments = arguments;
        engine.start_daemon();
        images::import(&engine, images::BUSYBOX, "1");
        engine
    }

    /// An engine that does not run yet.
    pub(crate) fn prepared() -> Self {
        let directory = tempfile::Builder::new().prefix("porthole-engine-").tempdir().unwrap();
        Self { directory, process: None, arguments: &[] }
    }

    /// Starts the daemon and waits until it answers.
    pub(crate) fn start_daemon(&mut self) {
        let path = self.directory.path();
        let log = OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        let mut command = Command::new("dockerd");
        command
            .arg("--data-root")
            .arg(path.join("data"))
            .arg("--exec-root")
            .arg(path.join("exec"))
            .arg("--pidfile")
            .arg(path.join("pid"))
            .args(["--host", &self.host()])
            .args(["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"])
            .args(["--userland-proxy=false", "--shutdown-timeout=5"])
            .args(self.arguments)
            .env("TMPDIR", std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        self.process = Some(Process::start(&mut command));
        until("the Docker engine answers", LIMIT, || {
            if let Some(status) = self.process.as_mut().and_then(Process::ended) {
                panic!(
                    "dockerd ended with {status}:\n{}",
                    fs::read_to_string(self.log()).unwrap_or_default()
                );
            }
            self.try_docker(&["version"]).status.success().then_some(())
        });
    }

    /// Ends the daemon as an administrator would; its containers end with it unless it keeps them alive.
    pub(crate) fn stop_daemon(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        process.signal("TERM");
        until("dockerd ends", LIMIT, || process.ended());
    }

    /// What `[docker] host` says: `unix:///…/docker.sock`.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// The engine's socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("docker.sock")
    }

    /// `docker <arguments>`; a failure ends the test. What it printed, without the last line break.
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        let output = self.try_docker(arguments);
        assert!(output.status.success(), "docker {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// `docker <arguments>`, whatever comes of it.
    pub(crate) fn try_docker(&self, arguments: &[&str]) -> Output {
        self.client(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// `docker <arguments>` fed from a file.
    pub(crate) fn docker_from(&self, arguments: &[&str], input: &Path) -> String {
        let output = self.client(arguments).stdin(File::open(input).unwrap()).output().unwrap();
        assert!(output.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Starts a container in the background: `docker run --detach <options> <image> sh -c <script>`.
    pub(crate) fn run(&self, name: &str, options: &[&str], script: &str) -> String {
        self.run_image(images::BUSYBOX, name, options, script)
    }

    /// The same with another image.
    pub(crate) fn run_image(&self, image: &str, name: &str, options: &[&str], script: &str) -> String {
        let mut arguments = vec!["run", "--detach", "--network", "none", "--name", name];
        arguments.extend_from_slice(options);
        arguments.extend_from_slice(&[image, "sh", "-c", script]);
        self.docker(&arguments)
    }

    /// Waits until a container has ended.
    pub(crate) fn await_end(&self, name: &str, limit: Duration) {
        until(&format!("{name} ends"), limit, || {
            (self.docker(&["inspect", "--format", "{{.State.Status}}", name]) == "exited").then_some(())
        });
    }

    /// `docker inspect` of a container.
    pub(crate) fn inspect(&self, name: &str) -> Value {
        let text = self.docker(&["inspect", "--type", "container", name]);
        serde_json::from_str::<Value>(&text).unwrap()[0].take()
    }

    /// Makes a file inside a running container. On a machine under load the engine now and then fails to start
    /// the process for it; that is not what any test is about, so it is asked again.
    pub(crate) fn touch(&self, container: &str, file: &str) {
        until(&format!("{file} in {container}"), LIMIT, || {
            self.try_docker(&["exec", container, "touch", file]).status.success().then_some(())
        });
    }

    /// What the engine itself has kept of a container's `stdout` or `stderr`.
    pub(crate) fn logs(&self, name: &str, stream: &str) -> Vec<String> {
        let output = self.try_docker(&["logs", name]);
        assert!(output.status.success(), "docker logs {name}");
        let bytes = if stream == "stdout" { output.stdout } else { output.stderr };
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }

    /// Copies what a container writes into a file as it comes, until the copier is dropped.
    pub(crate) fn copy_log(&self, name: &str, file: &Path) -> Process {
        let log = File::create(file).unwrap();
        let mut command = self.client(&["logs", "--follow", name]);
        Process::start(command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log))
    }

    /// Removes containers, running or not.
    pub(crate) fn remove(&self, names: &[&str]) {
        self.docker(&[&["rm", "--force"], names].concat());
    }

    fn client(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(["--host", &self.host()]).args(arguments).env("DOCKER_CONFIG", self.directory.path());
        command
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("dockerd.log")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.process.is_none() {
            return;
        }
        let running = self.try_docker(&["ps", "--all", "--quiet"]);
        let ids = String::from_utf8_lossy(&running.stdout).into_owned();
        let ids: Vec<&str> = ids.split_whitespace().collect();
        if !ids.is_empty() {
            self.try_docker(&[&["rm", "--force", "--volumes"], ids.as_slice()].concat());
        }
        // Their bridges would stay on the machine.
        self.try_docker(&["network", "prune", "--force"]);
        self.stop_daemon();
        unmount_below(self.directory.path());
    }
}

/// What a container that could not be removed left mounted would keep the directory from being removed.
fn unmount_below(directory: &Path) {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let below = mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .filter(|at| Path::new(at).starts_with(directory));
    for mounted in below {
        let _ = Command::new("umount").args(["--lazy", mounted]).status();
    }
}
