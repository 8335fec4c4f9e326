//! Follows the log of one container from where it was left until the container is gone.
//!
//! One request at a time: `follow=1` and `since` the older of both streams' cursors. It ends when the container
//! does, and is made again when the container starts again, when the connection broke, when the clock stepped
//! back, or when the log has lines that did not come. Whatever is read twice is told by the cursors.

mod connection;
mod hopper;
mod watchdog;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::FutureExt;
use model::{Batch, Identity, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::client::{Client, Inspect, RequestError};
use crate::cursor::{Cursor, Progress, Taken};
use crate::events::Happening;
use crate::lines::{Joiner, Line};
use crate::pieces::{Piece, Stream};
use crate::status::{Counters, Status, Unreadable};
use connection::Connection;
pub(crate) use connection::seconds;
use hopper::Hopper;
pub(crate) use hopper::{EVENT_STREAM, position_key};
use watchdog::Watchdog;

/// A log is opened from so much before its cursor, in case that the clock was set back by a little meanwhile.
const SINCE_MARGIN: Duration = Duration::from_secs(2);
/// What one stream wrote by then is surely read when the other one's line of so much later is.
const STREAM_SKEW: Duration = Duration::from_secs(1);
/// How long to hand over at the end. What is not handed over is read again at the next start.
const LAST_FLUSH_TIMEOUT: Duration = Duration::from_secs(5);
/// After the engine said that it cannot read a log; it may be able to when the log was rotated.
const COMPLAINT_PAUSE: Duration = Duration::from_secs(30);

/// After so many lines at once, others are let come for a while: it saves waking up for each.
const FLOOD_LINES: u64 = 8;
const FLOOD_PAUSE: Duration = Duration::from_millis(5);

/// What the collector knows of a container and its reader should.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Subject {
    pub(crate) identity: Identity,
    /// `None` until the engine was asked.
    pub(crate) tty: Option<bool>,
    /// Counts its starts; 0 before the first.
    pub(crate) starts: u64,
    /// Counts its ends.
    pub(crate) ends: u64,
}

/// What all readers share.
#[derive(Clone, Debug)]
pub(crate) struct Surface {
    pub(crate) client: Client,
    pub(crate) lines: mpsc::Sender<Batch>,
    /// Changes when the clock steps back; see [`crate::clock`].
    pub(crate) clock_steps: watch::Receiver<Option<Timestamp>>,
    pub(crate) status: Arc<watch::Sender<Status>>,
    pub(crate) counters: Arc<Counters>,
}

/// Where the streams were left, by [`Stream::index`].
pub(crate) type Cursors = [Option<Cursor>; 2];

/// How the reading ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) container_id: String,
    pub(crate) cursors: Cursors,
    /// Whether a reader of the same container may come further.
    pub(crate) unreadable: bool,
}

/// The reader of one container.
pub(crate) struct Reader {
    surface: Surface,
    container_id: String,
    subject: watch::Receiver<Subject>,
    logs: [Log; 2],
    hopper: Hopper,
    backoff: Backoff,
    /// How many starts the log was opened after.
    starts_opened: u64,
    /// How many ends were taken note of.
    ends_noted: u64,
    /// A second look at the log, made as soon as the container had ended: see [`Reader::after_end`].
    reserve: Option<Connection>,
    /// The engine ended the log, and it is being looked whether that was all of it.
    confirming: bool,
    /// A time that the clock stepped back to, until a line came since.
    stepped_to: Option<Timestamp>,
}

/// One stream.
struct Log {
    progress: Progress<Line>,
    joiner: Joiner,
}

/// Why a request for the log ended.
enum Stop {
    /// The engine ended it: the container is no longer running, as a rule. Tells whether nothing new had come.
    End { empty: bool },
    /// It should be made again at once.
    Reopen,
    /// It failed.
    Failed(RequestError),
    /// The engine cannot read the log; its words.
    Complaint(String),
    /// What came is no log.
    Nonsense(String),
    /// Nobody takes lines any more.
    Closed,
}

