//! Finding one request by its id, or by its trace's.

use std::time::Duration;

use api::RequestRow;
use model::Timestamp;

use crate::access::row;
use crate::signals::{Line, Lines, Span};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
/// How far back an id is looked for whose time is not known.
const BACK: [Duration; 3] = [HOUR, Duration::from_secs(86_400), Duration::from_secs(90 * 86_400)];
/// Entries in which an id stands: it may be in another's address as well.
const ENTRIES_MAX: usize = 20;
/// Requests take at most so long, as a rule: an id tells when it was made, an entry when its request ended.
const LONGEST: Duration = Duration::from_secs(6 * 3_600);

/// The request of this id, or the first of the trace of this id; with the instant of its end. `near` is about when it
/// ended, where that is known.
pub fn find<L: Lines>(
    logs: &L,
    id: &str,
    near: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<(Timestamp, RequestRow)>, L::Error> {
    if !is_id(id) {
        return Ok(None);
    }
    for span in spans(id, near, now) {
        if let Some(found) = within(logs, id, span)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The same for an id that is told by something that happened at `at`, while the request ran: nowhere else is looked.
pub fn find_near<L: Lines>(
    logs: &L,
    id: &str,
    at: Timestamp,
) -> Result<Option<(Timestamp, RequestRow)>, L::Error> {
    match is_id(id) {
        true => within(logs, id, Span::around(at, MINUTE, at, HOUR)),
        false => Ok(None),
    }
}

fn within<L: Lines>(logs: &L, id: &str, span: Span) -> Result<Option<(Timestamp, RequestRow)>, L::Error> {
    let entries = format!("{{stream=\"access\"}} |= \"{id}\"");
    Ok(best(logs.lines(&entries, span, ENTRIES_MAX)?, id))
}

/// As the proxy takes and makes them: nothing of it needs quoting.
pub(crate) fn is_id(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=128).contains(&id.len()) && id.bytes().all(fits)
}

/// Where to look, the likeliest first.
fn spans(id: &str, near: Option<Timestamp>, now: Timestamp) -> Vec<Span> {
    let near = near.map(|at| Span::around(at, MINUTE, at, MINUTE));
    let made = made_at(id).map(|at| Span::around(at, MINUTE, at, LONGEST));
    let back = BACK.into_iter().map(|back| Span::around(now, back, now, MINUTE));
    near.into_iter().chain(made).chain(back).collect()
}

/// When an id of ours was made: it begins with the milliseconds.
fn made_at(id: &str) -> Option<Timestamp> {
    let is_uuid_v7 = id.len() == 36 && id.as_bytes()[14] == b'7' && id.as_bytes()[8] == b'-';
    let digits = is_uuid_v7.then(|| format!("{}{}", &id[..8], &id[9..13]))?;
    i64::from_str_radix(&digits, 16).ok().map(Timestamp::from_millis)
}

fn best(found: Vec<Line>, id: &str) -> Option<(Timestamp, RequestRow)> {
    let mut rows: Vec<_> =
        found.iter().filter_map(|line| Some((line.at, row(&line.labels, line.at, &line.text)?))).collect();
    // The newest stand first; of a trace the request that began it is wanted.
    rows.reverse();
    let of_trace = rows.iter().position(|(_, row)| row.trace_id == id);
    let at = rows.iter().position(|(_, row)| row.id == id).or(of_trace)?;
    Some(rows.swap_remove(at))
}
