//! One container.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use model::Timestamp;

use crate::ring::Ring;

/// The lines that a container's log holds, like a json-file of one file of 2 MB.
const LOG_BYTES_MAX: usize = 2 << 20;

/// How a container was made; nothing here changes during its life.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) image: String,
    /// `sha256:…`
    pub(crate) image_id: String,
    pub(crate) command: Vec<String>,
    pub(crate) environment: Vec<String>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) service: String,
    pub(crate) tty: bool,
    pub(crate) healthcheck: Option<Healthcheck>,
    /// Inside, and on the host.
    pub(crate) ports: Vec<(u16, Option<u16>)>,
    pub(crate) memory_bytes_max: u64,
    pub(crate) address: Ipv4Addr,
    pub(crate) restart_policy: &'static str,
}

/// `HEALTHCHECK` of the image or of the compose file.
#[derive(Clone, Debug)]
pub(crate) struct Healthcheck {
    pub(crate) command: &'static str,
    pub(crate) interval: Duration,
    pub(crate) retries: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Created,
    Running,
    Restarting,
    Exited,
}

impl State {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Restarting => "restarting",
            Self::Exited => "exited",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Starting,
    Healthy,
    Unhealthy,
}

impl Health {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) at: Timestamp,
    pub(crate) stream: Stream,
    /// Without its line break.
    pub(crate) text: Box<str>,
}

/// A container and all that happened to it.
#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) spec: Spec,
    pub(crate) created: Timestamp,
    pub(crate) state: State,
    pub(crate) started: Option<Timestamp>,
    pub(crate) finished: Option<Timestamp>,
    pub(crate) exit_code: i64,
    pub(crate) oom_killed: bool,
    pub(crate) restarts: u64,
    pub(crate) health: Option<Health>,
    pub(crate) failing_streak: u32,
    pub(crate) probed: Option<Timestamp>,
    pub(crate) log: Ring<Line>,
    /// Counts the starts.
    pub(crate) run: u64,
    /// The number of the first line of this run.
    pub(crate) run_first: u64,
    newest: Timestamp,
}

impl Container {
    pub(crate) fn new(at: Timestamp, id: String, name: String, spec: Spec) -> Self {
        Self {
            id,
            name,
            spec,
            created: at,
            state: State::Created,
            started: None,
            finished: None,
            exit_code: 0,
            oom_killed: false,
            restarts: 0,
            health: None,
            failing_streak: 0,
            probed: None,
            log: Ring::new(LOG_BYTES_MAX),
            run: 0,
            run_first: 0,
            newest: Timestamp::MIN,
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state == State::Running
    }

    pub(super) fn start(&mut self, at: Timestamp) {
        if self.state == State::Restarting {
            self.restarts += 1;
        }
        self.state = State::Running;
        self.started = Some(at);
        self.exit_code = 0;
        self.oom_killed = false;
        self.health = self.spec.healthcheck.as_ref().map(|_| Health::Starting);
        self.failing_streak = 0;
        self.run += 1;
        self.run_first = self.log.end();
    }

    /// Answers how long it ran.
    pub(super) fn end(&mut self, at: Timestamp, exit_code: i64, restarts: bool) -> Duration {
        self.state = if restarts { State::Restarting } else { State::Exited };
        self.exit_code = exit_code;
        self.finished = Some(at);
        at.since(self.started.unwrap_or(at))
    }

    /// Answers the new health if it changed.
    pub(super) fn probed(&mut self, at: Timestamp, passed: bool) -> Option<Health> {
        let retries = self.spec.healthcheck.as_ref()?.retries;
        let before = self.health?;
        self.probed = Some(at);
        self.failing_streak = if passed { 0 } else { self.failing_streak + 1 };
        let after = match passed {
            true => Health::Healthy,
            false if self.failing_streak >= retries => Health::Unhealthy,
            false => before,
        };
        self.health = Some(after);
        (after != before).then_some(after)
    }

    /// Two lines of one container never share an instant, and none is older than the one before it.
    pub(super) fn append(&mut self, at: Timestamp, stream: Stream, text: &str) {
        self.newest = at.max(self.newest.plus(Duration::from_nanos(1)));
        self.log.push(Line { at: self.newest, stream, text: text.into() }, text.len());
    }
}
