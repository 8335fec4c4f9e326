//! `tail`: lines over a WebSocket, first the latest ones, then those that arrive.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use http::HeaderMap;
use logql::{Direction, Expr, LogQuery, Page, Row};
use model::Ordered as _;
use model::{TimeRange, Timestamp};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Interval, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use super::answer::{Encoding, LokiFault, StreamValues, group};
use super::params::Params;
use super::{Loki, TAILS_MAX};
use crate::fault::Fault;
use crate::feed::{Fed, Feed};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 5000;
const DEFAULT_RANGE: Duration = Duration::from_secs(3600);
const DELAY_MAX: Duration = Duration::from_secs(5);
/// A peer that is gone without a word is found by this.
const PING_EVERY: Duration = Duration::from_secs(30);
/// Lines that wait for a delayed tail; beyond that they are dropped and counted.
const WAITING_MAX: usize = 10_000;
const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// The handler.
pub(super) async fn tail(
    State(loki): State<Loki>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
    params: Params,
) -> Result<Response, LokiFault> {
    let Expr::Log(log) = logql::parse(params.query()?)? else {
        return Err(LokiFault::bad_request("only log queries can be tailed"));
    };
    let query = LogQuery::new(&log)?;
    let delay = params.delay_for()?;
    let limit = params.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    let Ok(place) = loki.tails.clone().try_acquire_owned() else {
        let message =
            format!("max concurrent tail requests limit exceeded, count > limit ({TAILS_MAX} > {TAILS_MAX})");
        return Err(Fault::too_many(message, 10).into());
    };
    // Before the query, so that nothing falls between the two.
    let mut feed = Feed::new(loki.logs.follow(), query.clone());
    let rows = loki.latest(query, TimeRange { start: range.start, end: Timestamp::MAX }, limit).await?;
    feed.skip_known(&rows);
    let tail = Tail {
        feed,
        encoding: Encoding::of(&headers),
        delay,
        waiting: Vec::new(),
        due: None,
        dropped: 0,
        pings: interval(PING_EVERY),
        closing: loki.closing.clone(),
        _place: place,
    };
    Ok(upgrade.max_message_size(MESSAGE_BYTES_MAX).on_upgrade(move |socket| tail.run(socket, rows)))
}

impl Params {
    /// Seconds, five at most.
    fn delay_for(&self) -> Result<Duration, LokiFault> {
        let delay = self.duration("delay_for")?.unwrap_or_default();
        if delay > DELAY_MAX {
            let message = format!("delay_for can't be greater than {}", DELAY_MAX.as_secs());
            return Err(LokiFault::bad_request(message));
        }
        Ok(delay)
    }
}

impl Loki {
    /// The latest lines, oldest first.
    async fn latest(&self, query: LogQuery, range: TimeRange, limit: usize) -> Result<Vec<Row>, LokiFault> {
        let logs = self.logs.clone();
        let page = Page { range, direction: Direction::Backward, limit, after: None };
        let found = self.queries.run(move |a| a.spend(|budget| query.rows(&logs, &page, budget))).await??;
        Ok(found.rows.into_iter().rev().collect())
    }
}

/// One open tail.
struct Tail {
    feed: Feed,
    encoding: Encoding,
    delay: Duration,
    /// Lines that wait for the delay to pass, so that those of slower sources find their place among them.
    waiting: Vec<Row>,
    due: Option<Instant>,
    dropped: u64,
    pings: Interval,
    closing: CancellationToken,
    _place: OwnedSemaphorePermit,
}

/// What one message holds.
#[derive(Serialize)]
struct Frame {
    streams: Vec<StreamValues>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "encodingFlags")]
    encoding_flags: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped_entries: Option<[Dropped; 1]>,
}

/// Lines that were left out. Loki names each of them; which they were is not known here, only how many.
#[derive(Serialize)]
struct Dropped {
    labels: DroppedLabels,
    timestamp: String,
}

#[derive(Serialize)]
struct DroppedLabels {
    dropped_lines: String,
}

impl Tail {
    async fn run(mut self, mut socket: WebSocket, first: Vec<Row>) {
        if !first.is_empty() && self.send(&mut socket, first).await.is_err() {
            return;
        }
        loop {
            let due = self.due;
            tokio::select! {
                () = self.closing.cancelled() => {
                    let _ = socket.send(Message::Close(None)).await;
                    return;
                }
                message = socket.recv() => match message {
                    // Clients say nothing but pongs and goodbye.
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                },
                fed = self.feed.next() => self.take(fed),
                () = until(due) => {
                    self.due = None;
                    let mut rows = std::mem::take(&mut self.waiting);
                    rows.order_by_key(|row| row.timestamp);
                    if self.send(&mut socket, rows).await.is_err() {
                        return;
                    }
                }
                _ = self.pings.tick() => {
                    if socket.send(Message::Ping(Default::default())).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn take(&mut self, fed: Fed) {
        match fed {
            Fed::Skipped(lines) => self.dropped += lines,
            Fed::Lines(mut rows) => {
                let room = WAITING_MAX - self.waiting.len();
                self.dropped += rows.len().saturating_sub(room) as u64;
                rows.truncate(room);
                self.waiting.extend(rows);
            }
        }
        self.due.get_or_insert_with(|| Instant::now() + self.delay);
    }

    async fn send(&mut self, socket: &mut WebSocket, rows: Vec<Row>) -> Result<(), axum::Error> {
        let dropped = std::mem::take(&mut self.dropped);
        let timestamp = rows.last().map_or(0, |row| row.timestamp.nanos()).to_string();
        let frame = Frame {
            streams: group(rows, self.encoding),
            encoding_flags: self.encoding.flags(),
            dropped_entries: (dropped > 0).then(|| {
                [Dropped { labels: DroppedLabels { dropped_lines: dropped.to_string() }, timestamp }]
            }),
        };
        let text = serde_json::to_string(&frame).map_err(axum::Error::new)?;
        socket.send(Message::text(text)).await
    }
}

/// Ends at `due`; without one, never.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
