//! How many lines a second become numbers, without a store: what parsing, grouping and windows cost.
//!
//! ```text
//! cargo bench -p logql --bench numbers [-- LINES]      half a million lines by default
//! ```
//!
//! The lines span 24 hours and lie in memory, in chunks of 256 KiB. The cost is CPU time of one thread, so it holds on
//! a busy machine as well; what copying the chunks alone costs stands on top.

#![allow(clippy::print_stdout, missing_docs)]

#[path = "../../logs/benches/ingest/lines.rs"]
mod lines;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use logql::{Budget, Cell, Chunk, Counts, Entries, Expr, MetricQuery, Scan, Source, SourceError, parse};
use model::{Labels, Level, Timestamp};
use rustix::time::{ClockId, clock_gettime};

use lines::Lines;

const CHUNK_BYTES: usize = 256 << 10;

/// The lines that a query looks at, its step, and the query.
const QUERIES: &[(&str, u64, &str)] = &[
    (
        "lines per minute, from counts",
        60,
        "sum by (level, detected_level) (count_over_time({service=~\".+\"} | drop __error__ [1m]))",
    ),
    ("lines per 10 s, no counts", 10, "sum by (detected_level) (count_over_time({service=~\".+\"}[10s]))"),
    ("level of JSON per minute", 60, "sum by (level) (count_over_time({service=~\".+\"} | json [1m]))"),
    (
        "level of JSON, 1 h every minute",
        60,
        "sum by (level) (count_over_time({service=~\".+\"} | json [1h]))",
    ),
    (
        "top paths of 5xx",
        3600,
        "topk(10, sum by (path) (count_over_time({service=~\".+\"} | json | status >= 500 [1h])))",
    ),
    (
        "a regular expression",
        3600,
        "sum(count_over_time({service=~\".+\"} |~ \"timeout after [0-9]{4,}ms\" [1h]))",
    ),
    (
        "p99 by path, 5 m every minute",
        60,
        "quantile_over_time(0.99, {service=~\".+\"} | json | unwrap duration_ms [5m]) by (path)",
    ),
    (
        "mean by path, 5 m every minute",
        60,
        "avg_over_time({service=~\".+\"} | json | unwrap duration_ms [5m]) by (path)",
    ),
    ("every series of logfmt", 3600, "sum by (level) (count_over_time({service=~\".+\"} | logfmt [1h]))"),
];

fn main() {
    let wanted = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(500_000);
    let memory = Memory::fill(wanted);
    let lines: usize = memory.chunks.iter().map(|chunk| chunk.entries.len()).sum();
    let bytes: usize = memory.chunks.iter().map(|chunk| chunk.entries.text.len()).sum();
    println!("{lines} lines of {} bytes, {} chunks", bytes / lines, memory.chunks.len());
    let copying = cpu(|| memory.chunks.iter().filter(|chunk| chunk.read().is_ok()).count());
    println!("{:<36} {:>8.1} ms", "copying", copying.as_secs_f64() * 1e3);
    for (name, step, query) in QUERIES {
        let Ok(Expr::Metric(metric)) = parse(query) else { panic!("{query}") };
        let query = MetricQuery::new(&metric).expect("a query");
        let budget = Budget { threads: 1, ..Budget::generous() };
        let mut series = 0;
        let took = cpu(|| {
            let answer = query.range(&memory, START, START.plus(DAY), Duration::from_secs(*step), &budget);
            series = answer.expect("an answer").series.len();
            series
        });
        let rate = lines as f64 / took.as_secs_f64() / 1e6;
        println!(
            "{name:<36} {:>8.1} ms  {rate:>8.2} M lines/s  {:>6.0} ns/line  {series} series",
            took.as_secs_f64() * 1e3,
            took.as_nanos() as f64 / lines as f64
        );
    }
}

const START: Timestamp = Timestamp::from_seconds(1_760_000_400);
const DAY: Duration = Duration::from_secs(86_400);

