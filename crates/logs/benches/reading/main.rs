//! How fast are stored lines found: by a text that hardly any line holds, by the minute and level, by reading
//! every line?
//!
//! ```text
//! cargo bench -p logs --bench reading [-- LINES [DIRECTORY [DAYS]]]      one million lines by default
//! ```
//!
//! The lines span the last day, or as many as are wanted. A directory is filled once and used again by the next run. *Cold* means that
//! the system has none of the files in memory, as after a restart, and that nothing is open.

#![allow(clippy::print_stdout, missing_docs)]

#[path = "../ingest/lines.rs"]
mod lines;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use logql::{Chunk, Entries, Levels, Needle, Scan, Source};
use logs::{Config, Logs};
use model::{Level, Matcher, Selector, TimeRange, Timestamp, label};
use rustix::fs::{Advice, fadvise};
use rustix::time::{ClockId, clock_gettime};
use tokio_util::sync::CancellationToken;

use lines::Lines;

/// Threads that decode.
const THREADS: usize = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let wanted = arguments.first().and_then(|word| word.parse().ok()).unwrap_or(1_000_000);
    let temporary = tempfile::tempdir().expect("a directory");
    let directory = arguments.get(1).map_or_else(|| temporary.path().to_path_buf(), PathBuf::from);
    let days = arguments.get(2).and_then(|word| word.parse().ok()).unwrap_or(1);
    if !directory.join("tail.db").exists() {
        fill(&directory, wanted, days);
    }
    let bench = Bench { directory };
    let whole = last_days(days);
    let (logs, _writer) = bench.open();
    let ids = ids(&logs);
    println!("{:<36} {:>9} {:>9} {:>9} {:>8} {:>8}", "", "cold ms", "warm ms", "CPU ms", "chunks", "lines");
    bench.report("open", |logs| (0, logs.status().lines as usize));
    bench.report("plan a day's query", |logs| (chunks(logs, &[]).len(), 0));
    for (what, text) in [
        ("an id", ids[0].as_str()),
        ("the same in capitals", &ids[0].to_uppercase()),
        ("half an id", &ids[1][5..23]),
        ("eight digits of an id", &ids[2][..8]),
        ("a word that is not there", "card_declined"),
        ("a rare word", "stripe timeout after 512"),
    ] {
        bench.report(&format!("find {what}"), |logs| find(logs, text));
    }
    let absent = Needle(vec!["7f3a9b1c-77aa-4abc-8000-0123456789ab".into()]);
    bench.report("plan for an id that is not there", |logs| {
        (chunks(logs, std::slice::from_ref(&absent)).len(), 0)
    });
    bench.report("of level error alone, planned", |logs| (of_level(logs, Level::Error), 0));
    for (what, step) in [("minute", 60), ("hour", 3600), ("7 minutes 1 s", 421)] {
        bench.report(&format!("lines by {what} and level"), |logs| {
            let start = whole.start.nanos().max(whole.end.nanos() - 10_000 * step as i64 * 1_000_000_000);
            let range = TimeRange { start: Timestamp::from_nanos(start), ..whole };
            histogram(logs, range, step)
        });
    }
    bench.report("lines per stream", |logs| (logs.counts(&everything(), whole).expect("counts").len(), 0));
    bench.report("counts of every block", |logs| {
        let chunks = chunks(logs, &[]);
        (Source::counts(logs, &chunks).iter().flatten().count(), 0)
    });
    bench.report("read every line", |logs| read(logs, &[], |_| 0));
    println!("resident {:.1} MB", resident_bytes() as f64 / 1e6);
}

struct Bench {
    directory: PathBuf,
}

impl Bench {
    fn open(&self) -> (Logs, logs::Writer) {
        logs::open(Config::default(), &self.directory).expect("a store")
    }

    /// The best of three runs each.
    fn report(&self, what: &str, run: impl Fn(&Logs) -> (usize, usize)) {
        let timed = |logs: &Logs| {
            let (started, before) = (Instant::now(), cpu_time());
            let found = std::hint::black_box(run(logs));
            (started.elapsed(), cpu_time() - before, found)
        };
        let cold = (0..3).map(|_| {
            evict(&self.directory);
            let started = Instant::now();
            let (logs, _writer) = self.open();
            if what != "open" {
                // What opening costs is told apart.
                return timed(&logs);
            }
            (started.elapsed(), Duration::ZERO, (0, 0))
        });
        let (cold, ..) = cold.min().expect("three runs");
        let (logs, _writer) = self.open();
        timed(&logs);
        let (warm, cpu, (blocks, lines)) = (0..3).map(|_| timed(&logs)).min().expect("three runs");
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        println!(
            "{what:<36} {:>9.1} {:>9.1} {:>9.1} {blocks:>8} {lines:>8}",
            millis(cold),
            millis(warm),
            millis(cpu)
        );
    }
}

