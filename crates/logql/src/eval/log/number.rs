//! Counts, for each line of an answer, the lines of its stream that have the same timestamp and arrived earlier.
//!
//! Those of its own chunk are known when a line is found. Others can only be in earlier chunks that reach to the
//! very nanosecond, so that next to nothing is read here.

use std::collections::HashMap;

use model::{Labels, TimeRange};

use super::LogQuery;
use super::page::next_instant;
use super::select::Found;
use crate::eval::EvalError;
use crate::eval::reader::{Reader, Stop};
use crate::{Chunk, Scan, Source};

/// Adds the lines of earlier chunks. `chunks` are those that were searched; where the query's needles have kept
/// others out of sight, all of them are asked for.
pub(super) fn number<S: Source>(
    query: &LogQuery,
    source: &S,
    chunks: &[S::Chunk],
    reader: &mut Reader<'_>,
    found: &mut [Found],
) -> Result<(), EvalError> {
    let times = || found.iter().map(|found| found.row.timestamp);
    let (Some(start), Some(last)) = (times().min(), times().max()) else { return Ok(()) };
    let scan = query.scan(TimeRange { start, end: next_instant(last) });
    if scan.needles.is_empty() {
        add_earlier(chunks, reader, found);
    } else {
        add_earlier(&source.chunks(&Scan { needles: Vec::new(), ..scan })?, reader, found);
    }
    Ok(())
}

fn add_earlier<C: Chunk>(chunks: &[C], reader: &mut Reader<'_>, found: &mut [Found]) {
    let mut of_stream: HashMap<Labels, Vec<usize>> = HashMap::new();
    for (index, line) in found.iter().enumerate() {
        of_stream.entry(line.row.labels.clone()).or_default().push(index);
    }
    for chunk in chunks {
        let lines = of_stream.get(chunk.labels()).map(Vec::as_slice).unwrap_or_default();
        let concerned: Vec<usize> =
            lines.iter().copied().filter(|index| may_precede(chunk, &found[*index])).collect();
        if concerned.is_empty() {
            continue;
        }
        let entries = match reader.read(chunk) {
            Ok(Some(entries)) => entries,
            Ok(None) => continue,
            Err(Stop) => return,
        };
        for index in concerned {
            let line = &mut found[index];
            // A chunk sealed meanwhile may hold the line's own chunk as well, which is counted already.
            let earlier = usize::try_from(line.sequence - chunk.sequence()).unwrap_or(usize::MAX);
            let earlier = &entries.timestamps[..earlier.min(entries.len())];
            line.row.nth +=
                earlier.iter().filter(|timestamp| **timestamp == line.row.timestamp).count() as u64;
        }
    }
}

fn may_precede(chunk: &impl Chunk, line: &Found) -> bool {
    let (first, last) = chunk.span();
    chunk.sequence() < line.sequence && (first..=last).contains(&line.row.timestamp)
}
