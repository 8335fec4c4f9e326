//! What delivering needs of the store. Every change is durable when the call returns: the outbox is what makes a message
//! arrive at least once, and hardly ever twice, whatever ends the process.

use tokio::sync::watch;

use crate::message::Message;

/// A message on its way to one receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Names the row; later rows have larger numbers.
    pub id: i64,
    /// The receiver's name.
    pub receiver: String,
    /// What is told.
    pub message: Message,
    /// When it was put in, milliseconds since 1970.
    pub created_ms: i64,
    /// How often it was tried.
    pub tries: u32,
    /// An attempt was begun and its outcome is not known: the answer was lost, or the process ended. The other side may
    /// have the message.
    pub in_doubt: bool,
    /// Behind it waits word that somebody has the incident, or that it is over.
    pub is_overtaken: bool,
}

/// The store could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the outbox: {0}")]
pub struct OutboxError(pub String);

/// The rows that wait. Calls block for the disk.
pub trait Outbox: Send + Sync + 'static {
    /// Of each receiver the oldest row that waits, if its time has come.
    fn due(&self, now_ms: i64) -> Result<Vec<Row>, OutboxError>;

    /// Critical rows that were put in before `before_ms` and still wait, of whatever receiver, first in line or not.
    fn late(&self, before_ms: i64) -> Result<Vec<Row>, OutboxError>;

    /// Puts in what was found out since the message was made: evidence and links.
    fn complete(&self, id: i64, message: &Message) -> Result<(), OutboxError>;

    /// An attempt begins: one more try, in doubt until its outcome is told. If the process ends before that, it is tried
    /// again at `retry_ms`. `false`: the row waits no longer, since a later message says it; it must not be sent.
    fn begin(&self, id: i64, retry_ms: i64) -> Result<bool, OutboxError>;

    /// The other side has it.
    fn sent(&self, id: i64, note: &str, now_ms: i64) -> Result<(), OutboxError>;

    /// It is tried again at `next_ms`; in doubt if the other side may have it all the same.
    fn failed(&self, id: i64, why: &str, next_ms: i64, in_doubt: bool) -> Result<(), OutboxError>;

    /// It is not tried again. Kept and shown.
    fn dead(&self, id: i64, why: &str, now_ms: i64) -> Result<(), OutboxError>;

    /// Keeps a word of a receiver about an incident: the call that was made, the message to be changed.
    fn remember(&self, receiver: &str, incident: &str, key: &str, value: &str) -> Result<(), OutboxError>;

    /// What was kept.
    fn recall(&self, receiver: &str, incident: &str, key: &str) -> Result<Option<String>, OutboxError>;

    /// Puts a message in for receivers; nothing where it is there already (incident, receiver and sequence are unique).
    fn tell(&self, message: &Message, receivers: &[String], now_ms: i64) -> Result<(), OutboxError>;

    /// Changes whenever there may be something new to send.
    fn changed(&self) -> watch::Receiver<u64>;
}
