//! `alerts.db`: the machine, kept. Every call that changes something is one transaction of the whole change: states,
//! incidents, messages and history stand together or not at all, and the next start goes on from there.
//!
//! ```ignore
//! let keep = Keep::open(path, policy)?;              // cheap to clone
//! let turns = keep.look(&look, now_ms);              // kept when it returns
//! let next = keep.tick(now_ms);                      // call again then, or sooner
//! ```
//!
//! Calls wait for the disk: call them from threads that may. Where the disk is full alerts go on from memory: what could
//! not be written is written with the next change, and [`Keep::status`] says so. Waking somebody twice after a crash is
//! better than not at all.

mod load;
mod outbox;
mod pages;
mod status;
mod upkeep;
mod words;
mod write;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Ordered as _;
use rusqlite::{Connection, OptionalExtension, params};
use store::Schema;
use tokio::sync::watch;

pub use pages::PageRule;
pub use status::{KeepStatus, Letter, ReceiverCounts};

use crate::Look;
use crate::acknowledge::{AcknowledgeError, LINK_MS, Link, LinkError, Links};
use crate::config::policy::Policy;
use crate::machine::{Changes, Machine, Transition};
use crate::notify::Fate;
use crate::shown::{self, Linked, NewSilence, SentAlert, Silence};
use crate::silence::{SilenceError, fresh_id};

pub(crate) const SCHEMA: Schema =
    Schema { name: "alerts", application_id: 0x5048_4152, versions: &[include_str!("keep/schema.sql")] };

/// What is told later.
const LATER: &str = "later";
const LINK_KEY: &str = "link_key";
/// A tick is wanted at least so often: clocks jump.
const TICK_MAX_MS: i64 = 60_000;

/// The machine and its file.
#[derive(Clone, Debug)]
pub struct Keep(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    inner: Mutex<Inner>,
    links: Links,
    changed: watch::Sender<u64>,
}

#[derive(Debug)]
struct Inner {
    machine: Machine,
    connection: Connection,
    /// What could not be written yet.
    unwritten: Changes,
    fault: Option<String>,
    upkept_ms: i64,
}

impl Keep {
    /// Opens the file, makes it if there is none, and goes on from what it holds.
    pub fn open(path: &Path, policy: Policy) -> Result<Self, store::OpenError> {
        let connection = store::open(path, &SCHEMA)?;
        let damaged = |error: rusqlite::Error| store::OpenError::Damaged {
            path: path.to_owned(),
            name: SCHEMA.name,
            reason: error.to_string(),
        };
        connection.set_prepared_statement_cache_capacity(64);
        let machine = load::load(&connection, Arc::new(policy)).map_err(damaged)?;
        let links = Links::new(&link_key(&connection).map_err(damaged)?);
        let unwritten = Changes::default();
        let inner = Mutex::new(Inner { machine, connection, unwritten, fault: None, upkept_ms: 0 });
        Ok(Self(Arc::new(Shared { inner, links, changed: watch::Sender::new(0) })))
    }

    /// Goes by another policy from now on.
    pub fn set_policy(&self, policy: Policy) {
        self.lock().machine.set_policy(Arc::new(policy));
        self.wake();
    }

    /// Takes in what a rule found; gives the turns that alerts took.
    pub fn look(&self, look: &Look, now_ms: i64) -> Vec<Transition> {
        self.change(|machine| machine.look(look, now_ms)).1
    }

    /// Takes in alerts that another program sent.
    pub fn receive(&self, alerts: Vec<SentAlert>, now_ms: i64) -> Vec<Transition> {
        self.change(|machine| machine.receive(alerts, now_ms)).1
    }

    /// Ends the alerts of all rules but these.
    pub fn rules_are(&self, names: &[&str], now_ms: i64) -> Vec<Transition> {
        self.change(|machine| machine.rules_are(names, now_ms)).1
    }

    /// Lets time go by; gives the turns that alerts took, and when the next tick is wanted.
    pub fn tick(&self, now_ms: i64) -> (Vec<Transition>, i64) {
        let mut inner = self.lock();
        inner.upkeep(now_ms);
        inner.send_report(now_ms);
        let (next, turns) = self.change_in(inner, |machine| machine.tick(now_ms));
        (turns, next.unwrap_or(i64::MAX).clamp(now_ms + 1, now_ms + TICK_MAX_MS))
    }

    /// All alerts that are pending, on, or over for a few minutes.
    pub fn alerts(&self, now_ms: i64) -> Vec<shown::Alert> {
        self.lock().machine.shown(now_ms)
    }

    /// Those of one rule of ours, drills left out. For those who must not wait for the disk themselves.
    pub(crate) async fn alerts_of(&self, rule: &str, now_ms: i64) -> Vec<shown::Alert> {
        let (keep, rule) = (self.clone(), rule.to_owned());
        let shown = move || keep.lock().machine.shown_of_rule(&rule, now_ms);
        tokio::task::spawn_blocking(shown).await.unwrap_or_default()
    }

