//! The one stream of events of this tab: how the services do, and new lines of the query that is followed.
//!
//! It is closed when nobody has looked at the tab for a while, since a browser grants few connections, and
//! opened again when somebody does.

use std::sync::Arc;
use std::time::Duration;

use crate::prelude::*;
use api::{CriticalAlert, LiveLines, LivePaused, Now, Situation};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_logic::logql::Asked;
use web_logic::query_string;
use web_logic::wire::{self, Read};
use web_sys::{EventSource, MessageEvent, VisibilityState};

use crate::browser;
use crate::client::Client;
use crate::reactive::{derived, effect};
use crate::state::Session;

/// The stream.
#[derive(Clone, Copy)]
pub(crate) struct Live {
    /// How the services do; `None` before the first event.
    pub(crate) now: RwSignal<Option<Arc<Now>>>,
    /// What is broken, and what follows from all that is measured; `None` before the first event.
    pub(crate) situation: RwSignal<Option<Arc<Situation>>>,
    /// What is critical and fires.
    pub(crate) critical: RwSignal<Vec<CriticalAlert>>,
    /// How the stream does.
    pub(crate) link: RwSignal<Link>,
    following: RwSignal<Option<Asked>>,
    listener: StoredValue<Option<Listener>>,
    source: StoredValue<Option<Source>>,
    watched: RwSignal<bool>,
    retries: RwSignal<u32>,
}

/// How the stream does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Nobody looks, or nobody is signed in.
    Closed,
    /// Being opened for the first time.
    Opening,
    /// Events come.
    Open,
    /// It broke and is tried again.
    Lost,
}

/// What whoever follows a query hears.
pub(crate) enum Heard {
    /// The stream is open; lines before this moment may have been missed.
    Opened,
    /// New lines.
    Lines(LiveLines),
    /// Lines that were left out.
    Skipped(u64),
}

type Listener = Arc<dyn Fn(Heard)>;

/// A tab that nobody looks at keeps its stream for so long.
const UNWATCHED: Duration = Duration::from_secs(10);
/// A stream that the browser gave up is opened again after so long.
const RETRY: Duration = Duration::from_secs(3);

impl Live {
    /// Opens the stream as soon as somebody is signed in.
    pub(crate) fn start(session: Session, client: Client) -> Self {
        let live = Self {
            now: RwSignal::new(None),
            situation: RwSignal::new(None),
            critical: RwSignal::new(Vec::new()),
            link: RwSignal::new(Link::Closed),
            following: RwSignal::new(None),
            listener: StoredValue::new(None),
            source: StoredValue::new(None),
            watched: RwSignal::new(true),
            retries: RwSignal::new(0),
        };
        live.watch_visibility();
        let may_read = derived(move || session.may_read());
        effect(move || {
            live.retries.track();
            let following = live.following.get();
            // The old one goes first: browsers count connections.
            live.source.set_value(None);
            if may_read.get() && live.watched.get() {
                live.open(following.as_ref(), client);
            } else {
                live.link.set(Link::Closed);
            }
        });
        live
    }

    /// Tells `listener` about new lines of a query, until [`Live::unfollow`].
    pub(crate) fn follow(self, asked: Asked, listener: impl Fn(Heard) + 'static) {
        self.listener.set_value(Some(Arc::new(listener)));
        self.following.set(Some(asked));
    }

    /// Lines are no longer wanted.
    pub(crate) fn unfollow(self) {
        self.listener.set_value(None);
        if self.following.get_untracked().is_some() {
            self.following.set(None);
        }
    }

    fn open(self, following: Option<&Asked>, client: Client) {
        let pairs = following.map_or_else(String::new, |asked| {
            query_string::write(&[("query", asked.query.clone()), ("levels", asked.levels.clone())])
        });
        let mut source = Source::open(&format!("/app/v1/live?{pairs}"));
        self.link.update(|link| {
            if *link == Link::Closed {
                *link = Link::Opening;
            }
        });
        source.on("open", move |_| {
            self.link.set(Link::Open);
            self.tell(Heard::Opened);
        });
        source.on("error", move |_| self.broken(client));
        source.on("now", move |event| {
            if let Some(now) = data::<Now>(&event) {
                browser::set_server_time(now.at);
                self.now.set(Some(Arc::new(now)));
            }
        });
        source.on("situation", move |event| {
            if let Some(situation) = data::<Situation>(&event) {
                self.situation.set(Some(Arc::new(situation)));
            }
        });
        source.on("alerts", move |event| {
            if let Some(alerts) = data::<Vec<CriticalAlert>>(&event) {
                self.critical.set(alerts);
            }
        });
        source.on("lines", move |event| {
            if let Some(lines) = data::<LiveLines>(&event) {
                self.tell(Heard::Lines(lines));
            }
        });
        source.on("paused", move |event| {
            if let Some(LivePaused { skipped }) = data(&event) {
                self.tell(Heard::Skipped(skipped));
            }
        });
        self.source.set_value(Some(source));
    }

    fn tell(self, heard: Heard) {
        if let Some(listener) = self.listener.get_value() {
            listener(heard);
        }
    }

    /// The browser tries again by itself, except where the server answered with a refusal.
    fn broken(self, client: Client) {
        self.link.set(Link::Lost);
        let given_up = self.source.with_value(|source| {
            source.as_ref().is_none_or(|source| source.events.ready_state() == EventSource::CLOSED)
        });
        // Asking for the session also finds out whether it ended.
        spawn_local(async move { drop(client.session().await) });
        if given_up {
            set_timeout(move || self.retries.update(|retries| *retries += 1), RETRY);
        }
    }

    fn watch_visibility(self) {
        let is_hidden = || document().visibility_state() == VisibilityState::Hidden;
        let changed = move || {
            if !is_hidden() {
                self.watched.maybe_update(|watched| !std::mem::replace(watched, true));
                return;
            }
            set_timeout(
                move || {
                    if is_hidden() {
                        self.watched.set(false);
                    }
                },
                UNWATCHED,
            );
        };
        let _ = document().add_event_listener_with_callback(
            "visibilitychange",
            Closure::<dyn FnMut()>::new(changed).into_js_value().unchecked_ref(),
        );
    }
}

fn data<T: Read>(event: &MessageEvent) -> Option<T> {
    let text = event.data().as_string()?;
    let unread = |fault: &wire::Fault| browser::log_error(&format!("an event could not be read: {fault}"));
    wire::read(&text).inspect_err(unread).ok()
}

/// What is called with each event of one name.
type Handler = Closure<dyn FnMut(MessageEvent)>;

/// An event source that is closed when it is dropped.
struct Source {
    events: EventSource,
    handlers: Vec<(&'static str, Handler)>,
}

impl Source {
    fn open(url: &str) -> Self {
        let events = EventSource::new(url).expect("the address is well formed");
        Self { events, handlers: Vec::new() }
    }

    fn on(&mut self, name: &'static str, handler: impl FnMut(MessageEvent) + 'static) {
        let handler = Closure::new(handler);
        let _ = self.events.add_event_listener_with_callback(name, handler.as_ref().unchecked_ref());
        self.handlers.push((name, handler));
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        for (name, handler) in &self.handlers {
            let _ = self.events.remove_event_listener_with_callback(name, handler.as_ref().unchecked_ref());
        }
        self.events.close();
    }
}
