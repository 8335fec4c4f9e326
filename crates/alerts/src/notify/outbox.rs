//! The outbox: messages that wait to be delivered. Each stands for one receiver; of one incident and receiver each
//! sequence number comes once.

use std::collections::BTreeMap;

use model::Ordered as _;
use serde::{Deserialize, Serialize};

use crate::message::News;
use crate::{Message, Tier};

/// More may not wait. When it is full the least urgent goes, the oldest of them first, and is kept as a dead letter.
const WAITING_MAX: usize = 2_000;
/// Nothing is put off for longer: receivers may ask for an hour at most.
const PUT_OFF_MAX_MS: i64 = 2 * 3_600_000;

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Its number; later ones are larger.
    pub id: i64,
    /// The incident.
    pub incident: String,
    /// To whom.
    pub receiver: String,
    /// The message's number within the incident.
    pub sequence: u64,
    /// How urgent.
    pub tier: Tier,
    /// What is told.
    pub message: Message,
    /// When it was made.
    pub created_ms: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// It is not tried before.
    pub next_ms: i64,
    /// An attempt may have arrived without our knowing.
    pub in_doubt: bool,
    /// The receiver has heard nothing of the incident before.
    pub is_first: bool,
}

/// What became of a message that no longer waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It was delivered.
    Sent,
    /// It was given up.
    Dead,
    /// A later one says all that it said.
    Superseded,
}

impl Fate {
    /// Its word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Superseded => "superseded",
        }
    }
}

/// A row that is no longer in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Gone {
    /// The row as it last was.
    pub row: OutboxRow,
    /// What became of it.
    pub fate: Fate,
    /// What the receiver said, or why it was given up.
    pub note: String,
    /// When.
    pub at_ms: i64,
}

/// The messages that wait.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    pub(crate) rows: BTreeMap<i64, OutboxRow>,
    /// The last number that was given.
    pub(crate) last_id: i64,
}

/// What putting a message in the outbox did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Put {
    /// The row, unless there is nothing to tell any more.
    pub id: Option<i64>,
    /// The rows that it took the place of.
    pub gone: Vec<Gone>,
}

impl Outbox {
    /// Puts a message in for a receiver. What is not tried yet of the same incident is said by the new one: it takes its
    /// place. An end of which the receiver never heard the beginning is not told at all.
    pub fn put(&mut self, message: &Message, receiver: &str, is_first: bool, now_ms: i64) -> Put {
        let mut message = message.clone();
        let of_both = |row: &&OutboxRow| row.incident == message.incident && row.receiver == receiver;
        let stale = self.rows.values().filter(of_both).filter(|row| is_stale(row, &message));
        let stale: Vec<i64> = stale.map(|row| row.id).collect();
        let note = "a later message says it";
        let mut gone: Vec<Gone> =
            stale.iter().filter_map(|id| self.take(*id, Fate::Superseded, note, now_ms)).collect();
        let is_first = is_first || gone.iter().any(|gone| gone.row.is_first);
        if is_first && message.is_resolved() {
            return Put { id: None, gone };
        }
        if is_first && matches!(message.news, News::Changed | News::Reminder) {
            message.news = News::Firing;
        }
        if self.rows.len() >= WAITING_MAX {
            gone.extend(self.make_room(now_ms));
        }
        self.last_id += 1;
        let row = OutboxRow {
            id: self.last_id,
            incident: message.incident.clone(),
            receiver: receiver.to_owned(),
            sequence: message.sequence,
            tier: message.tier,
            message,
            created_ms: now_ms,
            attempts: 0,
            next_ms: now_ms,
            in_doubt: false,
            is_first,
        };
        self.rows.insert(row.id, row);
        Put { id: Some(self.last_id), gone }
    }

    /// Takes a row out.
    pub fn take(&mut self, id: i64, fate: Fate, note: &str, at_ms: i64) -> Option<Gone> {
        let row = self.rows.remove(&id)?;
        Some(Gone { row, fate, note: note.to_owned(), at_ms })
    }

    /// The rows that may be tried now: of each receiver the oldest, if its time has come.
    pub fn due(&self, now_ms: i64, max: usize) -> Vec<&OutboxRow> {
        let mut first: BTreeMap<&str, &OutboxRow> = BTreeMap::new();
        for row in self.rows.values() {
            first.entry(&row.receiver).or_insert(row);
        }
        // What waits for longer than anybody may ask for was put off by a clock that was wrong.
        let is_due = |row: &&OutboxRow| row.next_ms <= now_ms || row.next_ms - now_ms > PUT_OFF_MAX_MS;
        let mut due: Vec<&OutboxRow> = first.into_values().filter(is_due).collect();
        due.order_by_key(|row| (std::cmp::Reverse(row.tier), row.id));
        due.truncate(max);
        due
    }

    /// When the next row may be tried.
    pub fn next_ms(&self) -> Option<i64> {
        let mut first: BTreeMap<&str, i64> = BTreeMap::new();
        for row in self.rows.values() {
            first.entry(&row.receiver).or_insert(row.next_ms);
        }
        first.into_values().min()
    }

    /// Whether word waits behind a row that somebody has its incident, or that it is over.
    pub fn is_overtaken(&self, row: &OutboxRow) -> bool {
        let is_end = |news: &News| matches!(news, News::Acknowledged { .. } | News::Resolved { .. });
        let mut later = self.rows.range(row.id + 1..).map(|(_, later)| later);
        later.any(|later| {
            later.incident == row.incident && later.receiver == row.receiver && is_end(&later.message.news)
        })
    }

    /// Whether such a message waits.
    pub fn has(&self, incident: &str, receiver: &str, sequence: u64) -> bool {
        let same = |row: &OutboxRow| {
            row.incident == incident && row.receiver == receiver && row.sequence == sequence
        };
        self.rows.values().any(same)
    }

    fn make_room(&mut self, now_ms: i64) -> Option<Gone> {
        let id = self.rows.values().min_by_key(|row| (row.tier, row.id)).map(|row| row.id)?;
        self.take(id, Fate::Dead, "the outbox was full", now_ms)
    }
}

/// Whether a row has nothing to say beside a newer message of the same incident to the same receiver.
fn is_stale(row: &OutboxRow, newer: &Message) -> bool {
    let untried = row.attempts == 0;
    let surely_failed = row.attempts > 0 && !row.in_doubt;
    match newer.news {
        News::Notice | News::Report | News::Digest => false,
        // That somebody has it does not replace what it is.
        News::Acknowledged { .. } => untried && row.message.news == News::Reminder,
        News::Resolved { .. } => untried || surely_failed,
        _ => untried,
    }
}
