//! The protobuf form.
//!
//! ```text
//! Request      { 1: repeated ResourceLogs }
//! ResourceLogs { 1: Resource { 1: repeated KeyValue }, 2: repeated ScopeLogs }
//! ScopeLogs    { 1: Scope { 1: name, 2: version, 3: repeated KeyValue, 4: dropped }, 2: repeated LogRecord }
//! LogRecord    { 1: fixed64 time, 2: severity, 3: severity text, 5: AnyValue body, 6: repeated KeyValue,
//!                7: dropped, 8: fixed32 flags, 9: trace id, 10: span id, 11: fixed64 observed time }
//! KeyValue     { 1: key, 2: AnyValue }
//! AnyValue     { 1: text, 2: bool, 3: int64, 4: double, 5: { 1: repeated AnyValue },
//!                6: { 1: repeated KeyValue }, 7: bytes }
//! ```
//! Unknown fields are skipped.

use model::{Batch, Entry, Timestamp};

use super::any::{Any, Attributes, DEPTH_MAX};
use super::record::{Record, ResourceLogs, Scope, batches, carry};
use crate::fault::Fault;
use crate::loki::push::tally::{self, Tally};
use crate::wire::{Field, Message, WireFault};

enum Unreadable {
    Wire(WireFault),
    TooMany,
}

impl From<WireFault> for Unreadable {
    fn from(fault: WireFault) -> Self {
        Self::Wire(fault)
    }
}

pub(super) fn decode(bytes: &[u8], now: Timestamp) -> Result<Vec<Batch>, Fault> {
    let mut reader = Reader { tally: Tally::default(), now };
    reader.request(Message::new(bytes)).map(batches).map_err(|unreadable| match unreadable {
        Unreadable::TooMany => tally::too_many(),
        Unreadable::Wire(fault) => Fault::bad_request(format!("the body is no OTLP request: {fault}")),
    })
}

struct Reader {
    tally: Tally,
    now: Timestamp,
}

impl Reader {
    fn request(&mut self, mut message: Message<'_>) -> Result<Vec<ResourceLogs>, Unreadable> {
        let mut resources = Vec::new();
        while let Some(field) = message.next()? {
            if field.number == 1 {
                self.count()?;
                resources.push(self.resource_logs(field.message()?)?);
            }
        }
        Ok(resources)
    }

    fn resource_logs(&mut self, mut message: Message<'_>) -> Result<ResourceLogs, Unreadable> {
        let mut logs = ResourceLogs::default();
        while let Some(field) = message.next()? {
            match field.number {
                1 => logs.attributes = self.attributes(field.message()?, 1)?,
                2 => logs.entries.append(&mut self.scope_logs(field.message()?)?),
                _ => {}
            }
        }
        Ok(logs)
    }

    fn scope_logs(&mut self, mut message: Message<'_>) -> Result<Vec<Entry>, Unreadable> {
        let (mut scope, mut entries) = (Scope::default(), Vec::new());
        while let Some(field) = message.next()? {
            match field.number {
                1 => scope = self.scope(field.message()?)?,
                2 => {
                    self.count()?;
                    entries.push(self.record(field.message()?)?.entry(self.now));
                }
                _ => {}
            }
        }
        carry(&mut entries, &scope.metadata());
        Ok(entries)
    }

    fn scope(&mut self, mut message: Message<'_>) -> Result<Scope, Unreadable> {
        let attributes = self.attributes(message.clone(), 3)?;
        let mut scope = Scope { attributes, ..Scope::default() };
        while let Some(field) = message.next()? {
            match field.number {
                1 => scope.name = text(&field)?,
                2 => scope.version = text(&field)?,
                4 => scope.dropped = field.number_signed()? as u64,
                _ => {}
            }
        }
        Ok(scope)
    }

    fn record(&mut self, mut message: Message<'_>) -> Result<Record, Unreadable> {
        let attributes = self.attributes(message.clone(), 6)?;
        let mut record = Record { attributes, ..Record::default() };
        while let Some(field) = message.next()? {
            match field.number {
                1 => record.time = field.fixed()?,
                2 => record.severity = field.number_signed()?,
                3 => record.severity_text = text(&field)?,
                5 => record.body = self.any(field.message()?, 0)?,
                7 => record.dropped = field.number_signed()? as u64,
                8 => record.flags = field.fixed()?,
                9 => record.trace_id = hex(field.bytes()?),
                10 => record.span_id = hex(field.bytes()?),
                11 => record.observed = field.fixed()?,
                _ => {}
            }
        }
        Ok(record)
    }

    /// The pairs that stand in a message under `number`.
    fn attributes(&mut self, mut message: Message<'_>, number: u64) -> Result<Attributes, Unreadable> {
        let mut attributes = Vec::new();
        while let Some(field) = message.next()? {
            if field.number == number {
                attributes.push(self.pair(field.message()?, 0)?);
            }
        }
        Ok(attributes)
    }

    fn pair(&mut self, mut message: Message<'_>, depth: usize) -> Result<(String, Any), Unreadable> {
        self.count()?;
        let (mut name, mut value) = (String::new(), Any::Nothing);
        while let Some(field) = message.next()? {
            match field.number {
                1 => name = text(&field)?,
                2 => value = self.any(field.message()?, depth)?,
                _ => {}
            }
        }
        Ok((name, value))
    }

    fn any(&mut self, mut message: Message<'_>, depth: usize) -> Result<Any, Unreadable> {
        let mut any = Any::Nothing;
        while let Some(field) = message.next()? {
            if depth >= DEPTH_MAX {
                return Err(field.fault("values are nested too deeply").into());
            }
            any = match field.number {
                1 => Any::Text(text(&field)?),
                2 => Any::Bool(field.number_signed()? != 0),
                3 => Any::Int(field.number_signed()?),
                4 => Any::Float(f64::from_bits(field.fixed()?)),
                5 => self.list(field.message()?, depth + 1)?,
                6 => self.map(field.message()?, depth + 1)?,
                7 => Any::Bytes(field.bytes()?.to_vec()),
                _ => continue,
            };
        }
        Ok(any)
    }

    fn list(&mut self, mut message: Message<'_>, depth: usize) -> Result<Any, Unreadable> {
        let mut values = Vec::new();
        while let Some(field) = message.next()? {
            if field.number == 1 {
                self.count()?;
                values.push(self.any(field.message()?, depth)?);
            }
        }
        Ok(Any::List(values))
    }

    fn map(&mut self, mut message: Message<'_>, depth: usize) -> Result<Any, Unreadable> {
        let mut members = Vec::new();
        while let Some(field) = message.next()? {
            if field.number == 1 {
                members.push(self.pair(field.message()?, depth)?);
            }
        }
        Ok(Any::Map(members))
    }

    fn count(&mut self) -> Result<(), Unreadable> {
        if self.tally.admits() { Ok(()) } else { Err(Unreadable::TooMany) }
    }
}

/// What is no UTF-8 is replaced: a program's body may be anything.
fn text(field: &Field<'_>) -> Result<String, WireFault> {
    Ok(String::from_utf8_lossy(field.bytes()?).into_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
