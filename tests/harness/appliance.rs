//! A running appliance.

use std::fs::{self, OpenOptions};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::json;
use ureq::http::Method;

use super::home::PASSWORD;
use super::http::Client;
use super::process::Process;
use super::{Home, eventually, until};

/// How long a start may take on a loaded machine, and how long an end.
const START: Duration = Duration::from_secs(60);
const END: Duration = Duration::from_secs(60);

/// A process of `porthole serve` that is ready. Dropped, it is killed; [`Appliance::stop`] ends it politely.
pub(crate) struct Appliance {
    home: Option<Home>,
    /// `None`: it runs in a container.
    process: Option<Process>,
    anonymous: Client,
    client: Client,
}

impl Appliance {
    /// Starts `porthole serve` on `home` and waits for `/ready`.
    pub(crate) fn start(home: Home) -> Self {
        let mut starting = Self::spawn(home, &["serve"]);
        starting.await_ready();
        starting.sign_in();
        starting
    }

    /// An appliance on `home` that something else has started, in a container for one.
    pub(crate) fn elsewhere(home: Home) -> Self {
        let anonymous = Client::new(format!("http://127.0.0.1:{}", home.port()));
        let mut running = Self { process: None, client: anonymous.clone(), anonymous, home: Some(home) };
        running.await_ready();
        running.sign_in();
        running
    }

    /// Starts `porthole <arguments>` on `home` without waiting for anything.
    pub(crate) fn spawn(home: Home, arguments: &[&str]) -> Self {
        let log = OpenOptions::new().create(true).append(true).open(home.log()).unwrap();
        let mut command = home.command(arguments);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let process = Process::start(&mut command);
        let anonymous = Client::new(format!("http://127.0.0.1:{}", home.port()));
        Self { process: Some(process), client: anonymous.clone(), anonymous, home: Some(home) }
    }

    /// Waits until `/ready` answers 200.
    pub(crate) fn await_ready(&mut self) {
        until("porthole is ready", START, || {
            if let Some(status) = self.process.as_mut().and_then(Process::ended) {
                panic!("porthole ended with {status} before it was ready:\n{}", self.log());
            }
            let answer = self.anonymous.try_send(Method::GET, "/ready", &[], Vec::new());
            answer.is_ok_and(|answer| answer.status == 200).then_some(())
        });
    }

    /// Gets a token for pushing and reading through the front door, once per home.
    fn sign_in(&mut self) {
        let home = self.home.as_mut().expect("it runs");
        if !home.has_admin() {
            return;
        }
        if home.token.is_none() {
            let admin = signed_in(&self.anonymous, "admin", PASSWORD);
            let wish = json!({ "name": "tests", "scopes": ["ingest", "read"] });
            let made = admin.post_json("/app/v1/tokens", &wish).expect(201).json();
            home.token = Some(made["secret"].as_str().expect("a token").to_owned());
        }
        self.client = self.anonymous.with_token(home.token.as_deref().unwrap_or_default());
    }

    /// A client that may push and read.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The token of [`Appliance::client`].
    pub(crate) fn token(&self) -> &str {
        self.home().token.as_deref().unwrap_or_default()
    }

    /// A client without credentials.
    pub(crate) fn anonymous(&self) -> &Client {
        &self.anonymous
    }

    /// A client with the cookie of `admin`.
    pub(crate) fn admin(&self) -> Client {
        signed_in(&self.anonymous, "admin", PASSWORD)
    }

    /// Where it lives.
    pub(crate) fn home(&self) -> &Home {
        self.home.as_ref().expect("it runs")
    }

    fn process(&self) -> &Process {
        self.process.as_ref().expect("it runs here")
    }

    /// Everything it has said so far, over all starts.
    pub(crate) fn log(&self) -> String {
        log_of(self.home())
    }

    /// Resident memory in bytes.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process().id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it runs");
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Sends a signal by its name: `TERM`, `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        self.process().signal(name);
    }

    /// The place, after [`Appliance::await_end`].
    pub(crate) fn ended(mut self) -> Home {
        self.home.take().expect("it ran")
    }

    /// SIGTERM, the end, and the place to start again.
    pub(crate) fn stop(mut self) -> (Home, ExitStatus) {
        self.signal("TERM");
        let status = self.await_end();
        (self.home.take().expect("it ran"), status)
    }

    /// SIGTERM, a good end, and a start on the same data.
    pub(crate) fn restart(self) -> Self {
        let (home, status) = self.stop();
        assert!(status.success(), "{status}:\n{}", log_of(&home));
        home.start()
    }

    /// `kill -9`, and the place to start again.
    pub(crate) fn kill(mut self) -> Home {
        self.process.as_mut().expect("it runs here").kill();
        self.home.take().expect("it ran")
    }

    /// Waits for the end that something else brings about.
    pub(crate) fn await_end(&mut self) -> ExitStatus {
        let process = self.process.as_mut().expect("it runs here");
        until("porthole ends", END, || process.ended())
    }
}

impl Drop for Appliance {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            process.kill();
        }
        let Some(home) = &self.home else { return };
        let log = log_of(home);
        if std::thread::panicking() {
            eprintln!("--- the last words of porthole ---\n{}", last_lines(&log, 40));
            return;
        }
        assert!(!log.contains("panicked at"), "porthole panicked:\n{log}");
    }
}

/// Signs in and gives a client with the cookie.
pub(crate) fn signed_in(anonymous: &Client, name: &str, password: &str) -> Client {
    let answer =
        anonymous.post_json("/app/v1/session", &json!({ "name": name, "password": password })).expect(200);
    let cookie = answer.headers.get("set-cookie").expect("a session cookie").to_str().unwrap();
    // As a browser does, so that the appliance can tell its own page from another site's.
    let origin = anonymous.base().to_owned();
    anonymous
        .with_header("cookie", cookie.split(';').next().unwrap_or_default())
        .with_header("origin", origin)
}

/// The set-up link that a fresh appliance prints, as the page's path with its secret.
pub(crate) fn setup_path(appliance: &Appliance) -> String {
    eventually("the set-up link is printed", || {
        let log = appliance.log();
        let start = log.find("/setup#")?;
        log[start..]
            .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\\' | '\u{1b}'))
            .next()
            .map(str::to_owned)
    })
}

fn log_of(home: &Home) -> String {
    String::from_utf8_lossy(&fs::read(home.log()).unwrap_or_default()).into_owned()
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
