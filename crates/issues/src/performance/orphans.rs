//! Spans that came without their root: it is still to come, or came before them. The one takes them up; to the other, where
//! it was kept as an example, they are added when it is looked at.
//!
//! Whoever may send spans may send any number for one root. As many are kept as a transaction may have; the others are
//! only counted, and the root tells how many were cut off.

use std::collections::BTreeMap;

use event::items::{ContainedSpan, Span, Transaction};
use event::{ProjectId, SpanId, TraceId};
use rusqlite::{Connection, Transaction as Commit, params};

use crate::work::Received;

/// More groups of them are not kept, whatever their age: the oldest go.
const GROUPS_MAX: i64 = 20_000;

/// Nor more bytes, before they are packed.
const BYTES_MAX: i64 = 512 << 20;

/// As many as one transaction brings.
const SPANS_OF_ROOT_MAX: usize = 1_000;
const GROUPS_OF_ROOT_MAX: usize = 20;
const BYTES_OF_ROOT_MAX: usize = 1 << 20;

const ZSTD_LEVEL: i32 = 3;

/// What is kept for a root.
struct Held {
    groups: usize,
    spans: usize,
    bytes: usize,
    /// The last of the groups.
    last: Option<i64>,
}

/// Keeps spans by the root that they name; those that name none belong to nothing.
pub(super) fn keep(
    commit: &Commit<'_>,
    received: &Received,
    parts: Vec<ContainedSpan>,
) -> rusqlite::Result<()> {
    let mut groups: BTreeMap<(TraceId, SpanId), Vec<Span>> = BTreeMap::new();
    for part in parts {
        if let Some(segment) = part.segment {
            groups.entry((part.trace, segment)).or_default().push(part.span);
        }
    }
    for (root, spans) in &groups {
        keep_group(commit, received, *root, spans)?;
    }
    let many = "DELETE FROM performance_orphan WHERE id <= (SELECT max(id) FROM performance_orphan) - ?";
    commit.prepare_cached(many)?.execute([GROUPS_MAX]).map(|_| ())
}

fn keep_group(
    commit: &Commit<'_>,
    received: &Received,
    (trace, segment): (TraceId, SpanId),
    spans: &[Span],
) -> rusqlite::Result<()> {
    let project = received.project.0 as i64;
    let held = held(commit, project, trace, segment)?;
    let (json, kept) = fitting(spans, &held);
    let cut = (spans.len() - kept) as i64;
    if let (0, Some(last)) = (kept, held.last) {
        let more = "UPDATE performance_orphan SET cut = cut + ? WHERE id = ?";
        return commit.prepare_cached(more)?.execute([cut, last]).map(|_| ());
    }
    let Ok(data) = zstd::bulk::compress(&json, ZSTD_LEVEL) else { return Ok(()) };
    let sql = "INSERT INTO performance_orphan (project, trace, segment, received_ms, spans, bytes, cut, data)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let (kept, bytes) = (kept as i64, json.len() as i64);
    let values = params![project, trace.0, segment.0, received.received_ms, kept, bytes, cut, data];
    commit.prepare_cached(sql)?.execute(values).map(|_| ())
}

fn held(commit: &Commit<'_>, project: i64, trace: TraceId, segment: SpanId) -> rusqlite::Result<Held> {
    let sql = "SELECT count(*), total(spans), total(bytes), max(id) FROM performance_orphan
               WHERE segment = ? AND project = ? AND trace = ?";
    commit.prepare_cached(sql)?.query_row(params![segment.0, project, trace.0], |row| {
        Ok(Held {
            groups: row.get::<_, i64>(0)? as usize,
            spans: row.get::<_, f64>(1)? as usize,
            bytes: row.get::<_, f64>(2)? as usize,
            last: row.get(3)?,
        })
    })
}

/// The first of the spans, as a list in JSON, up to one that there is no room for, and how many these are.
fn fitting(spans: &[Span], held: &Held) -> (Vec<u8>, usize) {
    let has_room = held.groups < GROUPS_OF_ROOT_MAX;
    let room = if has_room { SPANS_OF_ROOT_MAX.saturating_sub(held.spans) } else { 0 };
    let bytes_max = BYTES_OF_ROOT_MAX.saturating_sub(held.bytes);
    let (mut json, mut kept) = (vec![b'['], 0);
    for span in spans.iter().take(room) {
        let Ok(one) = serde_json::to_vec(span) else { break };
        // With a comma, and the bracket that ends the list.
        if json.len() + one.len() + 2 > bytes_max {
            break;
        }
        if kept > 0 {
            json.push(b',');
        }
        json.extend(one);
        kept += 1;
    }
    json.push(b']');
    (json, kept)
}

/// Gives a root the spans that came before it.
pub(super) fn adopt(commit: &Commit<'_>, project: ProjectId, root: &mut Transaction) -> rusqlite::Result<()> {
    add(commit, project, root)?;
    commit
        .prepare_cached("DELETE FROM performance_orphan WHERE segment = ? AND project = ? AND trace = ?")?
        .execute(params![root.span.0, project.0 as i64, root.trace.0])?;
    Ok(())
}

/// Adds the spans that are kept for a root, until it has as many as it may have. Gives how many were added.
pub(super) fn add(
    connection: &Connection,
    project: ProjectId,
    root: &mut Transaction,
) -> rusqlite::Result<usize> {
    let mut select = connection.prepare_cached(
        "SELECT spans, cut, data FROM performance_orphan WHERE segment = ? AND project = ? AND trace = ?
         ORDER BY id LIMIT ?",
    )?;
    let groups = GROUPS_OF_ROOT_MAX as i64;
    let mut rows = select.query(params![root.span.0, project.0 as i64, root.trace.0, groups])?;
    let (before, mut told) = (root.spans.len(), 0);
    while let Some(row) = rows.next()? {
        told += row.get::<_, i64>(0)? + row.get::<_, i64>(1)?;
        let room = SPANS_OF_ROOT_MAX.saturating_sub(root.spans.len());
        if room > 0 {
            let spans = unpacked(row.get_ref(2)?.as_blob()?).unwrap_or_default();
            root.spans.extend(spans.into_iter().take(room));
        }
    }
    let added = root.spans.len() - before;
    let cut = u32::try_from(told - added as i64).unwrap_or(u32::MAX);
    root.spans_cut = root.spans_cut.saturating_add(cut);
    Ok(added)
}

/// Deletes those from before the instant, and the first of too many bytes, at most so many groups. Gives whether there may
/// be more.
pub(super) fn expire(commit: &Commit<'_>, before_ms: i64, rows_max: usize) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM performance_orphan WHERE id IN (
                   SELECT id FROM (
                       SELECT id, received_ms, sum(bytes) OVER (ORDER BY id) - bytes AS bytes_before
                       FROM (SELECT id, received_ms, bytes FROM performance_orphan ORDER BY id LIMIT ?2))
                   WHERE received_ms < ?1
                      OR bytes_before < (SELECT total(bytes) FROM performance_orphan) - ?3)";
    let rows = rows_max as i64;
    Ok(commit.prepare_cached(sql)?.execute([before_ms, rows, BYTES_MAX])? >= rows_max)
}

fn unpacked(data: &[u8]) -> Option<Vec<Span>> {
    let json = zstd::bulk::decompress(data, BYTES_OF_ROOT_MAX).ok()?;
    serde_json::from_slice(&json).ok()
}
