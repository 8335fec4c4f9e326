//! The containers as a Docker engine knows them: their states, their last lines, and what happened to them.
//!
//! The simulation writes, the API reads. Every change of state that a real engine reports as an event is one
//! here too, so the two can never disagree.

mod container;
mod event;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Timestamp;
use tokio::sync::watch;

pub(crate) use container::{Container, Health, Healthcheck, Line, Spec, State, Stream};
pub(crate) use event::Event;

use crate::ring::Ring;

/// A real engine remembers its last 256 events; this is about as many.
const EVENT_BYTES_MAX: usize = 512 << 10;

/// A handle to the engine's state.
#[derive(Clone)]
pub(crate) struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    /// Held for moments only, never across an await.
    memory: Mutex<Memory>,
    changed: watch::Sender<()>,
}

/// All that the engine remembers.
pub(crate) struct Memory {
    /// The newest first, as Docker lists them.
    pub(crate) containers: Vec<Container>,
    pub(crate) events: Ring<Event>,
    /// The simulation's present.
    pub(crate) now: Timestamp,
}

impl Engine {
    pub(crate) fn new(now: Timestamp) -> Self {
        let memory = Memory { containers: Vec::new(), events: Ring::new(EVENT_BYTES_MAX), now };
        Self { shared: Arc::new(Shared { memory: Mutex::new(memory), changed: watch::Sender::new(()) }) }
    }

    /// Looks at the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Memory) -> T) -> T {
        look(&self.lock())
    }

    /// Woken after each step of the simulation.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.shared.changed.subscribe()
    }

    /// Ends a step of the simulation: followers look again.
    pub(crate) fn publish(&self, now: Timestamp) {
        self.lock().now = now;
        self.shared.changed.send_replace(());
    }

    /// Makes a container that does not run yet.
    pub(crate) fn create(&self, at: Timestamp, id: String, name: String, spec: Spec) {
        let mut memory = self.lock();
        memory.containers.insert(0, Container::new(at, id.clone(), name, spec));
        memory.tell(at, &id, "create", &[]);
    }

    pub(crate) fn start(&self, at: Timestamp, id: &str) {
        self.change(id, |memory, index| {
            memory.containers[index].start(at);
            memory.tell(at, id, "start", &[]);
        });
    }

    /// Tells that a signal was sent; what the process does about it is the simulation's matter.
    pub(crate) fn kill(&self, at: Timestamp, id: &str, signal: u8) {
        self.change(id, |memory, _| memory.tell(at, id, "kill", &[("signal", signal.to_string())]));
    }

    pub(crate) fn oom(&self, at: Timestamp, id: &str) {
        self.change(id, |memory, index| {
            memory.containers[index].oom_killed = true;
            memory.tell(at, id, "oom", &[]);
        });
    }

    /// The process ended. `restarts`: its restart policy is about to start it again.
    pub(crate) fn die(&self, at: Timestamp, id: &str, exit_code: i64, restarts: bool) {
        self.change(id, |memory, index| {
            let ran = memory.containers[index].end(at, exit_code, restarts);
            let attributes =
                [("execDuration", ran.as_secs().to_string()), ("exitCode", exit_code.to_string())];
            memory.tell(at, id, "die", &attributes);
        });
    }

    /// `docker stop` has come to its end.
    pub(crate) fn stopped(&self, at: Timestamp, id: &str) {
        self.change(id, |memory, _| memory.tell(at, id, "stop", &[]));
    }

    pub(crate) fn rename(&self, at: Timestamp, id: &str, name: &str) {
        self.change(id, |memory, index| {
            let old = std::mem::replace(&mut memory.containers[index].name, name.to_owned());
            memory.tell(at, id, "rename", &[("oldName", format!("/{old}"))]);
        });
    }

    pub(crate) fn destroy(&self, at: Timestamp, id: &str) {
        self.change(id, |memory, index| {
            memory.tell(at, id, "destroy", &[]);
            memory.containers.remove(index);
        });
    }

    /// A health check ran; tells so where it changes what the container counts as.
    pub(crate) fn probed(&self, at: Timestamp, id: &str, passed: bool) {
        self.change(id, |memory, index| {
            if let Some(health) = memory.containers[index].probed(at, passed) {
                memory.tell(at, id, &format!("health_status: {}", health.word()), &[]);
            }
        });
    }

    /// The container wrote a line.
    pub(crate) fn append(&self, at: Timestamp, id: &str, stream: Stream, text: &str) {
        self.change(id, |memory, index| memory.containers[index].append(at, stream, text));
    }

    fn change(&self, id: &str, act: impl FnOnce(&mut Memory, usize)) {
        let mut memory = self.lock();
        if let Some(index) = memory.containers.iter().position(|container| container.id == id) {
            act(&mut memory, index);
        }
    }

    /// A panic elsewhere leaves no half-made state behind: every change is one call.
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.shared.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    /// By full id, by name with or without slash, or by the beginning of the id, if it is the only one.
    pub(crate) fn find(&self, reference: &str) -> Option<&Container> {
        let name = reference.trim_start_matches('/');
        let exact = self.containers.iter().find(|one| one.id == reference || one.name == name);
        let mut prefixed = self.containers.iter().filter(|one| one.id.starts_with(reference));
        exact.or_else(|| prefixed.next().filter(|_| !reference.is_empty() && prefixed.next().is_none()))
    }

    fn tell(&mut self, at: Timestamp, id: &str, action: &str, attributes: &[(&str, String)]) {
        let Some(container) = self.containers.iter().find(|container| container.id == id) else { return };
        let event = Event::new(at, container, action, attributes);
        let bytes = event.bytes();
        self.events.push(event, bytes);
    }
}
