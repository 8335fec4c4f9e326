//! `/containers/{id}/logs`

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use model::Timestamp;

use super::Api;
use super::fault::Fault;
use super::follow::{Step, follow};
use super::frames::Framing;
use super::parameters::Parameters;
use crate::engine::{Container, Line, Stream};

/// An answer's chunk is sent when it has grown to this.
const CHUNK_BYTES: usize = 64 << 10;

pub(super) async fn logs(
    State(api): State<Api>,
    Path(reference): Path<String>,
    parameters: Parameters,
) -> Result<Response, Fault> {
    let wanted = Wanted::read(&parameters)?;
    let found = api.engine.read(|memory| memory.find(&reference).map(|one| Reading::new(one, wanted)));
    let mut reading = found.ok_or_else(|| Fault::no_container(&reference))?;
    let content_type = match reading.framing.tty {
        true => "application/vnd.docker.raw-stream",
        false => "application/vnd.docker.multiplexed-stream",
    };
    let body = follow(api, move |api, out| reading.step(api, out));
    Ok(([(CONTENT_TYPE, content_type)], body).into_response())
}

/// What the client asked for.
#[derive(Clone, Copy)]
struct Wanted {
    follow: bool,
    stdout: bool,
    stderr: bool,
    timestamps: bool,
    /// Inclusive, both.
    since: Timestamp,
    until: Timestamp,
    tail: Option<u64>,
}

impl Wanted {
    fn read(parameters: &Parameters) -> Result<Self, Fault> {
        let (stdout, stderr) = (parameters.flag("stdout"), parameters.flag("stderr"));
        if !stdout && !stderr {
            return Err(Fault::bad("Bad parameters: you must choose at least one stream"));
        }
        // Zero is how clients write that they do not care.
        let given = |name| Ok(parameters.instant(name)?.filter(|at| at.nanos() != 0));
        Ok(Self {
            follow: parameters.flag("follow"),
            stdout,
            stderr,
            timestamps: parameters.flag("timestamps"),
            since: given("since")?.unwrap_or(Timestamp::MIN),
            until: given("until")?.unwrap_or(Timestamp::MAX),
            // As in dockerd, whatever is no number means all.
            tail: parameters.text("tail").and_then(|tail| tail.parse().ok()),
        })
    }

    fn takes(&self, line: &Line) -> bool {
        let stream = match line.stream {
            Stream::Stdout => self.stdout,
            Stream::Stderr => self.stderr,
        };
        stream && self.since <= line.at && line.at <= self.until
    }
}

/// Where one client is in one container's log.
struct Reading {
    id: String,
    wanted: Wanted,
    framing: Framing,
    /// The number of the next line.
    next: u64,
    /// The run that is followed; a log ends when its container does.
    run: u64,
    /// Without following, the line to stop before.
    end: Option<u64>,
}

impl Reading {
    fn new(container: &Container, wanted: Wanted) -> Self {
        let end = container.log.end();
        Self {
            id: container.id.clone(),
            wanted,
            framing: Framing { tty: container.spec.tty, timestamps: wanted.timestamps },
            next: wanted.tail.map_or(0, |tail| end.saturating_sub(tail)),
            run: container.run,
            end: (!wanted.follow || !container.is_running()).then_some(end),
        }
    }

    fn step(&mut self, api: &Api, out: &mut BytesMut) -> Step {
        api.engine.read(|memory| match memory.find(&self.id) {
            Some(container) => self.write(container, out),
            None => Step::End,
        })
    }

    fn write(&mut self, container: &Container, out: &mut BytesMut) -> Step {
        let ended = container.run != self.run || !container.is_running();
        let end = self.end.unwrap_or(match container.run == self.run {
            true => u64::MAX,
            false => container.run_first,
        });
        for (number, line) in container.log.from(self.next).take_while(|(number, _)| *number < end) {
            self.next = number + 1;
            if line.at > self.wanted.until {
                return Step::End;
            }
            if self.wanted.takes(line) {
                self.framing.write(line, out);
            }
            if out.len() >= CHUNK_BYTES {
                return Step::More;
            }
        }
        if self.end.is_some() || ended { Step::End } else { Step::Wait }
    }
}