/// The least CPU time of a few runs.
fn cpu(mut run: impl FnMut() -> usize) -> Duration {
    let now = || {
        let now = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
    };
    let times = (0..3).map(|_| {
        let before = now();
        std::hint::black_box(run());
        now() - before
    });
    times.min().unwrap_or_default()
}

struct Memory {
    chunks: Vec<Stored>,
}

#[derive(Clone)]
struct Stored {
    labels: Labels,
    sequence: u64,
    entries: Arc<Entries>,
    counts: Arc<Counts>,
}

impl Memory {
    fn fill(wanted: usize) -> Self {
        let mut lines = Lines::new(START, DAY.as_nanos() as i64 / wanted as i64, true);
        let mut open: BTreeMap<Labels, Entries> = BTreeMap::new();
        let (mut chunks, mut count) = (Vec::new(), 0);
        while count < wanted {
            for batch in lines.batches(1 << 20) {
                let entries = open.entry(batch.labels.clone()).or_default();
                for entry in batch.entries {
                    count += 1;
                    entries.text.push_str(&entry.line);
                    entries.ends.push(entries.text.len() as u32);
                    entries.timestamps.push(entry.timestamp);
                    let level = if entry.line.contains("\"error\"") { Level::Error } else { Level::Info };
                    entries.levels.push(level);
                    entries.metadata_of.push(0);
                    if entries.metadata.is_empty() {
                        entries.metadata.push(entry.metadata);
                    }
                    if entries.text.len() >= CHUNK_BYTES {
                        chunks.push(Stored::new(&batch.labels, count, std::mem::take(entries)));
                    }
                }
            }
        }
        let rest = open.into_iter().filter(|(_, entries)| !entries.is_empty());
        chunks.extend(rest.map(|(labels, entries)| Stored::new(&labels, count + 1, entries)));
        Self { chunks }
    }
}

impl Source for Memory {
    type Chunk = Stored;

    fn chunks(&self, scan: &Scan) -> Result<Vec<Stored>, SourceError> {
        let inside = |chunk: &&Stored| {
            let (first, last) = chunk.span();
            scan.range.overlaps(first, last) && scan.selector.matches(&chunk.labels)
        };
        Ok(self.chunks.iter().filter(inside).cloned().collect())
    }

    fn counts(&self, chunks: &[Stored]) -> Vec<Option<Counts>> {
        chunks.iter().map(|chunk| Some((*chunk.counts).clone())).collect()
    }
}

impl Stored {
    fn new(labels: &Labels, sequence: usize, entries: Entries) -> Self {
        let counts = Arc::new(counts(&entries));
        Self { labels: labels.clone(), sequence: sequence as u64, entries: Arc::new(entries), counts }
    }
}

fn counts(entries: &Entries) -> Counts {
    const MINUTE: i64 = 60_000_000_000;
    let mut cells: BTreeMap<(i64, bool, Level), (u64, u64)> = BTreeMap::new();
    for index in 0..entries.len() {
        let nanos = entries.timestamps[index].nanos();
        let key = (nanos.div_euclid(MINUTE), nanos.rem_euclid(MINUTE) == 0, entries.levels[index]);
        let cell = cells.entry(key).or_default();
        *cell = (cell.0 + 1, cell.1 + entries.line(index).len() as u64);
    }
    let cell = |((minute, at_start, level), (lines, bytes))| Cell { minute, at_start, level, lines, bytes };
    Counts { cells: cells.into_iter().map(cell).collect(), metadata: entries.metadata.first().cloned() }
}

impl Chunk for Stored {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn span(&self) -> (Timestamp, Timestamp) {
        let times = &self.entries.timestamps;
        (times[0], times[times.len() - 1])
    }

    fn lines(&self) -> u64 {
        self.entries.len() as u64
    }

    fn sequence(&self) -> u64 {
        self.sequence
    }

    fn read(&self) -> Result<Entries, SourceError> {
        Ok((*self.entries).clone())
    }
}
