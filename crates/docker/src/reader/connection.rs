//! One request for a container's log.

use model::Timestamp;

use super::Log;
use crate::client::{Answer, Client, Inspect, RequestError};
use crate::pieces::{Splitter, Stream};

/// The answer, and what splits it.
pub(super) struct Connection {
    pub(super) answer: Answer,
    pub(super) splitter: Splitter,
    pub(super) tty: bool,
    /// It gives the log from its beginning.
    pub(super) whole: bool,
    /// How many lines had been taken before it was read from.
    pub(super) taken_before: u64,
}

impl Connection {
    pub(super) async fn open(
        client: &Client,
        container_id: &str,
        tty: Option<bool>,
        since: Option<Timestamp>,
        logs: &[Log; 2],
    ) -> Result<Self, RequestError> {
        let path = path(container_id, since);
        let (answer, tty) = match tty {
            Some(tty) => (client.stream(&path).await?, tty),
            None => Self::open_unknown(client, container_id, &path).await?,
        };
        let splitter = Splitter::new(tty, logs[Stream::Stdout.index()].progress.open());
        Ok(Self { answer, splitter, tty, whole: since.is_none(), taken_before: 0 })
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

fn path(container_id: &str, since: Option<Timestamp>) -> String {
    let since = since.map_or(String::new(), |since| format!("&since={}", seconds(since)));
    format!("/containers/{container_id}/logs?follow=1&stdout=1&stderr=1&timestamps=1{since}")
}

/// As the engine reads times: seconds since the epoch with nine decimals.
pub(crate) fn seconds(at: Timestamp) -> String {
    let nanos = at.nanos().max(0);
    format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000)
}
