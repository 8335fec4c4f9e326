//! A small Docker Engine API on a unix socket, whose containers write lines that are known in advance.
//!
//! Line `i` of a container is a function of the container and of `i`, and so is its time: nothing is kept, a log can
//! be asked for again from any instant, and a reader can tell whether a line is missing or there twice. A real engine
//! would take more of the CPU than the appliance that is measured.

mod answers;
mod request;

use std::io::{BufReader, Read as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use model::Timestamp;

use super::lines::{self, Random, WRITERS};
use request::Request;

/// How often a container that is followed writes what is due.
const WRITE_EVERY: Duration = Duration::from_millis(20);

/// Bytes that are put together before they are sent.
const PIECE_BYTES: usize = 64 << 10;

/// When the containers write, and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feed {
    /// The time of each container's first line.
    pub(crate) begin: Timestamp,
    /// From one line of a container to its next.
    pub(crate) step: Duration,
    /// How many lines each container writes, and then no more.
    pub(crate) lines: u64,
}

impl Feed {
    fn at(&self, number: u64) -> Timestamp {
        self.begin.plus(Duration::from_nanos(self.step.as_nanos() as u64 * number))
    }

    /// The first line that is not before `instant`.
    fn first_from(&self, instant: Timestamp) -> u64 {
        let before = instant.since(self.begin).as_nanos() as u64;
        before.div_ceil(self.step.as_nanos() as u64).min(self.lines)
    }

    /// The time of each container's last line.
    pub(crate) fn last(&self) -> Timestamp {
        self.at(self.lines.saturating_sub(1))
    }

    /// How many lines each container has written by now.
    pub(crate) fn written(&self) -> u64 {
        self.first_from(Timestamp::from(SystemTime::now()))
    }
}

/// The engine. It serves until the process ends.
pub(crate) struct Engine {
    feed: Feed,
    /// All frames of each container, where the whole feed is in the past: put together in advance, so that the
    /// engine does not take the CPU from the appliance.
    prepared: Vec<Vec<u8>>,
}

impl Engine {
    /// Serves at `socket`.
    pub(crate) fn start(socket: &Path, feed: Feed) -> Result<()> {
        let listener = UnixListener::bind(socket).with_context(|| socket.display().to_string())?;
        let past = feed.written() == feed.lines;
        let containers = if past { 0..WRITERS.len() } else { 0..0 };
        let prepared = containers.map(|container| frames(&feed, container, 0..feed.lines)).collect();
        let engine = Arc::new(Self { feed, prepared });
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let engine = Arc::clone(&engine);
                // The client going away is how every conversation ends.
                thread::spawn(move || engine.converse(stream));
            }
        });
        Ok(())
    }

    fn converse(&self, stream: UnixStream) -> Result<()> {
        let mut input = BufReader::new(stream.try_clone()?);
        let mut output = stream;
        while let Some(request) = Request::read(&mut input)? {
            match request.segments().as_slice() {
                ["containers", container, "logs"] => match answers::container_of(container) {
                    Some(container) => self.send_log(&request, container, &mut input, &mut output)?,
                    None => answers::not_found(&mut output)?,
                },
                ["events"] => {
                    answers::begin_stream(&mut output, "application/json")?;
                    wait_for_end(&mut input);
                    return Ok(());
                }
                segments => answers::answer(segments, &mut output)?,
            }
        }
        Ok(())
    }

    /// The log from `since` on; with `follow` it does not end.
    fn send_log(
        &self,
        request: &Request,
        container: usize,
        input: &mut BufReader<UnixStream>,
        output: &mut UnixStream,
    ) -> Result<()> {
        answers::begin_stream(output, "application/vnd.docker.raw-stream")?;
        let mut next = request.since().map_or(0, |since| self.feed.first_from(since));
        if let Some(tail) = request.tail() {
            next = next.max(self.feed.written().saturating_sub(tail));
        }
        if next == 0
            && let Some(prepared) = self.prepared.get(container)
        {
            prepared.chunks(PIECE_BYTES).try_for_each(|piece| answers::send_piece(output, piece))?;
            next = self.feed.lines;
        }
        loop {
            let written = self.feed.written();
            while next < written {
                let piece_end = written.min(next + 200);
                answers::send_piece(output, &frames(&self.feed, container, next..piece_end))?;
                next = piece_end;
            }
            if !request.is("follow") {
                return answers::end_stream(output);
            }
            if next == self.feed.lines {
                wait_for_end(input);
                return Ok(());
            }
            thread::sleep(WRITE_EVERY);
        }
    }
}

/// Blocks until the client closes the connection.
fn wait_for_end(input: &mut BufReader<UnixStream>) {
    let mut byte = [0];
    while input.read(&mut byte).is_ok_and(|count| count > 0) {}
}

/// The lines as Docker frames them: stream, length, time, text.
fn frames(feed: &Feed, container: usize, numbers: std::ops::Range<u64>) -> Vec<u8> {
    let mut frames = Vec::new();
    let mut line = String::new();
    for number in numbers {
        let at = feed.at(number);
        line.clear();
        line.push_str(&at.to_string());
        line.push(' ');
        lines::write(&mut line, container, number, at, &mut Random::new((container as u64) << 48 | number));
        line.push('\n');
        frames.extend_from_slice(&[1, 0, 0, 0]);
        frames.extend_from_slice(&(line.len() as u32).to_be_bytes());
        frames.extend_from_slice(line.as_bytes());
    }
    frames
}

#[cfg(test)]
mod tests;
