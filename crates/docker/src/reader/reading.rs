//! Taking what a connection brings, and handing it over.

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::aftermath::Stop;
use super::connection::{Connection, Extent};
use super::hopper::Hopper;
use super::watchdog::Watchdog;
use super::{Log, Reader, Subject};
use crate::client::RequestError;
use crate::cursor::Progress;
use crate::pieces::{Piece, Stream};

/// After lines, others are let come for a moment: it saves waking up for each. Not for longer, as an engine
/// writes each line by itself, and less than two hundred of them fill a socket.
const PAUSE: Duration = Duration::from_millis(1);

impl Reader {
    /// Takes what `connection` brings until it ends.
    pub(super) async fn read(&mut self, mut connection: Connection) -> Stop {
        let mut watchdog = Watchdog::new(self.hopper.bytes_seen());
        let mut pause_end: Option<Instant> = None;
        loop {
            let chunk = tokio::select! {
                biased;
                Ok(()) = self.surface.clock_steps.changed() => {
                    self.note_clock_step();
                    return Stop::Reopen;
                }
                () = Self::container_ends(&mut self.subject, &mut self.ends_noted) => {
                    if self.surface.client.follows_badly() {
                        self.reserve = self.connect().await.ok();
                    }
                    continue;
                }
                () = pass(pause_end), if pause_end.is_some() => {
                    pause_end = None;
                    continue;
                }
                chunk = connection.answer.chunk(), if pause_end.is_none() => chunk,
                () = self.hopper.due() => Ok(Some(Bytes::new())),
                () = watchdog.wakes() => {
                    if watchdog.has_missed(&self.surface.client, &self.container_id, connection.tty).await {
                        return Stop::Reopen;
                    }
                    continue;
                }
            };
            let taken_before = self.hopper.taken();
            if let Err(stop) = self.take_ready(&mut connection, chunk) {
                return stop;
            }
            watchdog.saw(self.hopper.newest_seen(), self.hopper.bytes_seen());
            if self.hopper.is_ready() {
                if !self.flush().await {
                    return Stop::Closed;
                }
                if self.read_whole {
                    return Stop::Reopen;
                }
            } else if self.hopper.taken() > taken_before {
                pause_end = Some(Instant::now() + PAUSE);
            }
        }
    }

    /// Takes a chunk and those that are here already; an engine sends one per line.
    fn take_ready(
        &mut self,
        connection: &mut Connection,
        first: Result<Option<Bytes>, RequestError>,
    ) -> Result<(), Stop> {
        let mut next = Some(first);
        while let Some(chunk) = next {
            match chunk.map_err(Stop::Failed)? {
                Some(chunk) => self.take(connection, &chunk)?,
                None => return Err(self.end(connection)),
            }
            if self.hopper.is_ready() {
                break;
            }
            next = connection.answer.chunk().now_or_never();
        }
        Ok(())
    }

    fn end(&mut self, connection: &mut Connection) -> Stop {
        let Self { logs, hopper, .. } = self;
        connection.splitter.finish(&mut |item| hopper.item(item, logs));
        Stop::End { empty: self.hopper.taken() == connection.taken_before }
    }

    fn take(&mut self, connection: &mut Connection, chunk: &[u8]) -> Result<(), Stop> {
        let Self { logs, hopper, .. } = self;
        let pushed = connection.splitter.push(chunk, &mut |item| hopper.item(item, logs));
        pushed.map_err(|error| Stop::Nonsense(error.to_string()))?;
        for (stream, cursor) in hopper.doubt(connection.extent == Extent::Whole) {
            logs[stream.index()].progress = Progress::new(Some(cursor));
            self.read_whole = true;
        }
        if self.hopper.falls_short() {
            self.take_back();
        }
        if self.read_whole {
            return Err(Stop::Reopen);
        }
        if self.hopper.taken() > connection.taken_before {
            self.stepped_to = None;
            self.backoff.reset();
        }
        self.hopper.complaint().map_or(Ok(()), |words| Err(Stop::Complaint(words)))
    }

    /// Takes back what the present answer brought, and has the whole log read.
    fn take_back(&mut self) {
        self.hopper.clear();
        for (log, cursor) in self.logs.iter_mut().zip(self.opened_with) {
            log.progress = Progress::new(cursor);
        }
        self.read_whole = true;
    }

    /// Hands over what was read, gaps first. False if nobody takes it any more.
    pub(super) async fn flush(&mut self) -> bool {
        if self.hopper.is_unsure() {
            self.take_back();
        }
        for stream in Stream::BOTH {
            let cursor = self.logs[stream.index()].progress.cursor();
            if !self.hopper.send(stream, cursor, self.anchor).await {
                return false;
            }
        }
        // From here on nothing is missing up to the last line, but for lines that have begun before it.
        if let Some(last) = self.hopper.last_taken() {
            let begun = self.logs.iter().filter_map(|log| log.joiner.begun_at());
            self.anchor = begun.chain([last]).min();
        }
        true
    }

    /// Waits until the container ends; for ever, if it is no longer there.
    async fn container_ends(subject: &mut watch::Receiver<Subject>, ends_noted: &mut u64) {
        match subject.wait_for(|subject| subject.ends > *ends_noted).await.map(|subject| subject.ends) {
            Ok(ends) => *ends_noted = ends,
            Err(_) => std::future::pending().await,
        }
    }
}

async fn pass(end: Option<Instant>) {
    match end {
        Some(end) => sleep_until(end).await,
        None => std::future::pending().await,
    }
}

impl Log {
    pub(super) fn push(&mut self, piece: &Piece<'_>, hopper: &mut Hopper) {
        let Self { progress, joiner } = self;
        joiner.push(piece, &mut |line| hopper.offer(piece.stream, progress, line));
    }
}
