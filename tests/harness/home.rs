//! A place for one appliance: its data directory, its configuration file, its log. It outlives the process, so
//! that a test can stop an appliance and start it again on the same data.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU16, Ordering};

use tempfile::TempDir;

use super::{Appliance, Engine};

/// The password of the user `admin` in every home that is not open or fresh.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Where one appliance lives.
pub(crate) struct Home {
    directory: TempDir,
    data: PathBuf,
    port: u16,
    auth: Auth,
    docker_host: String,
    more: String,
    environment: Vec<(String, String)>,
    /// Of the first start: a bearer token for pushing and reading.
    pub(super) token: Option<String>,
}

/// Who may sign in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Auth {
    /// `admin` with [`PASSWORD`].
    Admin,
    /// Nobody yet: the set-up link is printed.
    Fresh,
}

impl Home {
    /// A new place, without a Docker engine, with the user `admin`.
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("porthole-test-").tempdir().unwrap();
        let absent = directory.path().join("no-engine.sock");
        Self {
            data: directory.path().join("data"),
            port: free_port(),
            auth: Auth::Admin,
            docker_host: format!("unix://{}", absent.display()),
            more: String::new(),
            environment: Vec::new(),
            token: None,
            directory,
        }
    }

    /// Collects from `engine`.
    #[must_use]
    pub(crate) fn docker(mut self, engine: &Engine) -> Self {
        self.docker_host = engine.host();
        self
    }

    /// No user exists: the first start prints the set-up link.
    #[must_use]
    pub(crate) fn fresh(mut self) -> Self {
        self.auth = Auth::Fresh;
        self
    }

    /// Keeps its data in `data` instead of a directory of its own.
    #[must_use]
    pub(crate) fn data_in(mut self, data: &Path) -> Self {
        data.clone_into(&mut self.data);
        self
    }

    /// More TOML after what every home has: whole sections other than `[server]`, `[auth]`, `[docker]`,
    /// `[identity]`.
    #[must_use]
    pub(crate) fn with(mut self, toml: &str) -> Self {
        self.more.push_str(toml);
        self
    }

    /// One more environment variable for every command.
    #[must_use]
    pub(crate) fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts the appliance and waits until it is ready.
    pub(crate) fn start(self) -> Appliance {
        Appliance::start(self)
    }

    /// Runs `porthole <arguments>` on this place to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with_input(arguments, "")
    }

    /// Runs `porthole <arguments>` to its end with `input` on its standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Output {
        let file = self.path().join("input");
        fs::write(&file, input).unwrap();
        self.command(arguments).stdin(fs::File::open(&file).unwrap()).output().unwrap()
    }

    /// `porthole <arguments>` with this place's configuration and data, and no other environment than its own.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.write_config();
        let (first, rest) = arguments.split_at(1);
        let mut command = bare(first);
        command.arg("--config").arg(self.config()).arg("--data").arg(&self.data).args(rest);
        command.current_dir(self.path());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// The directory around everything.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// `<data>`.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The configuration file.
    pub(crate) fn config(&self) -> PathBuf {
        self.path().join("porthole.toml")
    }

    /// Where the appliance writes what it says.
    pub(crate) fn log(&self) -> PathBuf {
        self.path().join("porthole.log")
    }

    /// The port of the page and the API.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether `admin` can sign in.
    pub(super) fn has_admin(&self) -> bool {
        self.auth == Auth::Admin
    }

    fn write_config(&self) {
        let auth = match self.auth {
            Auth::Fresh => String::new(),
            Auth::Admin => {
                let file = self.path().join("admin.password");
                fs::write(&file, format!("{PASSWORD}\n")).unwrap();
                format!("admin_password_file = \"{}\"\n", file.display())
            }
        };
        let toml = format!(
            "[identity]\nhost = \"testhost\"\n\n[server]\nlisten = \"127.0.0.1:{}\"\n\n[auth]\n{auth}\n[docker]\nhost = \"{}\"\n\n{}",
            self.port, self.docker_host, self.more,
        );
        // A running appliance reads a changed file again.
        if fs::read_to_string(self.config()).ok().as_deref() != Some(&toml) {
            fs::write(self.config(), toml).unwrap();
        }
    }
}

/// `porthole <arguments>` with nothing of the developer's environment but the path.
pub(crate) fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_porthole"));
    command.args(arguments).env_clear();
    for kept in ["PATH", "TMPDIR", "RUST_BACKTRACE"] {
        command.envs(std::env::var_os(kept).map(|value| (kept, value)));
    }
    command
}

/// A port of the loopback that nobody listens on. They are of a range from which the system gives none by itself, to
/// connections or to servers that ask for any, and no two homes of this run get the same one.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const RANGE: std::ops::Range<u16> = 20_000..32_000;
    let start = u16::try_from(std::process::id() % 1_000).unwrap_or_default() * 12;
    loop {
        let next = (start + NEXT.fetch_add(1, Ordering::Relaxed)) % (RANGE.end - RANGE.start);
        let port = RANGE.start + next;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
