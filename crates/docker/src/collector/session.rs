//! One session: a stream of events, and what follows from each.

use std::time::Duration;

use bytes::BytesMut;
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::FuturesOrdered;
use model::Position;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::{EVENTS_KEY, Keeper};
use crate::client::{Answer, Client, Inspect, RequestError, Summary, Version};
use crate::clock;
use crate::cursor::Taken;
use crate::events::{Action, Event, PATH_FILTER};
use crate::reader::seconds;
use crate::status::Engine;

/// How often all containers are listed, beside the events.
const LIST_PERIOD: Duration = Duration::from_secs(30);
/// A container that the engine is busy with is not waited for longer: others' events stand behind it.
const INSPECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How many looks at containers may be on their way before no more events are taken.
const LOOKS_MAX: usize = 64;
/// How many batches may wait before no more events are taken.
const OUTBOX_MAX: usize = 256;
/// An event is never longer.
const EVENT_BYTES_MAX: usize = 1 << 20;
/// Events of one nanosecond may come out of order, and clocks are set back by a little.
const SINCE_MARGIN: Duration = Duration::from_secs(2);

/// Why a session ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    /// A request failed.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The engine, or a proxy with a time limit, ended the stream of events in good order.
    #[error("the stream of events ended")]
    End,
    /// What came is no event.
    #[error("the Docker engine sent an event of more than {EVENT_BYTES_MAX} bytes")]
    TooLong,
}

/// A look at a container, and why it was made.
struct Look {
    id: String,
    cause: Cause,
    seen: Result<Inspect, RequestError>,
}

enum Cause {
    /// An event. With a position, it is to be told.
    Event(Event, Option<Position>),
    List,
}

pub(super) struct Session<'k> {
    keeper: &'k mut Keeper,
    /// Until the session is known to work: then it is published.
    version: Option<Version>,
    /// Whether a list has come.
    has_list: bool,
    /// In the order in which they were begun.
    looks: FuturesOrdered<BoxFuture<'static, Look>>,
    list: Option<BoxFuture<'static, Result<Vec<Summary>, RequestError>>>,
    /// The beginning of an event that is not there yet.
    rest: BytesMut,
}

impl<'k> Session<'k> {
    pub(super) fn new(keeper: &'k mut Keeper, version: Version) -> Self {
        keeper.fleet.doubt_all();
        keeper.events.reopen(None);
        Self {
            keeper,
            version: Some(version),
            has_list: false,
            looks: FuturesOrdered::new(),
            list: None,
            rest: BytesMut::new(),
        }
    }

    /// Runs until the engine goes away.
    pub(super) async fn run(mut self) -> SessionError {
        let error = match self.subscribe().await {
            Ok(events) => self.listen(events).await,
            Err(error) => error.into(),
        };
        // What was begun is ended, so that no event is left half told.
        while let Some(look) = self.looks.next().await {
            self.looked(look);
        }
        error
    }

    async fn subscribe(&mut self) -> Result<Answer, RequestError> {
        let since = self.keeper.events.since().map(|since| since.minus(SINCE_MARGIN));
        let since = since.unwrap_or(self.keeper.started_at);
        self.keeper.client.stream(&format!("/events?since={}&{PATH_FILTER}", seconds(since))).await
    }

    async fn listen(&mut self, mut events: Answer) -> SessionError {
        let mut list_ticks = ticks(LIST_PERIOD);
        let mut clock_ticks = ticks(clock::PERIOD);
        loop {
            let may_listen = self.looks.len() < LOOKS_MAX && self.keeper.fleet.waiting() < OUTBOX_MAX;
            tokio::select! {
                chunk = events.chunk(), if may_listen => match chunk {
                    Ok(Some(chunk)) => {
                        if let Err(error) = self.take(&chunk) {
                            return error;
                        }
                    }
                    Ok(None) => return SessionError::End,
                    Err(error) => return error.into(),
                },
                Some(look) = self.looks.next(), if !self.looks.is_empty() => {
                    self.looked(look);
                    if self.looks.is_empty() {
                        self.settled();
                    }
                }
                list = until(&mut self.list), if self.list.is_some() => {
                    self.list = None;
                    match list {
                        Ok(list) => self.listed(list),
                        Err(error) => return error.into(),
                    }
                }
                () = self.keeper.fleet.tend() => {}
                _ = list_ticks.tick() => self.ask_for_list(),
                _ = clock_ticks.tick() => self.keeper.clock.look(),
            }
        }
    }