    /// Whether something critical is on that nobody silenced.
    pub fn is_critical(&self, now_ms: i64) -> bool {
        self.lock().machine.is_critical(now_ms)
    }

    /// Changes whenever an alert, a silence or the outbox does.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// The silences, those that ended in the last days too; those that end last first.
    pub fn silences(&self) -> Vec<Silence> {
        let mut silences: Vec<Silence> = self.lock().machine.silences.values().cloned().collect();
        silences.order_by(|a, b| (b.ends_ms, &b.id).cmp(&(a.ends_ms, &a.id)));
        silences
    }

    /// Makes or changes a silence; gives its id.
    pub fn silence(&self, new: NewSilence, now_ms: i64) -> Result<String, SilenceError> {
        self.change(|machine| machine.silence(new, fresh_id(random()), now_ms)).0
    }

    /// Ends a silence.
    pub fn expire(&self, id: &str, now_ms: i64) -> Result<(), SilenceError> {
        self.change(|machine| machine.expire(id, now_ms)).0
    }

    /// Somebody has an incident (or the incident of an alert, by its fingerprint) until then; without an end, as long as
    /// the policy says. Gives the incident.
    pub fn acknowledge(
        &self,
        target: &str,
        owner: &str,
        until_ms: Option<i64>,
        now_ms: i64,
    ) -> Result<String, AcknowledgeError> {
        self.change(|machine| machine.acknowledge(target, owner, until_ms, now_ms)).0
    }

    /// Nobody has it any more.
    pub fn unacknowledge(&self, target: &str, by: &str, now_ms: i64) -> Result<(), AcknowledgeError> {
        self.change(|machine| machine.unacknowledge(target, by, now_ms)).0
    }

    /// The token of a link by which this receiver may acknowledge this incident.
    pub fn link(&self, incident: &str, receiver: &str, now_ms: i64) -> String {
        let link = Link {
            incident: incident.to_owned(),
            receiver: receiver.to_owned(),
            expires_ms: now_ms + LINK_MS,
        };
        self.0.links.make(&link)
    }

    /// What a link is for.
    pub fn verify_link(&self, token: &str, now_ms: i64) -> Result<Linked, LinkError> {
        let link = self.0.links.verify(token, now_ms)?;
        let inner = self.lock();
        if !inner.machine.incidents.contains_key(&link.incident) {
            return Err(LinkError::Gone);
        }
        let alerts = inner.machine.shown_of(&link.incident, now_ms);
        Ok(Linked { incident: link.incident, alerts, receiver: link.receiver, expires_ms: link.expires_ms })
    }

    /// What was seen when an incident began, for whoever looks at its alerts.
    pub fn set_evidence(&self, incident: &str, evidence: api::Evidence) {
        self.change(|machine| {
            if let Some(found) = machine.incidents.get_mut(incident) {
                found.evidence = evidence;
                machine.changes.incidents.insert(incident.to_owned());
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic in a call leaves values that were all valid in themselves.
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut Machine) -> T) -> (T, Vec<Transition>) {
        self.change_in(self.lock(), act)
    }

    fn change_in<T>(
        &self,
        mut inner: MutexGuard<'_, Inner>,
        act: impl FnOnce(&mut Machine) -> T,
    ) -> (T, Vec<Transition>) {
        let done = act(&mut inner.machine);
        let changes = inner.machine.take_changes();
        let turns = changes.history.clone();
        let is_new = !changes.is_empty();
        inner.unwritten.absorb(changes);
        if !inner.unwritten.is_empty() {
            inner.write();
        }
        drop(inner);
        if is_new {
            self.wake();
        }
        (done, turns)
    }

    fn wake(&self) {
        self.0.changed.send_modify(|count| *count += 1);
    }
}

impl Inner {
    fn write(&mut self) {
        match write::write(&mut self.connection, &self.machine, &self.unwritten) {
            Ok(()) => {
                self.unwritten = Changes::default();
                if self.fault.take().is_some() {
                    tracing::info!("alerts.db can be written again; nothing was lost");
                }
            }
            Err(error) => {
                if self.fault.replace(error.to_string()).is_none() {
                    tracing::error!(%error, "alerts.db cannot be written; alerts go on from memory");
                }
            }
        }
    }
}

fn link_key(connection: &Connection) -> rusqlite::Result<Vec<u8>> {
    if let Some(key) = meta(connection, LINK_KEY)? {
        return Ok(key);
    }
    let key = [random(), random()].concat();
    set_meta(connection, LINK_KEY, &key)?;
    Ok(key)
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    statement.query_row([key], |row| row.get(0)).optional()
}

fn set_meta(connection: &Connection, key: &str, value: &[u8]) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?;
    statement.execute(params![key, value]).map(|_| ())
}

/// What the outbox is asked to do with one row.
impl Keep {
    fn end_row(&self, id: i64, fate: Fate, note: &str, now_ms: i64) {
        self.change(|machine| machine.end_row(id, fate, note, now_ms));
    }
}

#[cfg(test)]
mod tests;
