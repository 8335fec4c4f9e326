//! An outbox in memory, with the rules of the durable one, that can be told to fail.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::Tier;
use crate::deliver::{Outbox, OutboxError, Row};
use crate::message::Message;

/// A row with its time.
#[derive(Clone, Debug)]
struct Waiting {
    row: Row,
    next_ms: i64,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: BTreeMap<i64, Waiting>,
    known: Vec<(String, String, u64)>,
    memory: BTreeMap<(String, String, String), String>,
    ended: Vec<(String, String, &'static str, String)>,
}

/// The outbox.
#[derive(Debug, Default)]
pub(crate) struct Ram {
    inner: Mutex<Inner>,
    changed: watch::Sender<u64>,
    /// Nothing can be written.
    pub(crate) is_full: AtomicBool,
}

impl Ram {
    /// What became of rows: receiver, incident, `sent` or `dead`, and what was said.
    pub(crate) fn ended(&self) -> Vec<(String, String, &'static str, String)> {
        self.lock().ended.clone()
    }

    /// How many rows wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// A process ends and another begins: what was under way is in doubt.
    pub(crate) fn due_at_once(&self) {
        for waiting in self.lock().waiting.values_mut() {
            waiting.next_ms = 0;
        }
        self.wake();
    }

    /// Waits until so many rows have ended.
    pub(crate) async fn wait_ended(&self, count: usize) -> Vec<(String, String, &'static str, String)> {
        let mut changed = self.changed.subscribe();
        let ended = async {
            while self.ended().len() < count {
                changed.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(std::time::Duration::from_secs(40), ended).await;
        waited.unwrap_or_else(|_| panic!("{count} rows that ended; got {:#?}", self.lock()));
        self.ended()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    fn write(&self, act: impl FnOnce(&mut Inner)) -> Result<(), OutboxError> {
        if self.is_full.load(Ordering::Relaxed) {
            return Err(OutboxError("the disk is full".to_owned()));
        }
        act(&mut self.lock());
        self.wake();
        Ok(())
    }

    fn end(&self, id: i64, fate: &'static str, text: &str) -> Result<(), OutboxError> {
        self.write(|inner| {
            if let Some(Waiting { row, .. }) = inner.waiting.remove(&id) {
                inner.ended.push((row.receiver, row.message.incident, fate, text.to_owned()));
            }
        })
    }
}

impl Outbox for Ram {
    fn due(&self, now_ms: i64) -> Result<Vec<Row>, OutboxError> {
        let inner = self.lock();
        let mut first: BTreeMap<&str, &Waiting> = BTreeMap::new();
        for waiting in inner.waiting.values() {
            first.entry(&waiting.row.receiver).or_insert(waiting);
        }
        Ok(first.into_values().filter(|one| one.next_ms <= now_ms).map(|one| one.row.clone()).collect())
    }

    fn late(&self, before_ms: i64) -> Result<Vec<Row>, OutboxError> {
        let inner = self.lock();
        let rows = inner.waiting.values().map(|waiting| &waiting.row);
        let late = rows.filter(|row| row.message.tier == Tier::Critical && row.created_ms < before_ms);
        Ok(late.cloned().collect())
    }

    fn complete(&self, id: i64, message: &Message) -> Result<(), OutboxError> {
        self.write(|inner| {
            if let Some(waiting) = inner.waiting.get_mut(&id) {
                waiting.row.message = message.clone();
            }
        })
    }

    fn begin(&self, id: i64, retry_ms: i64) -> Result<bool, OutboxError> {
        let waits = self.lock().waiting.contains_key(&id);
        self.write(|inner| {
            if let Some(waiting) = inner.waiting.get_mut(&id) {
                waiting.row.tries += 1;
                waiting.row.in_doubt = true;
                waiting.next_ms = retry_ms;
            }
        })?;
        Ok(waits)
    }

    fn sent(&self, id: i64, note: &str, _: i64) -> Result<(), OutboxError> {
        self.end(id, "sent", note)
    }

    fn failed(&self, id: i64, _: &str, next_ms: i64, in_doubt: bool) -> Result<(), OutboxError> {
        self.write(|inner| {
            if let Some(waiting) = inner.waiting.get_mut(&id) {
                (waiting.next_ms, waiting.row.in_doubt) = (next_ms, in_doubt);
            }
        })
    }

    fn dead(&self, id: i64, why: &str, _: i64) -> Result<(), OutboxError> {
        self.end(id, "dead", why)
    }

    fn remember(&self, receiver: &str, incident: &str, key: &str, value: &str) -> Result<(), OutboxError> {
        let key = (receiver.to_owned(), incident.to_owned(), key.to_owned());
        self.write(|inner| drop(inner.memory.insert(key, value.to_owned())))
    }

    fn recall(&self, receiver: &str, incident: &str, key: &str) -> Result<Option<String>, OutboxError> {
        let key = (receiver.to_owned(), incident.to_owned(), key.to_owned());
        Ok(self.lock().memory.get(&key).cloned())
    }

    fn tell(&self, message: &Message, receivers: &[String], now_ms: i64) -> Result<(), OutboxError> {
        self.write(|inner| {
            for receiver in receivers {
                let key = (message.incident.clone(), receiver.clone(), message.sequence);
                if inner.known.contains(&key) {
                    continue;
                }
                inner.known.push(key);
                let id = i64::try_from(inner.known.len()).unwrap();
                let row = Row {
                    id,
                    receiver: receiver.clone(),
                    message: message.clone(),
                    created_ms: now_ms,
                    tries: 0,
                    in_doubt: false,
                    is_overtaken: false,
                };
                inner.waiting.insert(id, Waiting { row, next_ms: now_ms });
            }
        })
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}
