//! Follows the log of one container from where it was left until the container is gone.
//!
//! One request at a time: `follow=1` and `since` a line up to which nothing is missing. It ends when the
//! container does, and is made again when the container starts again, when the connection broke, when the
//! clock stepped back, or when the log has lines that did not come. Whatever is read twice is told by the
//! cursors.

mod aftermath;
mod bookmark;
mod connection;
mod hopper;
mod reading;
mod watchdog;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use model::{Batch, Identity, Multiline, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::client::{Client, RequestError};
use crate::cursor::{Cursor, Progress};
use crate::lines::{Joiner, Line};
use crate::status::{Counters, Status};
use aftermath::{Next, Stop};
pub(crate) use bookmark::{Bookmark, forgotten};
pub(crate) use connection::seconds;
use connection::{Connection, Extent};
pub(crate) use hopper::EVENT_STREAM;
use hopper::Hopper;

/// A log is opened from so much before its anchor: the times of two streams are not quite in order, and
/// clocks are set back by a little.
const SINCE_MARGIN: Duration = Duration::from_secs(2);
/// How long to hand over at the end. What is not handed over is read again at the next start.
const LAST_FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// What the collector knows of a container and its reader should.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Subject {
    pub(crate) identity: Identity,
    /// Which of its lines belong together.
    pub(crate) multiline: Multiline,
    /// `None` until the engine was asked.
    pub(crate) tty: Option<bool>,
    /// Counts its starts; 0 before the first.
    pub(crate) starts: u64,
    /// Counts its ends.
    pub(crate) ends: u64,
}

/// What the container did when its reader was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It has just started.
    Starting,
    /// It has been running for a while.
    Running,
    /// It does not run.
    Ended,
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

/// How the reading ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) container_id: String,
    pub(crate) bookmark: Bookmark,
    /// Whether a reader of the same container may come further.
    pub(crate) unreadable: bool,
}

/// The reader of one container.
pub(crate) struct Reader {
    surface: Surface,
    container_id: String,
    subject: watch::Receiver<Subject>,
    logs: [Log; 2],
    /// See [`Bookmark::anchor`]; as of the last flush.
    anchor: Option<Timestamp>,
    hopper: Hopper,
    backoff: Backoff,
    /// How many starts the log was opened after.
    starts_opened: u64,
    /// How many ends were taken note of.
    ends_noted: u64,
    /// A second look at the log, made as soon as the container had ended: see [`Reader::after_end`].
    reserve: Option<Connection>,
    /// The container had ended before the log was opened: if nothing new comes, that was all.
    confirming: bool,
    /// The log is to be opened from its beginning.
    read_whole: bool,
    /// The cursors at the time when the log was opened.
    opened_with: [Option<Cursor>; 2],
    /// A time that the clock stepped back to, until a line came since.
    stepped_to: Option<Timestamp>,
}

/// One stream.
struct Log {
    progress: Progress<Line>,
    joiner: Joiner,
}

impl Reader {
    pub(crate) fn new(
        surface: Surface,
        container_id: String,
        subject: watch::Receiver<Subject>,
        bookmark: Bookmark,
        found: Found,
    ) -> Self {
        let log = |cursor| Log {
            progress: Progress::new(cursor),
            joiner: Joiner::new(false, None, Timestamp::default()),
        };
        let Subject { starts, ends, .. } = *subject.borrow();
        Self {
            hopper: Hopper::new(&surface, &container_id, subject.clone()),
            surface,
            container_id,
            subject,
            logs: bookmark.cursors.map(log),
            anchor: bookmark.anchor,
            backoff: Backoff::new(),
            // If the log of a run that has just begun cannot be had, that is a loss.
            starts_opened: if found == Found::Starting { 0 } else { starts },
            ends_noted: ends,
            reserve: None,
            confirming: found == Found::Ended,
            read_whole: false,
            opened_with: bookmark.cursors,
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
        let bookmark = Bookmark { cursors, anchor: self.anchor };
        Ended { container_id: self.container_id, bookmark, unreadable }
    }

    /// Tells at the end whether the log is unreadable for good. May be dropped at any time without losing a
    /// line that the cursors count as taken.
    async fn follow(&mut self) -> bool {
        loop {
            let starts = self.subject.borrow().starts;
            if starts == 0 && !self.await_event(0).await {
                return false;
            }
            let stop = self.read_once().await;
            match self.next(stop).await {
                Next::Open => {}
                Next::OpenAfter(pause) => tokio::time::sleep(pause).await,
                Next::AwaitEvent if self.await_event(starts).await => {}
                Next::AwaitEvent => return false,
                Next::Leave { unreadable } => return unreadable,
            }
        }
    }

    /// Waits until the container started more than `starts` times (or ended since the log was opened, if the
    /// engine is one that may have lost its last lines); false once it is gone.
    async fn await_event(&mut self, starts: u64) -> bool {
        let ends = if self.surface.client.follows_badly() { self.ends_noted } else { u64::MAX };
        self.subject.wait_for(|subject| subject.starts > starts || subject.ends > ends).await.is_ok()
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
            None => self.connect().await?,
        };
        self.hopper.begin(connection.extent.anchor());
        connection.taken_before = self.hopper.taken();
        self.starts_opened = self.starts_opened.max(starts);
        let follows_badly = self.surface.client.follows_badly();
        for (log, opened_with) in self.logs.iter_mut().zip(&mut self.opened_with) {
            *opened_with = log.progress.cursor();
            log.progress.reopen(connection.extent.since());
            log.progress.set_repeats(follows_badly);
            log.joiner = Joiner::new(connection.tty, log.progress.open(), SystemTime::now().into());
        }
        Ok(connection)
    }

    async fn connect(&mut self) -> Result<Connection, RequestError> {
        if self.surface.clock_steps.has_changed().unwrap_or(false) {
            self.note_clock_step();
        }
        let tty = self.subject.borrow().tty;
        let extent = self.extent(SystemTime::now().into());
        Connection::open(&self.surface.client, &self.container_id, tty, extent, &self.logs).await
    }

    /// How much of the log is to be asked for.
    fn extent(&mut self, now: Timestamp) -> Extent {
        let whole = std::mem::take(&mut self.read_whole);
        let Some(anchor) = self.anchor.filter(|_| !whole) else { return Extent::Whole };
        let since = anchor.minus(SINCE_MARGIN);
        if let Some(stepped_to) = self.stepped_to {
            return Extent::Since(since.min(stepped_to));
        }
        // The clock stepped back while nobody looked, nobody knows how far; or it did before.
        let is_behind =
            self.logs.iter().filter_map(|log| log.progress.cursor()).any(|cursor| cursor.is_behind());
        if now < anchor || is_behind { Extent::Whole } else { Extent::Last { since, anchor } }
    }

    fn note_clock_step(&mut self) {
        let step = *self.surface.clock_steps.borrow_and_update();
        self.stepped_to = self.stepped_to.into_iter().chain(step).min();
    }
}