    fn take(&mut self, chunk: &[u8]) -> Result<(), SessionError> {
        self.rest.extend_from_slice(chunk);
        while let Some(end) = memchr::memchr(b'\n', &self.rest) {
            let line = self.rest.split_to(end + 1);
            if let Some(event) = Event::parse(&line) {
                self.event(event);
            }
        }
        if self.rest.len() > EVENT_BYTES_MAX { Err(SessionError::TooLong) } else { Ok(()) }
    }

    fn event(&mut self, event: Event) {
        if !event.is_told() {
            if event.action == Action::Stop {
                self.keeper.fleet.stopping(&event.id);
            }
            return self.look_for(event, None);
        }
        // The engine has only the last events; that older ones are missing is no news.
        let mut new = Vec::new();
        self.keeper.events.offer(event, &mut |taken| {
            if let Taken::Line(event) = taken {
                new.push(event);
            }
        });
        let value = self.keeper.events.cursor().map(|cursor| cursor.encode());
        for event in new {
            match event.action {
                Action::Start => self.keeper.fleet.started(&event),
                Action::Die { .. } => self.keeper.fleet.ended(&event.id),
                _ => {}
            }
            self.look_for(event, Some(Position { key: EVENTS_KEY.to_owned(), value: value.clone() }));
        }
    }

    fn look_for(&mut self, event: Event, position: Option<Position>) {
        let id = event.id.clone();
        self.look(id, Cause::Event(event, position));
    }

    fn look(&mut self, id: String, cause: Cause) {
        let client = self.keeper.client.clone();
        self.looks.push_back(async move { Look { seen: inspect(&client, &id).await, id, cause } }.boxed());
    }

    fn looked(&mut self, Look { id, cause, seen }: Look) {
        let fleet = &mut self.keeper.fleet;
        match seen {
            Ok(inspect) => fleet.inspected(inspect),
            Err(error) if error.status() == Some(http::StatusCode::NOT_FOUND) => fleet.gone(&id, false),
            Err(error) => {
                tracing::debug!(container = %id, %error, "a look at a container failed");
                fleet.doubt(&id);
            }
        }
        let Cause::Event(event, position) = cause else { return };
        match event.action {
            Action::Stop => fleet.asked_to_stop(&id),
            Action::Destroy => fleet.gone(&id, true),
            _ => {}
        }
        if let Some(position) = position {
            fleet.tell(&event, position);
        }
    }

    fn ask_for_list(&mut self) {
        if self.list.is_none() {
            let client = self.keeper.client.clone();
            self.list = Some(async move { client.json("/containers/json?all=1").await }.boxed());
        }
    }

    fn listed(&mut self, mut list: Vec<Summary>) {
        self.has_list = true;
        list.iter_mut().for_each(Summary::settle);
        for id in self.keeper.fleet.listed(list) {
            self.look(id, Cause::List);
        }
        if self.looks.is_empty() {
            self.settled();
        }
    }

    /// Every look is done: what is known is the current set, if all were listed.
    fn settled(&mut self) {
        if !self.has_list {
            return;
        }
        self.keeper.fleet.publish();
        if let Some(Version { version, api_version }) = self.version.take() {
            self.keeper.fleet.turn(Engine::Connected { version, api: api_version });
        }
    }
}

async fn inspect(client: &Client, id: &str) -> Result<Inspect, RequestError> {
    let path = format!("/containers/{id}/json");
    timeout(INSPECT_TIMEOUT, client.json(&path)).await.unwrap_or(Err(RequestError::Late))
}

async fn until<T>(future: &mut Option<BoxFuture<'static, T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
