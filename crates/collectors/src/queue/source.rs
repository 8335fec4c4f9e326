//! One broker's task: looks at its queues at every tick, counts what is told meanwhile, and appends both.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

use model::Ordered as _;
use model::metric::About;
use model::{Labels, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::address::Place;
use super::brokers::Broker;
use super::celery::{self, Events};
use super::config::Kind;
use super::follow::{Heard, follow};
use super::redis::{Connection, RedisError, Tls};
use super::state::QueueState;
use super::{resolve, rq, telling};
use crate::appender::Appender;
use crate::book::Book;
use crate::scrape::Origin;
use crate::scrape::schedule::Schedule;

/// What is heard and not counted yet.
const HEARD_MAX: usize = 1024;

/// What is told of all brokers: each has its own among them.
pub(super) type Status = Arc<watch::Sender<Vec<QueueState>>>;

/// Looks at a broker until `shutdown`. At the end its series end too.
pub(super) async fn run<A: Appender>(
    broker: watch::Receiver<Broker>,
    identity: Labels,
    appender: A,
    status: Status,
    shutdown: CancellationToken,
) {
    let (telling, mut heard) = mpsc::channel(HEARD_MAX);
    let listens = broker.borrow().settings.events && broker.borrow().unreadable.is_none();
    let mut source = Source::new(broker.clone(), &identity, appender, status);
    let listening = async {
        if listens {
            follow(broker, telling).await;
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        ((), ()) = async { tokio::join!(source.work(&mut heard), listening) } => {}
    }
    source.end(now()).await;
}

struct Source<A: Appender> {
    broker: watch::Receiver<Broker>,
    target: Arc<str>,
    appender: A,
    book: Book<A>,
    status: Status,
    connection: Option<Connection>,
    celery: celery::Watch,
    rq: rq::Watch,
    events: Events,
    /// Queues that were seen the last time.
    seen: celery::Seen,
    /// What cannot be read of events.
    unreadable: Option<String>,
    orders: celery::Orders,
    looked_at: Option<Timestamp>,
}

impl<A: Appender> Source<A> {
    fn new(broker: watch::Receiver<Broker>, identity: &Labels, appender: A, status: Status) -> Self {
        let first = broker.borrow().clone();
        let kind = first.settings.kind;
        let target: Arc<str> = format!("{}/{}", kind.name(), first.label).into();
        let labels = identity.with("job", kind.name()).with("instance", &first.label);
        let labels = labels.with("project", first.project.as_deref().unwrap_or_default());
        let descriptions = match kind {
            Kind::Celery => celery::DESCRIPTIONS,
            Kind::Rq => rq::DESCRIPTIONS,
        };
        for (family, kind, help) in descriptions {
            let unit = if family.ends_with("_seconds") { "seconds" } else { "" };
            let about = About { kind: *kind, help: (*help).to_owned(), unit: unit.to_owned() };
            appender.describe(&target, family, &about);
        }
        Self {
            book: Book::new(appender.clone(), labels),
            celery: celery::Watch::new(first.settings.keys.clone()),
            rq: rq::Watch::new(&first.settings.keys.prefix),
            broker,
            target,
            appender,
            status,
            connection: None,
            events: Events::default(),
            seen: celery::Seen::default(),
            unreadable: None,
            orders: celery::Orders::default(),
            looked_at: None,
        }
    }

    async fn work(&mut self, heard: &mut mpsc::Receiver<Heard>) {
        let interval = self.broker.borrow().settings.interval;
        let mut schedule = Schedule::new(now(), interval);
        loop {
            tokio::select! {
                Some(heard) = heard.recv() => self.hear(heard),
                () = tokio::time::sleep(schedule.wait(now())) => {
                    let at = schedule.begin(now());
                    self.look(at).await;
                }
            }
        }
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Listening => self.orders = celery::Orders::default(),
            Heard::Lost => self.events.note_gap(),
            Heard::TooLong => self.events.note_too_long(),
            Heard::Refused(why) => self.unreadable = Some(format!("events are not heard: {why}")),
            Heard::Unreadable(why) => {
                self.events.note_unreadable();
                self.unreadable = Some(why);
            }
            Heard::Events(events) => {
                self.unreadable = None;
                let now = now();
                events.into_iter().for_each(|event| self.events.take(event, now));
            }
        }
    }

    /// One look, which counts as made at `at`.
    async fn look(&mut self, at: Timestamp) {
        let broker = self.broker.borrow_and_update().clone();
        let mut state = telling::state(&broker);
        let asked = match &broker.unreadable {
            Some(why) => Err(why.clone()),
            None => match broker.settings.kind {
                Kind::Celery => self.look_at_celery(&broker, at, &mut state).await,
                Kind::Rq => self.look_at_rq(&broker, at, &mut state).await,
            }
            .map_err(|error| error.to_string()),
        };
        match &asked {
            Ok(()) => self.looked_at = Some(at),
            Err(_) => self.connection = None,
        }
        state.looked_at = self.looked_at;
        state.problem = asked.err();
        self.book.put("up", &[], f64::from(u8::from(state.problem.is_none())));
        let samples = self.book.take();
        self.appender.append(&self.target, at, samples).await;
        self.tell(state);
    }

    async fn look_at_celery(
        &mut self,
        broker: &Broker,
        at: Timestamp,
        state: &mut QueueState,
    ) -> Result<(), RedisError> {
        let mut named = broker.settings.queues.clone();
        named.extend(broker.workers.iter().flat_map(|worker| worker.queues.iter().cloned()));
        named.extend(self.events.queues().map(str::to_owned));
        let mut seen = self.ask_celery(broker, &named).await;
        if self.is_worth_another(&seen) {
            seen = self.ask_celery(broker, &named).await;
        }
        self.seen = match seen {
            Ok(seen) => seen,
            Err(error) => {
                // What was counted stays counted; of workers nothing is heard, which says nothing of them.
                celery::put_counts(&mut self.book, &mut self.events);
                return Err(error);
            }
        };
        let is_empty =
            |queue: &str| self.seen.queues.iter().any(|(name, steps)| name == queue && is_empty(steps));
        self.events.note_empty(is_empty, at);
        self.events.forget(at);
        let only = match self.seen.queues.as_slice() {
            [(only, _)] => Some(only.as_str()),
            _ => None,
        };
        self.events.settle(only, at);
        celery::put_seen(&mut self.book, &self.seen, at);
        celery::put_waiting(&mut self.book, &self.events, &self.seen, at);
        celery::put_counts(&mut self.book, &mut self.events);
        celery::put_workers(&mut self.book, &self.events, at);
        celery::put_processes(&mut self.book, &telling::processes(broker, &self.events, &self.seen, at));
        telling::celery(state, broker, &self.events, &self.seen, self.unreadable.as_deref(), at);
        self.order(broker, at).await
    }

    async fn look_at_rq(
        &mut self,
        broker: &Broker,
        at: Timestamp,
        state: &mut QueueState,
    ) -> Result<(), RedisError> {
        let mut seen = self.ask_rq(broker).await;
        if self.is_worth_another(&seen) {
            seen = self.ask_rq(broker).await;
        }
        let seen = seen?;
        rq::put(&mut self.book, &seen);
        telling::rq(state, &seen, at);
        Ok(())
    }

    async fn ask_celery(
        &mut self,
        broker: &Broker,
        named: &BTreeSet<String>,
    ) -> Result<celery::Seen, RedisError> {
        let connection = connected(&mut self.connection, broker).await?;
        self.celery.look(connection, named).await
    }

    async fn ask_rq(&mut self, broker: &Broker) -> Result<rq::Seen, RedisError> {
        let connection = connected(&mut self.connection, broker).await?;
        self.rq.look(connection, &broker.settings.queues).await
    }

    /// Redis closes connections that were idle, and restarts: a connection that broke says nothing of the next one.
    fn is_worth_another<T>(&mut self, asked: &Result<T, RedisError>) -> bool {
        matches!(asked, Err(RedisError::Broken(_))) && self.connection.take().is_some()
    }

    /// Tells workers to tell of their tasks, where the settings ask for it and some do not.
    async fn order(&mut self, broker: &Broker, at: Timestamp) -> Result<(), RedisError> {
        let silent = self.events.silent_workers(at);
        if !broker.settings.enable_events || !self.orders.are_due(silent) {
            return Ok(());
        }
        let order = celery::enable_events(&broker.settings.keys, broker.settings.address.db);
        connected(&mut self.connection, broker).await?.ask_one(order).await?;
        Ok(())
    }

    fn tell(&self, state: QueueState) {
        self.status.send_modify(|all| {
            match all.iter_mut().find(|other| other.kind == state.kind && other.broker == state.broker) {
                Some(place) => *place = state,
                None => {
                    all.push(state);
                    all.order_by(|a, b| (a.kind, &a.broker).cmp(&(b.kind, &b.broker)));
                }
            }
        });
    }

    /// Markers for all series: the broker is no longer looked at.
    async fn end(self, at: Timestamp) {
        let (kind, label) = {
            let broker = self.broker.borrow();
            (broker.settings.kind, broker.label.clone())
        };
        self.appender.append(&self.target, at, self.book.end()).await;
        self.status.send_modify(|all| all.retain(|one| one.kind != kind || one.broker != label));
    }
}

fn is_empty(by_step: &[(u8, u64)]) -> bool {
    by_step.iter().all(|(_, length)| *length == 0)
}

/// The connection that stands, or a new one.
async fn connected<'a>(
    place: &'a mut Option<Connection>,
    broker: &Broker,
) -> Result<&'a mut Connection, RedisError> {
    let connection = match place.take() {
        Some(connection) => connection,
        None => connect(broker).await?,
    };
    Ok(place.insert(connection))
}

/// Connects to a broker by the ways that are known.
pub(super) async fn connect(broker: &Broker) -> Result<Connection, RedisError> {
    let settings = &broker.settings;
    let is_written = matches!(broker.origin, Origin::File { .. });
    let candidates = resolve::candidates(&settings.address, &broker.ways, is_written).await;
    let tls: Option<Tls> = match &settings.address.place {
        Place::Port { tls: true, host, .. } => {
            let config = settings.tls.config();
            Some(Arc::new(config.map_err(|error| RedisError::Tls(host.clone(), error.to_string()))?))
        }
        _ => None,
    };
    Connection::open(&settings.address, &candidates, tls.as_ref()).await
}

fn now() -> Timestamp {
    SystemTime::now().into()
}