/// Blocks that were read for the text, and lines that hold it.
fn find(logs: &Logs, text: &str) -> (usize, usize) {
    let folded = text.to_ascii_lowercase();
    let finder = memchr::memmem::Finder::new(text);
    let other = memchr::memmem::Finder::new(&folded);
    read(logs, &[Needle(vec![text.to_owned()])], |entries| {
        let count = |finder: &memchr::memmem::Finder<'_>| finder.find_iter(entries.text.as_bytes()).count();
        count(&finder).max(count(&other))
    })
}

/// Reads what a query with these needles has to: how many blocks, and what `count` finds in them.
fn read(logs: &Logs, needles: &[Needle], count: impl Fn(&Entries) -> usize + Sync) -> (usize, usize) {
    let chunks = chunks(logs, needles);
    let (next, found) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let entries = chunk.read_if(&mut |text| may_hold(text, needles)).expect("a block");
                    found.fetch_add(entries.as_ref().map_or(0, &count), Ordering::Relaxed);
                }
            });
        }
    });
    (chunks.len(), found.into_inner())
}

/// As a query asks it of a text before the rest of the block is read.
fn may_hold(text: &[u8], needles: &[Needle]) -> bool {
    let holds = |needle: &String| memchr::memmem::find(text, needle.as_bytes()).is_some();
    needles.iter().all(|needle| needle.0.iter().any(|text| holds(text) || holds(&text.to_ascii_lowercase())))
}

fn everything() -> Selector {
    Selector(vec![Matcher::equal(label::PROJECT, "shop")])
}

fn chunks(logs: &Logs, needles: &[Needle]) -> Vec<logs::Chunk> {
    let needles = needles.to_vec();
    let scan = Scan { selector: everything(), range: TimeRange::ALL, levels: Levels::ALL, needles };
    logs.chunks(&scan).expect("chunks")
}

fn of_level(logs: &Logs, level: Level) -> usize {
    let levels = [level].into_iter().collect();
    let scan = Scan { selector: everything(), range: TimeRange::ALL, levels, needles: Vec::new() };
    logs.chunks(&scan).expect("chunks").len()
}

/// Ids that stand somewhere in the lines.
fn ids(logs: &Logs) -> Vec<String> {
    let chunks = chunks(logs, &[]);
    let id = |part: usize| {
        // Not every stream has them.
        let mut texts =
            chunks[chunks.len() * part / 5..].iter().map(|chunk| chunk.read().expect("a block").text);
        let id = |text: String| {
            let at = text.find(r#""request_id":""#)? + 14;
            Some(text[at..at + 36].to_owned())
        };
        texts.find_map(id).expect("an id")
    };
    (1..4).map(id).collect()
}

fn histogram(logs: &Logs, range: TimeRange, step: u64) -> (usize, usize) {
    let counts = logs.histogram(&everything(), range, Duration::from_secs(step)).expect("a histogram");
    (0, counts.iter().flatten().sum::<u64>() as usize)
}

/// The last days, and an hour around them.
fn last_days(days: u64) -> TimeRange {
    let hour = 3_600_000_000_000;
    let now = Timestamp::from(SystemTime::now()).nanos() / hour;
    let end = Timestamp::from_nanos((now + 2) * hour);
    TimeRange { start: end.minus(Duration::from_secs((24 * days + 3) * 3600)), end }
}

fn fill(directory: &Path, wanted: u64, days: u64) {
    let step = (days * 24 * 3_600_000_000_000 / wanted) as i64;
    let start = Timestamp::from(SystemTime::now()).minus(Duration::from_secs(days * 24 * 3600));
    let mut lines = Lines::new(start, step, true);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let (logs, writer) = logs::open(Config::default(), directory).expect("a store");
        let stop = CancellationToken::new();
        let writing = tokio::spawn(writer.run(stop.clone()));
        let mut count = 0;
        while count < wanted {
            let group = lines.batches(1 << 20);
            count += group.iter().map(|batch| batch.entries.len() as u64).sum::<u64>();
            logs.push(group).await.expect("room");
        }
        stop.cancel();
        writing.await.expect("no panic").expect("a writer");
    });
}

/// Makes the system forget what it has of the files.
fn evict(directory: &Path) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            evict(&path);
            continue;
        }
        let file = File::open(&path).expect("a file");
        file.sync_all().expect("a disk");
        fadvise(&file, 0, None, Advice::DontNeed).expect("advice");
    }
}

/// Of all threads of this process.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("a number") * 4096
}
