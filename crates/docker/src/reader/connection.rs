//! One request for a container's log.

use model::Timestamp;

use super::Log;
use crate::client::{Answer, Client, Inspect, RequestError};
use crate::pieces::{Splitter, Stream};

/// How many of the log's last lines are asked for at first. An engine reads its files from their end for
/// them, but from their beginning for lines since a time.
const LAST_LINES: u32 = 10_000;

/// How much of the log is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// Lines since a time.
    Since(Timestamp),
    /// The last [`LAST_LINES`], if the line at `anchor` is among them; none before `since`.
    Last { since: Timestamp, anchor: Timestamp },
}

/// The answer, and what splits it.
pub(super) struct Connection {
    pub(super) answer: Answer,
    pub(super) splitter: Splitter,
    pub(super) tty: bool,
    pub(super) extent: Extent,
    /// How many lines had been taken before it was read from.
    pub(super) taken_before: u64,
}

impl Connection {
    pub(super) async fn open(
        client: &Client,
        container_id: &str,
        tty: Option<bool>,
        extent: Extent,
        logs: &[Log; 2],
    ) -> Result<Self, RequestError> {
        let path = path(container_id, extent);
        let (answer, tty) = match tty {
            Some(tty) => (client.stream(&path).await?, tty),
            None => Self::open_unknown(client, container_id, &path).await?,
        };
        let splitter = Splitter::new(tty, logs[Stream::Stdout.index()].progress.open());
        Ok(Self { answer, splitter, tty, extent, taken_before: 0 })
    }

    /// Opens the log at once and asks meanwhile whether the container has a terminal: it may live for some
    /// milliseconds only. If it is gone before that is known, its log's own type must do.
    async fn open_unknown(
        client: &Client,
        container_id: &str,
        path: &str,
    ) -> Result<(Answer, bool), RequestError> {
        let inspect_path = format!("/containers/{container_id}/json");
        let (answer, inspect) = tokio::join!(client.stream(path), client.json::<Inspect>(&inspect_path));
        let answer = answer?;
        let tty = match inspect {
            Ok(inspect) => inspect.config.tty,
            Err(error) if error.is_gone() => answer.is_raw_stream(),
            Err(error) => return Err(error),
        };
        Ok((answer, tty))
    }
}

impl Extent {
    pub(super) fn since(self) -> Option<Timestamp> {
        match self {
            Self::Whole => None,
            Self::Since(since) | Self::Last { since, .. } => Some(since),
        }
    }

    pub(super) fn anchor(self) -> Option<Timestamp> {
        match self {
            Self::Whole | Self::Since(_) => None,
            Self::Last { anchor, .. } => Some(anchor),
        }
    }
}

fn path(container_id: &str, extent: Extent) -> String {
    let extent = match extent {
        Extent::Whole => String::new(),
        Extent::Since(since) => format!("&since={}", seconds(since)),
        Extent::Last { since, .. } => format!("&since={}&tail={LAST_LINES}", seconds(since)),
    };
    format!("/containers/{container_id}/logs?follow=1&stdout=1&stderr=1&timestamps=1{extent}")
}

/// As the engine reads times: seconds since the epoch with nine decimals.
pub(crate) fn seconds(at: Timestamp) -> String {
    let nanos = at.nanos().max(0);
    format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000)
}
