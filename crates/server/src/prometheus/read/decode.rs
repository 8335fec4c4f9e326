//! What is asked.
//!
//! ```text
//! ReadRequest { 1: repeated Query }
//! Query       { 1: int64 first ms, 2: int64 last ms, 3: repeated Matcher { 1: op, 2: name, 3: value } }
//! ```

use model::{MatchOp, Matcher};
use promql::Selection;

use crate::fault::Fault;
use crate::prometheus::answer::PromFault;
use crate::wire::{Message, WireFault};

/// More than these nobody asks at once.
const QUERIES_MAX: usize = 100;
const MATCHERS_MAX: usize = 1000;
/// The operators by their numbers.
const OPERATORS: [MatchOp; 4] = [MatchOp::Equal, MatchOp::NotEqual, MatchOp::Regex, MatchOp::NotRegex];

/// Reads an unpacked request.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Selection>, PromFault> {
    let (mut message, mut queries) = (Message::new(bytes), Vec::new());
    while let Some(field) = message.next().map_err(unreadable)? {
        if field.number == 1 {
            queries.push(query(field.message().map_err(unreadable)?)?);
        }
        if queries.len() > QUERIES_MAX {
            return Err(PromFault::bad_data(format!("more than {QUERIES_MAX} queries in one read")));
        }
    }
    Ok(queries)
}

fn unreadable(fault: WireFault) -> PromFault {
    Fault::bad_request(format!("the body is no prometheus.ReadRequest: {fault}")).into()
}

fn query(mut message: Message<'_>) -> Result<Selection, PromFault> {
    let mut selection = Selection { matchers: Vec::new(), first_ms: 0, last_ms: 0, samples_max: 0 };
    while let Some(field) = message.next().map_err(unreadable)? {
        match field.number {
            1 => selection.first_ms = field.number_signed().map_err(unreadable)?,
            2 => selection.last_ms = field.number_signed().map_err(unreadable)?,
            3 => selection.matchers.push(matcher(field.message().map_err(unreadable)?)?),
            _ => {}
        }
        if selection.matchers.len() > MATCHERS_MAX {
            return Err(PromFault::bad_data(format!("more than {MATCHERS_MAX} matchers in one query")));
        }
    }
    Ok(selection)
}

fn matcher(mut message: Message<'_>) -> Result<Matcher, PromFault> {
    let (mut op, mut name, mut value) = (0, "", "");
    while let Some(field) = message.next().map_err(unreadable)? {
        match field.number {
            1 => op = field.number_signed().map_err(unreadable)?,
            2 => name = field.text().map_err(unreadable)?,
            3 => value = field.text().map_err(unreadable)?,
            _ => {}
        }
    }
    let op = usize::try_from(op).ok().and_then(|op| OPERATORS.get(op)).copied();
    let op = op.ok_or_else(|| PromFault::bad_data("a matcher has an unknown operator"))?;
    Matcher::new(name, op, value).map_err(|error| PromFault::bad_data(error.to_string()))
}