/// What to do after a request for the log.
enum Next {
    Open,
    OpenAfter(Duration),
    /// The container has ended and may start again.
    AwaitStart,
    Leave {
        unreadable: bool,
    },
}

impl Reader {
    /// `is_new_run`: the container has just started, so if its log cannot be had, that is a loss.
    pub(crate) fn new(
        surface: Surface,
        container_id: String,
        subject: watch::Receiver<Subject>,
        cursors: Cursors,
        is_new_run: bool,
    ) -> Self {
        let log = |cursor| Log {
            progress: Progress::new(cursor),
            joiner: Joiner::new(false, None, Timestamp::default()),
        };
        let starts_opened = if is_new_run { 0 } else { subject.borrow().starts };
        let ends_noted = subject.borrow().ends;
        Self {
            hopper: Hopper::new(&surface, &container_id, subject.clone()),
            surface,
            container_id,
            subject,
            logs: cursors.map(log),
            backoff: Backoff::new(),
            starts_opened,
            ends_noted,
            reserve: None,
            confirming: false,
            stepped_to: None,
        }
    }

    /// Reads until the container is gone or `shutdown`, then hands over what was read.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) -> Ended {
        let unreadable = shutdown.run_until_cancelled(self.follow()).await.unwrap_or(false);
        if tokio::time::timeout(LAST_FLUSH_TIMEOUT, self.flush()).await.is_err() {
            tracing::warn!(container = %self.container_id, "lines were not taken in time; they are read again later");
        }
        let cursors = self.logs.map(|log| log.progress.cursor());
        Ended { container_id: self.container_id, cursors, unreadable }
    }

    /// Tells at the end whether the log is unreadable for good. May be dropped at any time without losing a
    /// line that the cursors count as taken.
    async fn follow(&mut self) -> bool {
        loop {
            let starts = self.subject.borrow().starts;
            if starts == 0 && !self.await_start(0).await {
                return false;
            }
            let stop = self.read_once().await;
            match self.next(stop).await {
                Next::Open => {}
                Next::OpenAfter(pause) => tokio::time::sleep(pause).await,
                Next::AwaitStart if self.await_start(starts).await => {}
                Next::AwaitStart => return false,
                Next::Leave { unreadable } => return unreadable,
            }
        }
    }

    /// Whether the container started more than `starts` times; false once it is gone.
    async fn await_start(&mut self, starts: u64) -> bool {
        self.subject.wait_for(|subject| subject.starts > starts).await.is_ok()
    }

    async fn read_once(&mut self) -> Stop {
        match self.open().await {
            Ok(connection) => self.read(connection).await,
            Err(error) => Stop::Failed(error),
        }
    }

    /// Makes the request and everything ready for what it brings.
    async fn open(&mut self) -> Result<Connection, RequestError> {
        let Subject { starts, ends, .. } = *self.subject.borrow();
        self.ends_noted = ends;
        let mut connection = match self.reserve.take() {
            Some(connection) => connection,
            None if self.confirming => self.connect(Duration::ZERO).await?,
            None => self.connect(SINCE_MARGIN).await?,
        };
        connection.begin(self.hopper.taken());
        self.starts_opened = self.starts_opened.max(starts);
        for log in &mut self.logs {
            log.progress.reopen();
            log.joiner = Joiner::new(connection.tty, log.progress.open(), SystemTime::now().into());
        }
        Ok(connection)
    }

    async fn connect(&mut self, margin: Duration) -> Result<Connection, RequestError> {
        let step = *self.surface.clock_steps.borrow_and_update();
        self.stepped_to = self.stepped_to.into_iter().chain(step).min();
        let tty = self.subject.borrow().tty;
        let since = self.since(SystemTime::now().into(), tty).map(|since| since.minus(margin));
        Connection::open(&self.surface.client, &self.container_id, tty, since, &self.logs).await
    }

    /// Waits until the container ends; for ever, if it is no longer there.
    async fn container_ends(subject: &mut watch::Receiver<Subject>, ends_noted: &mut u64) {
        match subject.wait_for(|subject| subject.ends > *ends_noted).await.map(|subject| subject.ends) {
            Ok(ends) => *ends_noted = ends,
            Err(_) => std::future::pending().await,
        }
    }

    /// From when the log is asked for; `None` for all of it.
    fn since(&self, now: Timestamp, tty: Option<bool>) -> Option<Timestamp> {
        let used = if tty == Some(true) { &self.logs[..1] } else { &self.logs[..] };
        let cursors: Option<Vec<Timestamp>> = used.iter().map(|log| log.progress.since()).collect();
        let since = cursors?.into_iter().min()?;
        match self.stepped_to {
            Some(stepped_to) => Some(since.min(stepped_to)),
            // The clock stepped back while nobody looked, nobody knows how far.
            None if now < since => None,
            None => Some(since),
        }
    }

    async fn read(&mut self, mut connection: Connection) -> Stop {
        let mut watchdog = Watchdog::new();
        loop {
            let chunk = tokio::select! {
                biased;
                _ = self.surface.clock_steps.changed() => return Stop::Reopen,
                () = Self::container_ends(&mut self.subject, &mut self.ends_noted) => {
                    self.reserve = self.connect(Duration::ZERO).await.ok();
                    continue;
                }
                chunk = connection.answer.chunk() => chunk,
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
            watchdog.saw(self.hopper.newest_seen());
            if self.hopper.is_ready() {
                if !self.flush().await {
                    return Stop::Closed;
                }
            } else if self.hopper.taken() - taken_before >= FLOOD_LINES {
                tokio::time::sleep(FLOOD_PAUSE).await;
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
        Stop::End { empty: connection.was_empty(self.hopper.taken()) }
    }

    fn take(&mut self, connection: &mut Connection, chunk: &[u8]) -> Result<(), Stop> {
        let Self { logs, hopper, .. } = self;
        let pushed = connection.splitter.push(chunk, &mut |item| hopper.item(item, logs));
        pushed.map_err(|error| Stop::Nonsense(error.to_string()))?;
        if self.hopper.taken() > connection.taken_before {
            self.stepped_to = None;
            self.backoff.reset();
        }
        self.hopper.complaint().map_or(Ok(()), |words| Err(Stop::Complaint(words)))
    }

    /// Hands over what was read, gaps first. False if nobody takes it any more.
    async fn flush(&mut self) -> bool {
        for stream in Stream::BOTH {
            let other = &mut self.logs[stream.other().index()];
            let resting = !self.hopper.holds(stream.other()) && other.joiner.begun_at().is_none();
            let mut cursors = [self.logs[stream.index()].progress.cursor(), None];
            if resting && self.hopper.holds(stream) {
                cursors[1] = self.rest(stream.other(), cursors[0]);
            }
            if !self.hopper.send(stream, cursors).await {
                return false;
            }
        }
        true
    }

    /// Lets the cursor of a `stream` that is silent follow the other stream's.
    fn rest(&mut self, stream: Stream, other: Option<Cursor>) -> Option<Cursor> {
        let until = other?.timestamp().minus(STREAM_SKEW);
        let progress = &mut self.logs[stream.index()].progress;
        if progress.rest_until(until) { progress.cursor() } else { None }
    }

    async fn next(&mut self, stop: Stop) -> Next {
        if !self.flush().await {
            return Next::Leave { unreadable: false };
        }
        match stop {
            Stop::Closed => Next::Leave { unreadable: false },
            Stop::Reopen => Next::Open,
            Stop::End { empty } => self.after_end(empty).await,
            Stop::Failed(error) => self.after_failure(error).await,
            Stop::Complaint(words) => {
                self.complain(format!("the Docker engine cannot read its log: {words}"));
                Next::OpenAfter(COMPLAINT_PAUSE)
            }
            Stop::Nonsense(what) => {
                self.complain(format!("{what}; is [docker] host a Docker engine or a plain proxy to one?"));
                Next::OpenAfter(COMPLAINT_PAUSE)
            }
        }
    }

    /// The engine ended the log. Engines lose the last lines of a follower when the container ends (20.10 does), so
    /// it is looked at again until nothing new comes. A container that is removed when it ends leaves some
    /// milliseconds for that: therefore the `reserve`.
    async fn after_end(&mut self, empty: bool) -> Next {
        if !(self.confirming && empty) {
            self.confirming = true;
            return Next::Open;
        }
        self.confirming = false;
        let path = format!("/containers/{}/json", self.container_id);
        match self.surface.client.json::<Inspect>(&path).await {
            Ok(inspect) if matches!(inspect.state.status.as_str(), "running" | "paused") => {
                // Whatever had begun without a line break is read again.
                Next::OpenAfter(self.backoff.step())
            }
            Ok(_) if self.finish_lines().await => Next::AwaitStart,
            Ok(_) => Next::Leave { unreadable: false },
            Err(error) => self.after_failure(error).await,
        }
    }

    /// The container has ended, and so have the lines that had begun. False if nobody takes them.
    async fn finish_lines(&mut self) -> bool {
        let Self { logs, hopper, .. } = self;
        for stream in Stream::BOTH {
            let Log { progress, joiner } = &mut logs[stream.index()];
            joiner.finish(&mut |line| hopper.offer(stream, progress, line));
        }
        self.flush().await
    }

    async fn after_failure(&mut self, error: RequestError) -> Next {
        use http::StatusCode;
        match error.status() {
            Some(StatusCode::NOT_FOUND | StatusCode::CONFLICT) => self.gone().await,
            Some(StatusCode::NOT_IMPLEMENTED) => {
                self.complain(
                    "its logging driver keeps nothing that could be read; use json-file or local (compose: \
                     logging: { driver: local })"
                        .to_owned(),
                );
                Next::Leave { unreadable: true }
            }
            Some(_) => {
                self.complain(error.to_string());
                Next::OpenAfter(COMPLAINT_PAUSE)
            }
            // The engine is away: the collector says so.
            None => Next::OpenAfter(self.backoff.step()),
        }
    }

    /// The container is gone, or going. What it wrote since its last start may never have been read.
    async fn gone(&mut self) -> Next {
        let starts = self.subject.borrow().starts;
        if self.finish_lines().await && starts > self.starts_opened {
            let now = SystemTime::now().into();
            self.surface.counters.gaps.fetch_add(1, Ordering::Relaxed);
            self.hopper.tell(&Happening::Unread, now).await;
        }
        Next::Leave { unreadable: false }
    }

    fn complain(&self, reason: String) {
        let container = self.subject.borrow().identity.container.clone();
        tracing::warn!(%container, %reason, "a container's log cannot be read");
        let container_id = self.container_id.clone();
        Status::unreadable(&self.surface.status, Unreadable { container_id, container, reason });
    }
}

impl Log {
    fn push(&mut self, piece: &Piece<'_>, hopper: &mut Hopper) {
        let Self { progress, joiner } = self;
        joiner.push(piece, &mut |line| hopper.offer(piece.stream, progress, line));
    }
}

/// Offers `line`, and notes with the cursor if it was new and had no line break.
fn offer(progress: &mut Progress<Line>, line: Line, take: &mut impl FnMut(Taken<Line>)) {
    let open_bytes = line.open_bytes;
    let mut new = false;
    progress.offer(line, &mut |taken| {
        new |= matches!(taken, Taken::Line(_));
        take(taken);
    });
    if new && open_bytes > 0 {
        progress.set_open(open_bytes);
    }
}
