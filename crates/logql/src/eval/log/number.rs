//! Counts, for each line of an answer, the lines of its stream that have the same timestamp and arrived earlier.
//!
//! Those of its own chunk are known when a line is found. Others can only be in earlier chunks that reach to the
//! very nanosecond, so that next to nothing is read here.

use std::collections::HashMap;

use model::{Labels, TimeRange};

use super::LogQuery;
use super::instants::Instants;
use super::page::next_instant;
use super::search::Findings;
use super::select::Found;
use crate::eval::reader::{Reader, Stop};
use crate::eval::{EvalError, Levels};
use crate::{Chunk, Scan, Source};

/// Lines that lie no further apart are looked up together.
const TOGETHER_NANOS: i64 = 600_000_000_000;

/// Adds the lines of earlier chunks. Where the query's clues have kept some out of sight, all of them are asked
/// for.
pub(super) fn number<S: Source>(
    query: &LogQuery,
    source: &S,
    findings: &mut Findings<'_, S::Chunk>,
) -> Result<(), EvalError> {
    let Findings { found, chunks, reader, .. } = findings;
    if query.sees_all_chunks() {
        add_earlier(chunks, reader, &mut found.iter_mut().collect::<Vec<_>>());
        return Ok(());
    }
    let mut by_time: Vec<&mut Found> = found.iter_mut().collect();
    by_time.sort_unstable_by_key(|found| found.row.timestamp);
    let apart = |a: &&mut Found, b: &&mut Found| {
        b.row.timestamp.nanos().saturating_sub(a.row.timestamp.nanos()) <= TOGETHER_NANOS
    };
    for lines in by_time.chunk_by_mut(apart) {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { continue };
        let range = TimeRange { start: first.row.timestamp, end: next_instant(last.row.timestamp) };
        let selector = query.selector.clone();
        let scan = Scan { selector, range, levels: Levels::ALL, needles: Vec::new() };
        add_earlier(&source.chunks(&scan)?, reader, lines);
    }
    Ok(())
}

fn add_earlier<C: Chunk>(chunks: &[C], reader: &mut Reader<'_>, found: &mut [&mut Found]) {
    let mut of_stream: HashMap<Labels, Vec<usize>> = HashMap::new();
    for (index, line) in found.iter().enumerate() {
        of_stream.entry(line.row.labels.clone()).or_default().push(index);
    }
    for chunk in chunks {
        let lines = of_stream.get(chunk.labels()).map(Vec::as_slice).unwrap_or_default();
        let concerned: Vec<usize> =
            lines.iter().copied().filter(|index| may_precede(chunk, found[*index])).collect();
        if concerned.is_empty() {
            continue;
        }
        let entries = match reader.read(chunk) {
            Ok(Some(entries)) => entries,
            Ok(None) => continue,
            Err(Stop) => return,
        };
        let instants = Instants::new(&entries.timestamps);
        for index in concerned {
            let line = &mut found[index];
            // A chunk sealed meanwhile may hold the line's own chunk as well, which is counted already.
            let earlier = usize::try_from(line.sequence - chunk.sequence()).unwrap_or(usize::MAX);
            line.row.nth += instants.count_before(line.row.timestamp, earlier);
        }
    }
}

fn may_precede(chunk: &impl Chunk, line: &Found) -> bool {
    let (first, last) = chunk.span();
    chunk.sequence() < line.sequence && (first..=last).contains(&line.row.timestamp)
}
