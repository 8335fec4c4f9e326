//! What to do after a request for the log has ended.

use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use http::StatusCode;

use super::{Log, Reader};
use crate::client::{Inspect, RequestError};
use crate::events::Happening;
use crate::pieces::Stream;
use crate::status::{Status, Unreadable};

/// After the engine said that it cannot read a log; it may be able to when the log was rotated.
const COMPLAINT_PAUSE: Duration = Duration::from_secs(30);

/// Why a request for the log ended.
pub(super) enum Stop {
    /// The engine ended it: the container is no longer running, as a rule. Tells whether nothing new had
    /// come.
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
pub(super) enum Next {
    Open,
    OpenAfter(Duration),
    /// The container has ended and its log was read to the end. It may start again.
    AwaitEvent,
    Leave {
        unreadable: bool,
    },
}

impl Reader {
    /// Hands over what was read, and finds out how to go on.
    pub(super) async fn next(&mut self, stop: Stop) -> Next {
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

    /// The engine ended the log. Old engines lose the last lines of a follower when the container ends, so it
    /// is looked at again until nothing new comes. A container that is removed when it ends leaves some
    /// milliseconds for that: therefore the `reserve`. (Newer engines are not asked, as an engine that is
    /// asked for a log while it removes the container may find a file in its way.)
    async fn after_end(&mut self, empty: bool) -> Next {
        if self.read_whole {
            return Next::Open;
        }
        let ended_since = self.reserve.is_some() || self.subject.borrow().ends > self.ends_noted;
        let was_all = self.confirming && empty && !ended_since;
        if !was_all && self.surface.client.follows_badly() {
            self.confirming = true;
            return Next::Open;
        }
        self.confirming = false;
        Status::readable(&self.surface.status, &self.container_id);
        let path = format!("/containers/{}/json", self.container_id);
        match self.surface.client.json::<Inspect>(&path).await {
            Ok(inspect) if matches!(inspect.state.status.as_str(), "running" | "paused") => {
                // Whatever had begun without a line break is read again.
                Next::OpenAfter(self.backoff.step())
            }
            Ok(_) if self.finish_lines().await => Next::AwaitEvent,
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
